package dev.everfold.log;

import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.IoReason;
import dev.everfold.eventstore.StorageFullException;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.log.storage.NoSpaceException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;

/// What keeps a store from being opened or read, in words.
final class LogFailures {

    private LogFailures() {}

    static StoreUnavailableException missing(String where) {
        return new StoreUnavailableException(
                "There is no store in " + where + ". Correct the path, or create a store by appending or importing.",
                false,
                null);
    }

    /// So the JVM reports that the device could not read a page of a mapped file.
    static StoreUnavailableException unreadable(InternalError failure) {
        return new StoreUnavailableException(
                "A file of the store cannot be read: " + failure.getMessage() + ". Look at the disk, and try again.",
                true,
                failure);
    }

    static EventStoreException unavailable(String where, IOException failure) {
        if (failure instanceof ClosedByInterruptException) {
            return new StoreUnavailableException(
                    "The store in " + where + " cannot be opened: the thread was interrupted. Open it again.",
                    true,
                    failure);
        }
        if (failure instanceof NoSpaceException) {
            return new StorageFullException(where, failure);
        }
        IoReason reason = IoReason.of(failure, where);
        return new StoreUnavailableException(
                "The store in " + where + " cannot be opened: " + reason.words() + ". " + reason.advice(),
                false,
                failure);
    }
}
