package dev.everfold.eventstore;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Why a file could not be used, in words, for messages: of most such failures the JDK says nothing
/// but the file's name.
///
/// @param words what is the matter, such as `permission denied`; no sentence of its own
/// @param advice what to do about it: one sentence
public record IoReason(String words, String advice) {

    private static final String ELSEWHERE = "Correct its name, or name another one.";

    /// The reason of a failure.
    ///
    /// @param named the file that the message names already, as it names it; another one is named here
    public static IoReason of(IOException failure, String named) {
        return switch (failure) {
            case NoSuchFileException missing -> missing(missing.getFile(), named);
            case AccessDeniedException denied ->
                new IoReason(
                        "permission denied" + of(denied.getFile(), named),
                        "Permit it to the user who runs this, or name another one.");
            case NotDirectoryException file -> noFolder(file.getFile(), named);
            case FileAlreadyExistsException there ->
                new IoReason("it is there already" + of(there.getFile(), named), "Name another one.");
            case DirectoryNotEmptyException full ->
                new IoReason("it is not empty" + of(full.getFile(), named), "Name another one.");
            case FileSystemException other
            when "Not a directory".equals(other.getReason()) -> noFolder(other.getFile(), named);
            case FileSystemException other
            when other.getReason() != null ->
                new IoReason(other.getReason() + of(other.getFile(), named), "Look at the disk.");
            case FileNotFoundException unopened -> new IoReason(text(unopened), ELSEWHERE);
            case CharacterCodingException _ -> new IoReason("it is not text in UTF-8", "Name another one.");
            default -> new IoReason(text(failure), "Look at the disk.");
        };
    }

    /// When something is made, it is not the file that is missed, but the folder that it should be in.
    private static IoReason missing(@Nullable String file, String named) {
        Path folder = file == null ? null : Path.of(file).toAbsolutePath().getParent();
        return folder == null || Files.isDirectory(folder)
                ? new IoReason("there is no such file" + of(file, named), ELSEWHERE)
                : new IoReason("there is no folder \"" + folder + "\"", "Make it, or name another one.");
    }

    private static IoReason noFolder(@Nullable String file, String named) {
        return new IoReason("a folder is expected where a file is" + of(file, named), ELSEWHERE);
    }

    private static String of(@Nullable String file, String named) {
        return file == null || file.equals(named) ? "" : ": \"" + file + "\"";
    }

    private static String text(IOException failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
    }
}
