package dev.everfold.eventstore;

import java.nio.file.Path;
import java.util.function.LongConsumer;

/// What an engine supplies, through [java.util.ServiceLoader], to be found by its scheme.
///
/// An engine that keeps nothing beyond its process may leave out the operations on what is kept.
public interface EventStoreProvider {

    /// The scheme of its URIs, for example `log`.
    String scheme();

    /// Opens the store.
    ///
    /// Parameter `mode` is understood by every engine: `create` (the default) makes a store where there
    /// is none, `existing` does not, `read` opens for reading only and works beside a running writer.
    ///
    /// @throws IllegalArgumentException when the URI is not one of this engine's or a parameter is unknown
    /// @throws StoreUnavailableException when it is missing, not a store, of another format, in use, out of
    ///     reach
    /// @throws CorruptStoreException when what is stored is damaged in a way that could lose acknowledged
    ///     events
    /// @throws StorageFullException when there is no room to create it
    EventStore open(StoreUri uri);

    /// Checks everything that is stored, without changing it.
    ///
    /// @param progress receives the number of events checked so far, now and then
    /// @throws StoreUnavailableException when there is no store or it is out of reach
    default Verification verify(StoreUri uri, LongConsumer progress) {
        throw new UnsupportedOperationException("Stores of scheme \"" + scheme() + "\" keep nothing to verify.");
    }

    /// Copies the store, as of now and beside a running writer, into a new directory.
    ///
    /// @param progress receives the number of bytes copied so far, now and then
    /// @return how many events the backup holds
    /// @throws StoreUnavailableException when there is no store or the directory exists and is not empty
    default long backup(StoreUri uri, Path directory, LongConsumer progress) {
        throw new UnsupportedOperationException("Stores of scheme \"" + scheme() + "\" keep nothing to back up.");
    }

    /// Makes a new store, of a new lineage, from a backup.
    ///
    /// @param progress receives the number of bytes copied so far, now and then
    /// @return how many events the store holds
    /// @throws StoreUnavailableException when the directory is not a backup or the store exists already
    default long restore(Path directory, StoreUri uri, LongConsumer progress) {
        throw new UnsupportedOperationException("Stores of scheme \"" + scheme() + "\" keep nothing to restore.");
    }
}
