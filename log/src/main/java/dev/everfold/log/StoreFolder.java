package dev.everfold.log;

import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.log.LogEventStore.Mode;
import dev.everfold.log.segment.StoreFile;
import dev.everfold.log.storage.FileStorage;
import dev.everfold.log.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/// The directory of a store: found, or made with all names above it.
final class StoreFolder {

    private StoreFolder() {}

    /// The directory of a store that is going to be opened in this mode.
    ///
    /// @throws StoreUnavailableException when it is missing and must not be created
    static Storage toOpen(Path directory, Mode mode) {
        try {
            if (isThere(directory)) {
                requireDirectory(directory, "the directory of a store");
                Storage found = new FileStorage(directory);
                return mode == Mode.CREATE && !found.list().contains(StoreFile.NAME)
                        ? FileStorage.createDirectory(directory)
                        : found;
            }
            if (mode != Mode.CREATE) {
                throw LogFailures.missing(directory.toString());
            }
            return FileStorage.createDirectory(directory);
        } catch (IOException failure) {
            throw LogFailures.unavailable(directory.toString(), failure);
        }
    }

    /// The directory into which a store is going to be copied.
    ///
    /// @throws StoreUnavailableException when it is a file
    /// @throws IOException when it can be neither used nor created
    static Storage toCopyInto(Path directory) throws IOException {
        if (isThere(directory)) {
            requireDirectory(directory, "a new or empty directory");
        }
        return FileStorage.createDirectory(directory);
    }

    /// A directory that may not be looked at is not taken for one that is missing.
    private static boolean isThere(Path directory) throws IOException {
        try {
            Files.readAttributes(directory, BasicFileAttributes.class);
            return true;
        } catch (NoSuchFileException missing) {
            return false;
        }
    }

    private static void requireDirectory(Path directory, String expected) {
        if (!Files.isDirectory(directory)) {
            throw new StoreUnavailableException(
                    directory + " is a file; expected " + expected + ". Name another one.", false, null);
        }
    }
}
