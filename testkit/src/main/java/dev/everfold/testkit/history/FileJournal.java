package dev.everfold.testkit.history;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// Keeps the calls of one client in a file that survives the client's process.
///
/// A call stands in the file before it is made, so that it survives a killed process; an answer is durable
/// before the client goes on. The format is in [JournalFormat].
public final class FileJournal implements Journal, AutoCloseable {

    private final FileChannel channel;

    private FileJournal(FileChannel channel) {
        this.channel = channel;
    }

    /// Makes a new file.
    ///
    /// @param client name of the client
    public static FileJournal create(Path file, String client) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        FileJournal journal = new FileJournal(channel);
        journal.write(JournalFormat.header(client));
        return journal;
    }

    /// The calls of a client whose process has ended; those that were not answered, or whose answer did not
    /// reach the file whole, have the answer [Answer.Unknown]. What follows an incomplete entry is not read.
    ///
    /// @throws IOException when the file cannot be read or is not a journal
    public static List<ClientCall> read(Path file) throws IOException {
        return JournalFormat.read(Files.readAllBytes(file));
    }

    @Override
    public void invoked(int number, long nanos, Call call) {
        write(JournalFormat.invoked(number, nanos, call));
    }

    @Override
    public void answered(int number, long nanos, Answer answer) {
        write(JournalFormat.answered(number, nanos, answer));
        try {
            channel.force(false);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private void write(byte[] bytes) {
        try {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
