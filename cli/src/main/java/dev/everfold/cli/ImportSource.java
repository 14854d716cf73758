package dev.everfold.cli;

import dev.everfold.eventstore.IoReason;
import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/// Where lines come from: a file or standard input, compressed by gzip or not.
///
/// @param name as in messages
/// @param file the file; the empty path stands for standard input
record ImportSource(String name, Path file) {

    private static final int BUFFER_BYTES = 1 << 16;
    private static final int GZIP_MAGIC = 0x1f8b;
    private static final Path STANDARD_INPUT = Path.of("");

    /// The source that an argument means: `-` is standard input.
    ///
    /// @throws CommandException when there is no such file
    static ImportSource of(String argument) {
        if (argument.equals("-")) {
            return new ImportSource("stdin", STANDARD_INPUT);
        }
        Path file = Path.of(argument);
        try {
            boolean isFolder =
                    Files.readAttributes(file, BasicFileAttributes.class).isDirectory();
            if (isFolder) {
                throw refused(argument, "is a directory", "Correct its name.");
            }
            if (!Files.isReadable(file)) {
                throw new AccessDeniedException(argument);
            }
            return new ImportSource(argument, file);
        } catch (NoSuchFileException missing) {
            throw refused(argument, "is not there", "Correct its name.");
        } catch (IOException unusable) {
            IoReason reason = IoReason.of(unusable, argument);
            throw refused(argument, "cannot be read: " + reason.words(), reason.advice());
        }
    }

    private static CommandException refused(String argument, String what, String advice) {
        return new CommandException(
                ExitCode.REFUSED,
                "File \"" + argument + "\" " + what
                        + "; expected a file of CloudEvents, one a line. Nothing was imported. " + advice);
    }

    /// Opens it; whether it is compressed is seen from its first two bytes, whatever its name.
    InputStream open(InputStream standardInput) throws IOException {
        InputStream raw = file.equals(STANDARD_INPUT)
                ? new FilterInputStream(standardInput) {
                    @Override
                    public void close() {
                        // It belongs to the process.
                    }
                }
                : new FileInputStream(file.toFile());
        InputStream in = new BufferedInputStream(raw, BUFFER_BYTES);
        in.mark(2);
        int magic = (in.read() << 8) | in.read();
        in.reset();
        return magic == GZIP_MAGIC ? GzipInput.of(in) : in;
    }
}
