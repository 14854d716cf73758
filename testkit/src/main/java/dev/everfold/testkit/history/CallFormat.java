package dev.everfold.testkit.history;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendCondition;
import dev.everfold.eventstore.AppendCondition.NothingMatching;
import dev.everfold.eventstore.AppendCondition.StreamAt;
import dev.everfold.eventstore.EventFormat;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.Tracking;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// A call as it stands in a journal ([JournalFormat]).
///
/// # Format
/// ```
/// call      = 0, append | 1, read | 2, source : text | 3
/// append    = id : 16, n : 4, (bytes : 4, record) …, n : 4, condition …, tracked : 1, [source : text, position : 8]
/// record    = the event without its place, as in EventFormat
/// condition = 0, stream : text, expected : 1 (0 no stream, 1 revision, 2 exists, 3 any), revision : 8
///           | 1, query, fromPosition : 8
/// query     = n : 4, item …
/// item      = stream?, category?, types, tags, ids, firstOfStream : 1
/// read      = 0, query, from : 8, to : 8, order | 1, stream : text, from : 8, to : 8, order
/// order     = backwards : 1, limit : 8
/// ```
/// Optional texts and lists begin with their count of 4 bytes. Recorded times that an event brings are not
/// kept.
final class CallFormat {

    private CallFormat() {}

    /// Writes one element of a list.
    private interface Element<T> {
        void write(T element) throws IOException;
    }

    /// Reads one element of a list.
    private interface Reader<T> {
        T read() throws IOException;
    }

    static void write(Call call, DataOutputStream out) throws IOException {
        switch (call) {
            case Call.Appending(Append append) -> {
                out.writeByte(0);
                write(append, out);
            }
            case Call.Reading(Read read) -> {
                out.writeByte(1);
                write(read, out);
            }
            case Call.AskingTracked(String source) -> {
                out.writeByte(2);
                out.writeUTF(source);
            }
            case Call.AskingNext() -> out.writeByte(3);
        }
    }

    static Call read(DataInputStream in) throws IOException {
        int kind = in.readByte();
        return switch (kind) {
            case 0 -> new Call.Appending(readAppend(in));
            case 1 -> new Call.Reading(readRead(in));
            case 2 -> new Call.AskingTracked(in.readUTF());
            case 3 -> new Call.AskingNext();
            default -> throw new IOException("Call of kind " + kind + " is not known; expected 0 to 3.");
        };
    }

    private static void write(Append append, DataOutputStream out) throws IOException {
        write(append.id(), out);
        writeAll(append.events(), out, event -> {
            byte[] record = EventFormat.encode(event);
            out.writeInt(record.length);
            out.write(record);
        });
        writeAll(append.conditions(), out, condition -> write(condition, out));
        out.writeBoolean(append.tracking().isPresent());
        if (append.tracking().isPresent()) {
            out.writeUTF(append.tracking().get().source());
            out.writeLong(append.tracking().get().position());
        }
    }

    private static Append readAppend(DataInputStream in) throws IOException {
        UUID id = readId(in);
        List<NewEvent> events = readAll(in, () -> {
            byte[] record = new byte[in.readInt()];
            in.readFully(record);
            return RecordedEvent.view(record, 0).toNewEvent();
        });
        List<AppendCondition> conditions = readAll(in, () -> readCondition(in));
        Optional<Tracking> tracking =
                in.readBoolean() ? Optional.of(new Tracking(in.readUTF(), in.readLong())) : Optional.empty();
        return new Append(id, events, conditions, tracking);
    }

    private static void write(AppendCondition condition, DataOutputStream out) throws IOException {
        switch (condition) {
            case StreamAt(String stream, Expected expected) -> {
                out.writeByte(0);
                out.writeUTF(stream);
                out.writeByte(
                        switch (expected) {
                            case Expected.NoStream _ -> 0;
                            case Expected.Revision _ -> 1;
                            case Expected.Exists _ -> 2;
                            case Expected.Any _ -> 3;
                        });
                out.writeLong(expected instanceof Expected.Revision(long revision) ? revision : 0);
            }
            case NothingMatching(Query query, long fromPosition) -> {
                out.writeByte(1);
                write(query, out);
                out.writeLong(fromPosition);
            }
        }
    }

    private static AppendCondition readCondition(DataInputStream in) throws IOException {
        if (in.readByte() == 1) {
            return new NothingMatching(readQuery(in), in.readLong());
        }
        String stream = in.readUTF();
        int kind = in.readByte();
        long revision = in.readLong();
        Expected expected = switch (kind) {
            case 0 -> Expected.noStream();
            case 1 -> Expected.revision(revision);
            case 2 -> Expected.exists();
            default -> Expected.any();
        };
        return new StreamAt(stream, expected);
    }

    private static void write(Query query, DataOutputStream out) throws IOException {
        writeAll(query.items(), out, item -> {
            writeAll(item.stream().stream().toList(), out, out::writeUTF);
            writeAll(item.category().stream().toList(), out, out::writeUTF);
            writeAll(item.types(), out, out::writeUTF);
            writeAll(item.tags(), out, out::writeUTF);
            writeAll(item.ids(), out, id -> write(id, out));
            out.writeBoolean(item.firstOfStream());
        });
    }

    private static Query readQuery(DataInputStream in) throws IOException {
        return new Query(readAll(in, () -> {
            Optional<String> stream = readAll(in, in::readUTF).stream().findFirst();
            Optional<String> category = readAll(in, in::readUTF).stream().findFirst();
            Set<String> types = new LinkedHashSet<>(readAll(in, in::readUTF));
            Set<String> tags = new LinkedHashSet<>(readAll(in, in::readUTF));
            Set<UUID> ids = new LinkedHashSet<>(readAll(in, () -> readId(in)));
            return new Query.Item(stream, category, types, tags, ids, in.readBoolean());
        }));
    }

    private static void write(Read read, DataOutputStream out) throws IOException {
        switch (read.source()) {
            case Read.Source.Matching(Query query, long from, long to) -> {
                out.writeByte(0);
                write(query, out);
                out.writeLong(from);
                out.writeLong(to);
            }
            case Read.Source.Revisions(String stream, long from, long to) -> {
                out.writeByte(1);
                out.writeUTF(stream);
                out.writeLong(from);
                out.writeLong(to);
            }
        }
        out.writeBoolean(read.direction() == Read.Direction.BACKWARDS);
        out.writeLong(read.limit());
    }

    private static Read readRead(DataInputStream in) throws IOException {
        Read.Source source = in.readByte() == 0
                ? new Read.Source.Matching(readQuery(in), in.readLong(), in.readLong())
                : new Read.Source.Revisions(in.readUTF(), in.readLong(), in.readLong());
        Read.Direction direction = in.readBoolean() ? Read.Direction.BACKWARDS : Read.Direction.FORWARDS;
        return new Read(source, direction, in.readLong());
    }

    private static void write(UUID id, DataOutputStream out) throws IOException {
        out.writeLong(id.getMostSignificantBits());
        out.writeLong(id.getLeastSignificantBits());
    }

    private static UUID readId(DataInputStream in) throws IOException {
        return new UUID(in.readLong(), in.readLong());
    }

    private static <T> void writeAll(Collection<T> elements, DataOutputStream out, Element<T> each) throws IOException {
        out.writeInt(elements.size());
        for (T element : elements) {
            each.write(element);
        }
    }

    private static <T> List<T> readAll(DataInputStream in, Reader<T> each) throws IOException {
        List<T> elements = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            elements.add(each.read());
        }
        return elements;
    }
}
