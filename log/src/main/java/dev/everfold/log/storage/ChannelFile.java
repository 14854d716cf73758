package dev.everfold.log.storage;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A file behind a channel that survives interruption.
///
/// The JDK closes a file channel when a thread is interrupted inside one of its calls. Reads therefore open
/// the file
/// anew and go on. A write or sync that was cut off is reported as failed: its outcome is unknown, and the
/// engine's
/// writer thread is never interrupted.
final class ChannelFile implements StorageFile {

    private final Path path;
    private final boolean writable;

    private volatile FileChannel channel;
    private volatile boolean closed;

    ChannelFile(Path path, FileChannel channel, boolean writable) {
        this.path = path;
        this.channel = channel;
        this.writable = writable;
    }

    static ChannelFile open(Path path, boolean writable) throws IOException {
        return new ChannelFile(path, channel(path, writable), writable);
    }

    @Override
    public String name() {
        return path.getFileName().toString();
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public int read(long offset, byte[] target, int targetOffset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(target, targetOffset, length);
        boolean interrupted = false;
        try {
            while (buffer.hasRemaining()) {
                FileChannel current = channel;
                try {
                    if (current.read(buffer, offset + buffer.position() - targetOffset) < 0) {
                        break;
                    }
                } catch (ClosedChannelException cutOff) {
                    interrupted |= Thread.interrupted();
                    reopen(current, cutOff);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        return buffer.position() - targetOffset;
    }

    @Override
    public void write(long offset, ByteBuffer source) throws IOException {
        int from = source.position();
        try {
            while (source.hasRemaining()) {
                channel.write(source, offset + source.position() - from);
            }
        } catch (IOException failure) {
            throw NoSpaceException.orSame(failure, path.toString());
        }
    }

    @Override
    public void sync() throws IOException {
        try {
            channel.force(false);
        } catch (IOException failure) {
            throw NoSpaceException.orSame(failure, path.toString());
        }
    }

    @Override
    public MemorySegment map() throws IOException {
        return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        channel.close();
    }

    @SuppressWarnings("ReferenceEquality") // this very channel, not one like it
    private synchronized void reopen(FileChannel broken, ClosedChannelException cutOff) throws IOException {
        if (closed) {
            throw cutOff;
        }
        if (channel == broken) {
            channel = channel(path, writable);
        }
    }

    private static FileChannel channel(Path path, boolean writable) throws IOException {
        return writable
                ? FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)
                : FileChannel.open(path, StandardOpenOption.READ);
    }
}
