package dev.everfold.cli.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The limit: the least that a durable, ordered, checked append can cost. What an engine adds to this is
/// what it is measured by.
///
/// One thread takes what waits in a queue, checks each append's revision in a table of primitives, lays
/// headers and payloads into one buffer with a CRC32C each, and makes up to 4 MiB of them durable with one
/// write and one fdatasync; a virtual thread then wakes those who wait. The file was filled with zeros
/// before and is written round and round. No names, types, tags or index, and nothing can be read by them.
final class BareWriter implements AutoCloseable {

    /// Length of a record: header and payload.
    static final int RECORD_BYTES = BenchEvents.EVENT_BYTES;

    static final int CHECKSUM = 4;
    static final int COVERED = 8;

    private static final int HEADER_BYTES = 64;
    private static final int BATCH_BYTES_MAX = 4 << 20;
    private static final int BLOCK_BYTES = 4_096;
    private static final int STREAMS_MAX = 1 << 21;

    private final FileChannel channel;
    private final long fileBytes;
    private final byte[] payload = new byte[RECORD_BYTES - HEADER_BYTES];
    private final ConcurrentLinkedQueue<Request> queue = new ConcurrentLinkedQueue<>();
    private final Thread thread = new Thread(this::run, "bare-writer");
    private volatile boolean parked;
    private volatile boolean closed;
    private volatile @Nullable IOException failure;

    // Owned by the writer thread.
    private final long[] streams = new long[STREAMS_MAX];
    private final long[] nextRevisions = new long[STREAMS_MAX];
    private final ByteBuffer buffer =
            ByteBuffer.allocateDirect(BATCH_BYTES_MAX + (BATCH_BYTES_MAX >> 1)).order(ByteOrder.LITTLE_ENDIAN);
    private final CRC32C crc = new CRC32C();
    private long position;
    private long fileAt;

    /// One append of one client.
    static final class Request {

        private final long stream;
        private final long expectedRevision;
        private final int events;
        private final Thread waiter = Thread.currentThread();
        private volatile boolean durable;

        /// @param stream which stream, 1 or more
        /// @param expectedRevision how many events the stream has
        /// @param events how many are appended
        Request(long stream, long expectedRevision, int events) {
            this.stream = stream;
            this.expectedRevision = expectedRevision;
            this.events = events;
        }
    }

    /// Starts a writer on a file made by [#createFile].
    BareWriter(Path file) throws IOException {
        channel = FileChannel.open(file, StandardOpenOption.WRITE);
        fileBytes = channel.size();
        thread.start();
    }

    /// Makes a file of zeros, synced.
    static void createFile(Path file, long bytes) throws IOException {
        try (FileChannel created = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 20);
            for (long at = 0; at < bytes; at += zeros.capacity()) {
                created.write(zeros.clear(), at);
            }
            created.force(true);
        } catch (IOException failed) {
            Files.deleteIfExists(file);
            throw failed;
        }
    }

    /// Returns when the request is durable.
    void append(Request request) throws IOException {
        queue.add(request);
        if (parked) {
            LockSupport.unpark(thread);
        }
        while (!request.durable) {
            LockSupport.park(this);
        }
        IOException failed = failure;
        if (failed != null) {
            throw new IOException("The bare writer failed.", failed);
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        channel.close();
    }

    private void run() {
        while (true) {
            List<Request> batch = gather();
            if (!batch.isEmpty()) {
                commit(batch);
            } else if (closed) {
                return;
            } else {
                parked = true;
                if (queue.isEmpty() && !closed) {
                    LockSupport.park(this);
                }
                parked = false;
            }
        }
    }

    private List<Request> gather() {
        List<Request> batch = new ArrayList<>();
        buffer.clear();
        while (buffer.position() < BATCH_BYTES_MAX) {
            Request request = queue.poll();
            if (request == null) {
                break;
            }
            encode(request);
            batch.add(request);
        }
        return batch;
    }

    private void encode(Request request) {
        int slot = slot(request.stream);
        if (nextRevisions[slot] != request.expectedRevision) {
            failure = new IOException("Stream " + request.stream + " has " + nextRevisions[slot] + " events; expected "
                    + request.expectedRevision + ".");
        }
        for (int i = 0; i < request.events; i++) {
            int at = buffer.position();
            buffer.putInt(at, RECORD_BYTES);
            buffer.putLong(at + 8, position++);
            buffer.putLong(at + 16, nextRevisions[slot]++);
            buffer.putLong(at + 24, request.stream);
            buffer.put(at + HEADER_BYTES, payload);
            crc.reset();
            crc.update(buffer.limit(at + RECORD_BYTES).position(at + COVERED));
            buffer.putInt(at + CHECKSUM, (int) crc.getValue());
            buffer.limit(buffer.capacity()).position(at + RECORD_BYTES);
        }
    }

    private int slot(long stream) {
        int mask = STREAMS_MAX - 1;
        int slot = (int) ((stream * 0x9e3779b97f4a7c15L) >>> 40) & mask;
        while (streams[slot] != 0 && streams[slot] != stream) {
            slot = (slot + 1) & mask;
        }
        streams[slot] = stream;
        return slot;
    }

    private void commit(List<Request> batch) {
        try {
            // Whole blocks, so that no durable block is ever written again.
            int bytes = (buffer.position() + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
            if (fileAt + bytes > fileBytes) {
                fileAt = 0;
            }
            buffer.limit(bytes).position(0);
            while (buffer.hasRemaining()) {
                fileAt += channel.write(buffer, fileAt);
            }
            channel.force(false);
        } catch (IOException failed) {
            failure = failed;
        }
        Thread.ofVirtual().start(() -> wake(batch));
    }

    private static void wake(List<Request> batch) {
        for (Request request : batch) {
            request.durable = true;
            LockSupport.unpark(request.waiter);
        }
    }
}
