package dev.everfold.testkit.history;

import dev.everfold.eventstore.Appended;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.zip.CRC32C;

/// The file of one client's calls.
///
/// # Principle
/// Entries follow one another and are never changed. Each has its length and checksum before it, so that
/// a reader knows where a killed process stopped in the middle of one.
///
/// # Format
/// Numbers are big-endian, `text` is a length of 2 bytes and modified UTF-8 as in [DataOutputStream].
/// ```
/// journal   = "EVHIST01" : 8, client : text, entry …
/// entry     = bytes : 4, crc32c of body : 4, body
/// body      = 0 : 1, number : 4, nanos : 8, call             a call is about to be made
///           | 1 : 1, number : 4, nanos : 8, answer           it was answered
/// answer    = 0, fromPosition : 8, count : 4, revision : 8 …  accepted
///           | 1, count : 4, finding …                         refused for a conflict
///           | 2, position : 8, nextPosition : 8               refused, ahead
///           | 3, exception : text                             refused otherwise
///           | 4                                               unknown
///           | 5, end : 8, next : 8, exhausted : 1, count : 4, (position : 8, digest : 8) …
///           | 6, tracked : 8                                  −1 = none
///           | 7, nextPosition : 8
/// finding   = kind : 1, condition : 4, value : 8              0 revision, 1 match, 2 tracked, 3 recorded time
/// ```
/// Calls are in [CallFormat].
///
/// # Limits and compatibility
/// A journal is read as a whole into memory. Another version has another magic and is refused.
final class JournalFormat {

    private static final byte[] MAGIC = "EVHIST01".getBytes(StandardCharsets.US_ASCII);
    private static final int INVOKED = 0;
    private static final int ANSWERED = 1;
    private static final int ENTRY_BYTES_MAX = 64 << 20;

    private JournalFormat() {}

    /// Writes into memory, where nothing can fail.
    private interface Body {
        void writeTo(DataOutputStream out) throws IOException;
    }

    static byte[] header(String client) {
        return bytes(out -> {
            out.write(MAGIC);
            out.writeUTF(client);
        });
    }

    static byte[] invoked(int number, long nanos, Call call) {
        return entry(out -> {
            out.writeByte(INVOKED);
            out.writeInt(number);
            out.writeLong(nanos);
            CallFormat.write(call, out);
        });
    }

    static byte[] answered(int number, long nanos, Answer answer) {
        return entry(out -> {
            out.writeByte(ANSWERED);
            out.writeInt(number);
            out.writeLong(nanos);
            write(answer, out);
        });
    }

    /// Reads a journal up to its end or to the first entry that is not whole.
    static List<ClientCall> read(byte[] file) throws IOException {
        if (!Arrays.equals(MAGIC, 0, MAGIC.length, file, 0, Math.min(file.length, MAGIC.length))) {
            throw new IOException("Not a journal of a history: expected it to begin with EVHIST01.");
        }
        ByteBuffer rest = ByteBuffer.wrap(file).position(MAGIC.length);
        byte[] name = new byte[rest.getShort() & 0xffff];
        rest.get(name);
        MemoryJournal journal = new MemoryJournal(new String(name, StandardCharsets.UTF_8));
        while (rest.remaining() >= 2 * Integer.BYTES) {
            int bytes = rest.getInt();
            int checksum = rest.getInt();
            if (bytes < 0 || bytes > ENTRY_BYTES_MAX || bytes > rest.remaining()) {
                break;
            }
            byte[] body = new byte[bytes];
            rest.get(body);
            if (checksum(body) != checksum) {
                break;
            }
            replay(new DataInputStream(new ByteArrayInputStream(body)), journal);
        }
        return journal.calls();
    }

    private static void replay(DataInputStream in, Journal journal) throws IOException {
        boolean invoked = in.readByte() == INVOKED;
        int number = in.readInt();
        long nanos = in.readLong();
        if (invoked) {
            journal.invoked(number, nanos, CallFormat.read(in));
        } else {
            journal.answered(number, nanos, readAnswer(in));
        }
    }

    private static void write(Answer answer, DataOutputStream out) throws IOException {
        switch (answer) {
            case Answer.Accepted(Appended appended) -> {
                out.writeByte(0);
                out.writeLong(appended.fromPosition());
                out.writeInt(appended.revisions().size());
                for (long revision : appended.revisions()) {
                    out.writeLong(revision);
                }
            }
            case Answer.Refused(Refusal refusal) -> write(refusal, out);
            case Answer.Unknown _ -> out.writeByte(4);
            case Answer.Seen seen -> {
                out.writeByte(5);
                out.writeLong(seen.end());
                out.writeLong(seen.nextPosition());
                out.writeBoolean(seen.exhausted());
                out.writeInt(seen.events().size());
                for (Sighting event : seen.events()) {
                    out.writeLong(event.position());
                    out.writeLong(event.digest());
                }
            }
            case Answer.TrackedAt(OptionalLong position) -> {
                out.writeByte(6);
                out.writeLong(position.orElse(-1));
            }
            case Answer.NextAt(long position) -> {
                out.writeByte(7);
                out.writeLong(position);
            }
        }
    }

    private static void write(Refusal refusal, DataOutputStream out) throws IOException {
        switch (refusal) {
            case Refusal.Conflict(List<Finding> findings) -> {
                out.writeByte(1);
                out.writeInt(findings.size());
                for (Finding finding : findings) {
                    write(finding, out);
                }
            }
            case Refusal.Ahead(long position, long nextPosition) -> {
                out.writeByte(2);
                out.writeLong(position);
                out.writeLong(nextPosition);
            }
            case Refusal.Other(String exception) -> {
                out.writeByte(3);
                out.writeUTF(exception);
            }
        }
    }

    private static void write(Finding finding, DataOutputStream out) throws IOException {
        switch (finding) {
            case Finding.LastRevision(int condition, long revision) -> write(out, 0, condition, revision);
            case Finding.Match(int condition, long position) -> write(out, 1, condition, position);
            case Finding.Tracked(long position) -> write(out, 2, 0, position);
            case Finding.RecordedTime _ -> write(out, 3, 0, 0);
        }
    }

    private static void write(DataOutputStream out, int kind, int condition, long value) throws IOException {
        out.writeByte(kind);
        out.writeInt(condition);
        out.writeLong(value);
    }

    private static Answer readAnswer(DataInputStream in) throws IOException {
        int kind = in.readByte();
        return switch (kind) {
            case 0 -> {
                long fromPosition = in.readLong();
                List<Long> revisions = new ArrayList<>();
                for (int left = in.readInt(); left > 0; left--) {
                    revisions.add(in.readLong());
                }
                yield new Answer.Accepted(new Appended(fromPosition, revisions));
            }
            case 1 -> {
                List<Finding> findings = new ArrayList<>();
                for (int left = in.readInt(); left > 0; left--) {
                    findings.add(readFinding(in));
                }
                yield new Answer.Refused(new Refusal.Conflict(findings));
            }
            case 2 -> new Answer.Refused(new Refusal.Ahead(in.readLong(), in.readLong()));
            case 3 -> new Answer.Refused(new Refusal.Other(in.readUTF()));
            case 4 -> new Answer.Unknown();
            case 5 -> readSeen(in);
            case 6 -> {
                long position = in.readLong();
                yield new Answer.TrackedAt(position < 0 ? OptionalLong.empty() : OptionalLong.of(position));
            }
            case 7 -> new Answer.NextAt(in.readLong());
            default -> throw new IOException("Answer of kind " + kind + " is not known; expected 0 to 7.");
        };
    }

    private static Finding readFinding(DataInputStream in) throws IOException {
        int kind = in.readByte();
        int condition = in.readInt();
        long value = in.readLong();
        return switch (kind) {
            case 0 -> new Finding.LastRevision(condition, value);
            case 1 -> new Finding.Match(condition, value);
            case 2 -> new Finding.Tracked(value);
            default -> new Finding.RecordedTime();
        };
    }

    private static Answer.Seen readSeen(DataInputStream in) throws IOException {
        long end = in.readLong();
        long nextPosition = in.readLong();
        boolean exhausted = in.readBoolean();
        List<Sighting> events = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            events.add(new Sighting(in.readLong(), in.readLong()));
        }
        return new Answer.Seen(events, end, nextPosition, exhausted);
    }

    private static byte[] entry(Body body) {
        byte[] bytes = bytes(body);
        return ByteBuffer.allocate(2 * Integer.BYTES + bytes.length)
                .putInt(bytes.length)
                .putInt(checksum(bytes))
                .put(bytes)
                .array();
    }

    private static byte[] bytes(Body body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            body.writeTo(new DataOutputStream(bytes));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    private static int checksum(byte[] body) {
        CRC32C crc = new CRC32C();
        crc.update(body);
        return (int) crc.getValue();
    }
}
