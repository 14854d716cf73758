package dev.everfold.log.segment;

import dev.everfold.log.storage.Storage;
import dev.everfold.log.storage.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/// Copies an open segment into a sealed one, without the gaps between frames and with a footer.
///
/// At each point a crash leaves the open segment as it was: the sealed one appears under its name only
/// when it is whole and synced, and the open one is removed after that name is durable. Recovery then
/// finds one or both, and prefers the sealed one.
public final class SegmentSealer {

    private static final int STEP_BYTES = 1 << 20;

    private final Storage storage;
    private final IntConsumer pace;
    private final BooleanSupplier cancelled;

    private final byte[] step = new byte[STEP_BYTES];
    private int stepLength;
    private long written;

    /// Seals segments of a directory.
    ///
    /// @param pace called after each synced step with its bytes, so that sealing leaves the disk to appends
    /// @param cancelled asked after each step; when it says yes, the work so far is dropped
    public SegmentSealer(Storage storage, IntConsumer pace, BooleanSupplier cancelled) {
        this.storage = storage;
        this.pace = pace;
        this.cancelled = cancelled;
    }

    /// Writes the sealed segment and makes it durable under its name. The open one stays; see
    /// [#removeOpen].
    ///
    /// @return the sealed segment, or the open one when cancelled
    public Segment seal(OpenSegment open) throws IOException {
        String name = SegmentFormat.sealedName(open.header().start().frames());
        String temporary = name + SegmentFormat.TEMPORARY_SUFFIX;
        if (storage.list().contains(temporary)) {
            storage.delete(temporary);
        }
        StorageFile file = storage.create(temporary);
        boolean done = false;
        try (file) {
            done = copy(open, file);
        } finally {
            if (!done) {
                storage.delete(temporary);
            }
        }
        if (!done) {
            return open;
        }
        storage.rename(temporary, name);
        storage.syncDirectory();
        return SealedSegment.open(storage, name, open.header().storeId());
    }

    /// Removes the file of an open segment that was sealed.
    public void removeOpen(OpenSegment open) throws IOException {
        storage.delete(open.name());
        storage.syncDirectory();
    }

    private boolean copy(OpenSegment open, StorageFile file) throws IOException {
        written = 0;
        stepLength = 0;
        write(file, SegmentFormat.encode(open.header().sealed()));
        Offsets offsets = new Offsets(open.end().nextPosition() - open.fromPosition());
        FrameScanner frames =
                new FrameScanner(open::read, SegmentFormat.OPEN_ALIGNMENT, SegmentFormat.HEADER_BYTES, STEP_BYTES);
        LogEnd end = open.header().start();
        while (end.frames() < open.end().frames()) {
            if (!frames.isAtFrame() || end.mismatch(frames.header()).isPresent()) {
                throw SegmentFormat.corrupt(
                        open.name(), frames.offset(), "frame " + end.frames() + " expected, none found");
            }
            end = end.after(frames.header());
            long shift = written + stepLength - frames.offset();
            frames.visit(new AppendFormat.Visitor() {
                @Override
                public void append(AppendFormat.Header header, long fromPosition) {}

                @Override
                public void record(byte[] buffer, int offset, long position) {
                    offsets.add(frames.fileOffset(offset) + shift);
                }
            });
            write(file, frames.frameBytes());
            if (cancelled.getAsBoolean()) {
                return false;
            }
            frames.skipFrame();
        }
        long framesEnd = written + stepLength;
        byte[] table = offsets.encode();
        write(file, table);
        write(
                file,
                SegmentFormat.encode(
                        new SegmentFormat.Footer(end, framesEnd, Layout.checksum(table, 0, table.length))));
        flush(file);
        return true;
    }

    private void write(StorageFile file, byte[] bytes) throws IOException {
        for (int from = 0; from < bytes.length; ) {
            int length = Math.min(bytes.length - from, step.length - stepLength);
            System.arraycopy(bytes, from, step, stepLength, length);
            stepLength += length;
            from += length;
            if (stepLength == step.length) {
                flush(file);
            }
        }
    }

    private void flush(StorageFile file) throws IOException {
        file.write(written, ByteBuffer.wrap(step, 0, stepLength));
        file.sync();
        written += stepLength;
        pace.accept(stepLength);
        stepLength = 0;
    }

    /// The table of offsets in the making.
    private static final class Offsets {

        private final byte[] table;
        private int length;

        Offsets(long events) {
            table = new byte[Math.toIntExact(Layout.align(4 * events, 8))];
        }

        void add(long offset) {
            Layout.putInt(table, length, (int) (offset >>> 3));
            length += 4;
        }

        byte[] encode() {
            return table;
        }
    }
}
