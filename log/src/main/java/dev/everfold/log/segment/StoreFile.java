package dev.everfold.log.segment;

import dev.everfold.eventstore.CorruptStoreException;
import dev.everfold.log.storage.Storage;
import dev.everfold.log.storage.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The file `STORE`: whose log this is, and how it was left.
///
/// # Principle
/// Two slots are written in turn, each in place, so that changing it needs no space: a store opens on a
/// full disk. The whole slot with the higher generation counts. A crash while a slot is written leaves
/// the other one, and recovery is right with either, since a slot that says "open" is durable before
/// the first frame of that opening.
///
/// # Format, version 1
/// Two slots of 4,096 bytes, each a text in UTF-8, one `name value` a line, then zeros:
/// ```
/// everfold-store 1          format version
/// generation 7              rises with every write
/// store UUID                the store's identity; part of every other file
/// lineage UUID              identity of this history; new after a restore
/// epoch 3                   how often it has been opened for writing
/// state open                or: state closed FRAMES CHECKSUM — the log ended there when it was closed
/// checksum 5d1c0f3a         CRC32C (RFC 3720), hexadecimal, of the text before this line
/// ```
///
/// @param storeId the store's identity
/// @param lineage identity of this history
/// @param epoch how often it has been opened for writing
/// @param generation of the slot
/// @param closed number of frames and checksum of the last one when it was closed; empty while it is open
public record StoreFile(UUID storeId, UUID lineage, long epoch, long generation, Optional<Closed> closed) {

    /// Its name.
    public static final String NAME = "STORE";

    /// Length of a slot in bytes.
    public static final int SLOT_BYTES = 4_096;

    private static final String FORMAT = "everfold-store";
    private static final int VERSION = 1;

    /// How a log ended when it was closed.
    ///
    /// @param frames number of frames
    /// @param checksum of the last frame
    public record Closed(long frames, int checksum) {}

    /// A slot that is not as it should be.
    ///
    /// @param offset where it begins in the file
    /// @param what what was expected and found
    public record DamagedSlot(long offset, String what) {}

    /// The file of a new store.
    public static StoreFile create(UUID storeId, UUID lineage) {
        return new StoreFile(storeId, lineage, 0, 0, Optional.of(new Closed(0, 0)));
    }

    /// The same, opened for writing once more.
    public StoreFile opened() {
        return new StoreFile(storeId, lineage, epoch + 1, generation + 1, Optional.empty());
    }

    /// The same, closed.
    public StoreFile closed(LogEnd end) {
        return new StoreFile(
                storeId, lineage, epoch, generation + 1, Optional.of(new Closed(end.frames(), end.checksum())));
    }

    /// Writes the slot of this generation and makes it durable.
    public void write(Storage storage) throws IOException {
        try (StorageFile file = storage.openForWriting(NAME)) {
            file.write(generation % 2 * SLOT_BYTES, ByteBuffer.wrap(encode()));
            file.sync();
        }
    }

    /// Writes both slots of a file that is not there yet, and makes it durable under its name.
    public void writeNew(Storage storage) throws IOException {
        String temporary = NAME + SegmentFormat.TEMPORARY_SUFFIX;
        if (storage.list().contains(temporary)) {
            storage.delete(temporary);
        }
        try (StorageFile file = storage.create(temporary)) {
            file.write(0, ByteBuffer.wrap(encode()));
            file.write(SLOT_BYTES, ByteBuffer.wrap(encode()));
            file.sync();
        }
        storage.rename(temporary, NAME);
        storage.syncDirectory();
    }

    /// Reads the slot that counts.
    ///
    /// @throws CorruptStoreException when no slot is whole
    /// @throws dev.everfold.eventstore.StoreUnavailableException when the format is of another version
    public static StoreFile read(Storage storage) throws IOException {
        List<StoreFile> whole = new ArrayList<>();
        List<DamagedSlot> damaged = inspect(storage, whole);
        return whole.stream()
                .max(Comparator.comparingLong(StoreFile::generation))
                .orElseThrow(() -> new CorruptStoreException("File " + storage.description() + "/" + NAME
                        + " is corrupt: " + damaged.getFirst().what() + ". Restore a backup."));
    }

    /// Reads both slots.
    ///
    /// @param whole receives those that are as they should be
    /// @return those that are not
    /// @throws dev.everfold.eventstore.StoreUnavailableException when the format is of another version
    public static List<DamagedSlot> inspect(Storage storage, List<StoreFile> whole) throws IOException {
        List<DamagedSlot> damaged = new ArrayList<>();
        byte[] slots = new byte[2 * SLOT_BYTES];
        long size;
        try (StorageFile file = storage.openForReading(NAME)) {
            file.read(0, slots, 0, slots.length);
            size = file.size();
        }
        int otherVersion = VERSION;
        for (int at = 0; at < slots.length; at += SLOT_BYTES) {
            Slot slot = Slot.parse(slots, at);
            if (slot.store != null) {
                whole.add(slot.store);
            } else {
                otherVersion = slot.isOfOtherVersion() ? slot.version : otherVersion;
                damaged.add(new DamagedSlot(at, slot.damage));
            }
        }
        if (whole.isEmpty() && otherVersion != VERSION) {
            throw OtherVersion.refused("The store in " + storage.description(), otherVersion, VERSION);
        }
        if (size != slots.length) {
            damaged.add(new DamagedSlot(
                    Math.min(size, slots.length), slots.length + " bytes expected, " + size + " found"));
        }
        return damaged;
    }

    private byte[] encode() {
        String text = FORMAT + " " + VERSION + "\ngeneration " + generation + "\nstore " + storeId + "\nlineage "
                + lineage + "\nepoch " + epoch + "\nstate "
                + closed.map(c -> "closed " + c.frames() + " " + String.format("%08x", c.checksum()))
                        .orElse("open")
                + "\n";
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        String last = "checksum " + String.format("%08x", Layout.checksum(body, 0, body.length)) + "\n";
        byte[] slot = new byte[SLOT_BYTES];
        System.arraycopy(body, 0, slot, 0, body.length);
        byte[] tail = last.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(tail, 0, slot, body.length, tail.length);
        return slot;
    }

    /// One slot as it was read: a store, or what is wrong with it.
    ///
    /// @param version of its format; -1 when it does not say
    /// @param sealed whether its checksum is right
    private record Slot(@Nullable StoreFile store, String damage, int version, boolean sealed) {

        private static final String NUMBER = "[0-9]{1,18}";
        private static final String ID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
        private static final String STATE = "open|closed " + NUMBER + " [0-9a-f]{8}";

        static Slot parse(byte[] slots, int at) {
            int end = at;
            while (end < at + SLOT_BYTES && slots[end] != 0) {
                end++;
            }
            // One byte a character, so that places in the text are places in the slot.
            String text = new String(slots, at, end - at, StandardCharsets.ISO_8859_1);
            int checksumLine = text.lastIndexOf("checksum ");
            int version = version(text);
            if (checksumLine < 0) {
                return new Slot(null, "a slot with a checksum expected, none found", version, false);
            }
            String found = text.substring(checksumLine);
            String expected = "checksum " + String.format("%08x", Layout.checksum(slots, at, at + checksumLine)) + "\n";
            if (!found.equals(expected) || !Layout.isZero(slots, end, at + SLOT_BYTES)) {
                return new Slot(null, expected.strip() + " and zeros expected, something else found", version, false);
            }
            if (version != VERSION) {
                return new Slot(null, "format version " + VERSION + " expected, " + version + " found", version, true);
            }
            return decode(text);
        }

        /// A newer format may have another kind of checksum.
        boolean isOfOtherVersion() {
            return version > VERSION || (version >= 0 && version < VERSION && sealed);
        }

        private static int version(String text) {
            String rest = text.startsWith(FORMAT + " ") ? text.substring(FORMAT.length() + 1) : "";
            int newline = rest.indexOf('\n');
            String digits = newline < 0 ? "" : rest.substring(0, newline);
            return digits.matches("[0-9]{1,9}") ? Integer.parseInt(digits) : -1;
        }

        private static Slot decode(String text) {
            Map<String, String> values = new HashMap<>();
            text.lines().forEach(line -> {
                int space = line.indexOf(' ');
                values.put(line.substring(0, Math.max(space, 0)), line.substring(space + 1));
            });
            Map<String, String> forms =
                    Map.of("store", ID, "lineage", ID, "epoch", NUMBER, "generation", NUMBER, "state", STATE);
            for (Map.Entry<String, String> form : forms.entrySet()) {
                String value = values.getOrDefault(form.getKey(), "");
                if (!value.matches(form.getValue())) {
                    String damage = "\"" + form.getKey() + "\" expected, not found, although the checksum is right";
                    return new Slot(null, damage, VERSION, true);
                }
            }
            String[] state = values.getOrDefault("state", "").split(" ", -1);
            Optional<Closed> closed = state.length < 3
                    ? Optional.empty()
                    : Optional.of(new Closed(Long.parseLong(state[1]), Integer.parseUnsignedInt(state[2], 16)));
            StoreFile store = new StoreFile(
                    UUID.fromString(values.getOrDefault("store", "")),
                    UUID.fromString(values.getOrDefault("lineage", "")),
                    Long.parseLong(values.getOrDefault("epoch", "")),
                    Long.parseLong(values.getOrDefault("generation", "")),
                    closed);
            return new Slot(store, "", VERSION, true);
        }
    }
}
