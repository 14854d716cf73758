package dev.everfold.log.storage;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// A file behind two channels: one that only the writer touches, and one for readers that survives
/// interruption.
///
/// The JDK closes a file channel when a thread is interrupted inside one of its calls. Readers are
/// anybody's threads, so theirs is opened anew when that happens; the writer's thread is the engine's
/// own and is never interrupted. A sync reports errors to the channel that wrote, so that one is never
/// replaced.
final class ChannelFile implements StorageFile {

    private final Path path;
    private final @Nullable FileChannel writeChannel;

    private volatile FileChannel readChannel;
    private volatile boolean closed;

    private ChannelFile(Path path, FileChannel readChannel, @Nullable FileChannel writeChannel) {
        this.path = path;
        this.readChannel = readChannel;
        this.writeChannel = writeChannel;
    }

    static ChannelFile create(Path path) throws IOException {
        return writing(path, FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    }

    static ChannelFile openForWriting(Path path) throws IOException {
        return writing(path, FileChannel.open(path, StandardOpenOption.WRITE));
    }

    static ChannelFile openForReading(Path path) throws IOException {
        return new ChannelFile(path, FileChannel.open(path, StandardOpenOption.READ), null);
    }

    private static ChannelFile writing(Path path, FileChannel writeChannel) throws IOException {
        try {
            return new ChannelFile(path, FileChannel.open(path, StandardOpenOption.READ), writeChannel);
        } catch (IOException failure) {
            writeChannel.close();
            throw failure;
        }
    }

    @Override
    public String name() {
        return path.getFileName().toString();
    }

    @Override
    public long size() throws IOException {
        return uninterrupted(FileChannel::size);
    }

    @Override
    public int read(long offset, byte[] target, int targetOffset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(target, targetOffset, length);
        boolean ended = false;
        while (buffer.hasRemaining() && !ended) {
            ended = uninterrupted(channel -> channel.read(buffer, offset + buffer.position() - targetOffset)) < 0;
        }
        return buffer.position() - targetOffset;
    }

    @Override
    public void write(long offset, ByteBuffer source) throws IOException {
        int from = source.position();
        try {
            while (source.hasRemaining()) {
                writer().write(source, offset + source.position() - from);
            }
        } catch (IOException failure) {
            throw NoSpaceException.orSame(failure, path);
        }
    }

    @Override
    public void sync() throws IOException {
        try {
            writer().force(false);
        } catch (IOException failure) {
            throw NoSpaceException.orSame(failure, path);
        }
    }

    @Override
    public MemorySegment map() throws IOException {
        return uninterrupted(channel -> channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto()));
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        try {
            readChannel.close();
        } finally {
            if (writeChannel != null) {
                writeChannel.close();
            }
        }
    }

    private FileChannel writer() throws IOException {
        if (writeChannel == null) {
            throw new IOException("File " + path + " is open for reading only.");
        }
        return writeChannel;
    }

    /// A call of the read channel.
    @FunctionalInterface
    private interface Call<T> {
        T on(FileChannel channel) throws IOException;
    }

    /// Repeats a call that an interruption cut off; the thread stays interrupted.
    private <T> T uninterrupted(Call<T> call) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                interrupted |= Thread.interrupted();
                FileChannel current = readChannel;
                try {
                    return call.on(current);
                } catch (ClosedChannelException cutOff) {
                    reopen(current, cutOff);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @SuppressWarnings("ReferenceEquality") // this very channel, not one like it
    private synchronized void reopen(FileChannel broken, ClosedChannelException cutOff) throws IOException {
        if (closed) {
            throw cutOff;
        }
        if (readChannel == broken) {
            readChannel = FileChannel.open(path, StandardOpenOption.READ);
        }
    }
}
