package dev.everfold.cli;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.GZIPOutputStream;

/// A file that is there as a whole or not at all: it is written beside its place under the name
/// `….partial` and moved to it when it is complete. For one thread.
final class OutputFile implements AutoCloseable {

    private static final int BUFFER_BYTES = 1 << 16;

    private final Path file;
    private final Path partial;
    private final FileOutputStream disk;
    private final OutputStream content;
    private boolean isComplete;

    private OutputFile(Path file, Path partial, FileOutputStream disk, boolean isCompressed) throws IOException {
        this.file = file;
        this.partial = partial;
        this.disk = disk;
        // The file is forced to disk between the last byte and the close, so the close comes from here only.
        OutputStream unclosed = new FilterOutputStream(disk) {
            @Override
            public void write(byte[] bytes, int from, int count) throws IOException {
                disk.write(bytes, from, count);
            }

            @Override
            public void close() throws IOException {
                flush();
            }
        };
        this.content = isCompressed
                ? new BufferedOutputStream(new GZIPOutputStream(unclosed, BUFFER_BYTES), BUFFER_BYTES)
                : new BufferedOutputStream(unclosed, BUFFER_BYTES);
    }

    /// Begins the file; what is at its place stays until it is complete.
    ///
    /// @throws CommandException when there is something that is no file, such as a device, a pipe or a folder
    static OutputFile create(Path file) {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new CommandException(
                    ExitCode.UNAVAILABLE,
                    "\"" + file + "\" is not a file, and would be replaced by one; expected the name of a file. Leave"
                            + " --output out to write to standard output.");
        }
        try {
            // Of a link, what it leads to is replaced, not the link.
            Path place = Files.exists(file) ? file.toRealPath() : file;
            Path partial = place.resolveSibling(place.getFileName() + ".partial");
            return new OutputFile(
                    place, partial, begin(partial), file.toString().endsWith(".gz"));
        } catch (IOException failed) {
            throw new Output.FailedException(failed);
        }
    }

    /// Opens it, and empties it once nobody else writes it; until it is closed, nobody else does.
    private static FileOutputStream begin(Path partial) throws IOException {
        FileOutputStream disk = new FileOutputStream(partial.toFile(), true);
        try {
            if (!isMine(disk.getChannel())) {
                throw new CommandException(
                        ExitCode.UNAVAILABLE,
                        "\"" + partial + "\" is being written by another export; expected one at a time. Wait until it"
                                + " has ended, or name another file.");
            }
            disk.getChannel().truncate(0);
            return disk;
        } catch (IOException | RuntimeException failed) {
            disk.close();
            throw failed;
        }
    }

    private static boolean isMine(FileChannel channel) {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException inThisProcess) {
            return false;
        } catch (IOException noLocks) {
            // Some file systems have none.
            return true;
        }
    }

    /// Where the content goes; compressed when the file's name ends with `.gz`.
    OutputStream content() {
        return content;
    }

    /// Makes the content durable and puts it at its place.
    void complete() {
        try {
            content.close();
            disk.getFD().sync();
            disk.close();
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
            isComplete = true;
        } catch (IOException failed) {
            throw new Output.FailedException(failed);
        }
    }

    /// Takes away what is not complete.
    @Override
    public void close() {
        if (isComplete) {
            return;
        }
        try {
            disk.close();
            Files.deleteIfExists(partial);
        } catch (IOException failed) {
            throw new Output.FailedException(failed);
        }
    }
}
