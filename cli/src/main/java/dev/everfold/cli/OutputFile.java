package dev.everfold.cli;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
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

    private OutputFile(Path file, Path partial, FileOutputStream disk) throws IOException {
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
        this.content = file.toString().endsWith(".gz")
                ? new BufferedOutputStream(new GZIPOutputStream(unclosed, BUFFER_BYTES), BUFFER_BYTES)
                : new BufferedOutputStream(unclosed, BUFFER_BYTES);
    }

    /// Begins the file; what is at its place stays until it is complete.
    static OutputFile create(Path file) {
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        try {
            return new OutputFile(file, partial, new FileOutputStream(partial.toFile()));
        } catch (IOException failed) {
            throw new Output.FailedException(failed);
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
