package dev.everfold.cli.bench;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.zip.CRC32C;

/// The limit of reading: records of 256 bytes in one file, at the same places as the store's events.
///
/// A scan reads chunks and checks the checksum of each record; the reader of a stream knows by calculation
/// where each event lies and copies it out of the mapped file. Nothing is looked up, decoded or checked
/// beyond that.
final class BareReads implements Workload {

    private static final int CHUNK_BYTES = 256 << 10;

    /// What is read in one go.
    enum Kind {
        /// All records, one after the other.
        SCAN,
        /// A stream of 10.
        SHORT_STREAM,
        /// A stream of 1000.
        LONG_STREAM
    }

    private final Path file;
    private final ReadData data;
    private final Kind kind;

    /// Keeps the reading from being optimised away.
    private long seen;

    BareReads(Path file, ReadData data, Kind kind) {
        this.file = file;
        this.data = data;
        this.kind = kind;
    }

    /// Writes the file that is read.
    static void createFile(Path file, ReadData data) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int position = 0; position < data.events(); position++) {
                int at = chunk.position();
                chunk.putInt(at, BareWriter.RECORD_BYTES).putLong(at + BareWriter.COVERED, position);
                chunk.putInt(at + BareWriter.CHECKSUM, checksum(chunk.array(), at));
                chunk.position(at + BareWriter.RECORD_BYTES);
                if (!chunk.hasRemaining() || position == data.events() - 1) {
                    channel.write(chunk.flip());
                    chunk.clear();
                }
            }
        }
    }

    @Override
    public String name() {
        return "bare reader, " + kind;
    }

    @Override
    public String unit() {
        return "events/s";
    }

    @Override
    public Measurement run(Duration duration) throws Exception {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            mapped.load();
            return Clients.runAlone(duration, repetition -> switch (kind) {
                case SCAN -> scan(channel);
                case SHORT_STREAM -> shortStream(mapped, ReadRows.shortNumber(repetition, data));
                case LONG_STREAM -> longStream(mapped, ReadRows.longNumber(repetition, data));
            });
        }
    }

    long seen() {
        return seen;
    }

    private int scan(FileChannel channel) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        int events = 0;
        long at = 0;
        for (int bytes = channel.read(chunk, at); bytes > 0; bytes = channel.read(chunk.clear(), at)) {
            int whole = bytes / BareWriter.RECORD_BYTES * BareWriter.RECORD_BYTES;
            for (int record = 0; record < whole; record += BareWriter.RECORD_BYTES) {
                if (chunk.getInt(record + BareWriter.CHECKSUM) != checksum(chunk.array(), record)) {
                    throw new IOException("Record " + (at + record) / BareWriter.RECORD_BYTES + " of " + file
                            + " is damaged; expected it as it was written.");
                }
                seen += chunk.getLong(record + BareWriter.COVERED);
                events++;
            }
            at += whole;
        }
        return events;
    }

    private int shortStream(MemorySegment mapped, int stream) {
        for (int revision = 0; revision < ReadData.SHORT_EVENTS; revision++) {
            copyOut(mapped, data.shortPosition(stream, revision));
        }
        return ReadData.SHORT_EVENTS;
    }

    private int longStream(MemorySegment mapped, int stream) {
        for (int revision = 0; revision < ReadData.LONG_EVENTS; revision++) {
            copyOut(mapped, data.longPosition(stream, revision));
        }
        return ReadData.LONG_EVENTS;
    }

    private void copyOut(MemorySegment mapped, long position) {
        byte[] record = new byte[BareWriter.RECORD_BYTES];
        MemorySegment.copy(mapped, ValueLayout.JAVA_BYTE, position * BareWriter.RECORD_BYTES, record, 0, record.length);
        seen += record[BareWriter.COVERED] + record[record.length - 1];
    }

    private static int checksum(byte[] records, int at) {
        CRC32C crc = new CRC32C();
        crc.update(records, at + BareWriter.COVERED, BareWriter.RECORD_BYTES - BareWriter.COVERED);
        return (int) crc.getValue();
    }
}
