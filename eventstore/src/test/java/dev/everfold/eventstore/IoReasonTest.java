package dev.everfold.eventstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What is said of files that cannot be used.
class IoReasonTest {

    private static final String ELSEWHERE = "Correct its name, or name another one.";
    private static final String PERMIT = "Permit it to the user who runs this, or name another one.";

    @TempDir
    Path folder;

    record Told(IOException failure, String words, String advice) {}

    static Told[] failures() {
        return new Told[] {
            new Told(new AccessDeniedException("data"), "permission denied", PERMIT),
            new Told(new AccessDeniedException("data/LOCK"), "permission denied: \"data/LOCK\"", PERMIT),
            new Told(new NotDirectoryException("data"), "a folder is expected where a file is", ELSEWHERE),
            new Told(
                    new FileSystemException("data/x", null, "Not a directory"),
                    "a folder is expected where a file is: \"data/x\"",
                    ELSEWHERE),
            new Told(new FileAlreadyExistsException("data"), "it is there already", "Name another one."),
            new Told(new DirectoryNotEmptyException("data"), "it is not empty", "Name another one."),
            new Told(
                    new FileSystemException("data", null, "Read-only file system"),
                    "Read-only file system",
                    "Look at the disk."),
            new Told(new FileSystemException("data"), "data", "Look at the disk."),
            new Told(new MalformedInputException(1), "it is not text in UTF-8", "Name another one."),
            new Told(new IOException("Input/output error"), "Input/output error", "Look at the disk."),
            new Told(new IOException(), "IOException", "Look at the disk.")
        };
    }

    @ParameterizedTest
    @MethodSource("failures")
    void each_failure_is_told_in_words_with_what_to_do(Told told) {
        IoReason reason = IoReason.of(told.failure(), "data");

        assertThat(reason).isEqualTo(new IoReason(told.words(), told.advice()));
    }

    @Test
    void a_missing_file_and_a_missing_folder_are_told_apart() {
        Path file = folder.resolve("missing");
        Path deeper = file.resolve("deeper");

        assertThat(reading(file)).isEqualTo(new IoReason("there is no such file", ELSEWHERE));
        assertThat(reading(deeper))
                .isEqualTo(new IoReason("there is no folder \"" + file + "\"", "Make it, or name another one."));
    }

    private static IoReason reading(Path file) {
        try {
            Files.readString(file);
            throw new AssertionError("There is a file " + file);
        } catch (IOException failure) {
            return IoReason.of(failure, file.toString());
        }
    }
}
