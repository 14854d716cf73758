package dev.everfold.eventstore;

import java.nio.file.Path;
import java.util.UUID;
import java.util.function.LongConsumer;

/// What an engine supplies, through [java.util.ServiceLoader], to be found by its scheme.
///
/// An engine that keeps nothing beyond its process may leave out the operations on what is kept.
public interface EventStoreProvider {

    /// The scheme of its URIs, for example `log`.
    String scheme();

    /// Checks what a URI says, and neither opens nor asks anything.
    ///
    /// Whoever opens a store with parameters of his own checks before what he was given, so that a refusal
    /// is of the URI that somebody wrote.
    ///
    /// @throws IllegalArgumentException when the URI is not one of this engine's or a parameter is unknown
    default void check(StoreUri uri) {}

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

    /// Opens a store for appending that is to hold the history of another one, event by event.
    ///
    /// Where there is none, it is created with the other's lineage, so that checkpoints and snapshots that
    /// were made beside the other hold beside the copy; the lineage is durable before anything is stored. One
    /// that is there is opened as it is: compare its lineage. Parameters are those of [#open].
    ///
    /// Events are copied by [EventStore#append]: each brings its recorded time, and a condition
    /// ([AppendCondition.NothingMatching], everything, from the next position) makes sure that it comes to
    /// the same position as before. Tracked positions follow the events that they were committed with.
    ///
    /// @param lineage of the other store
    /// @throws UnsupportedOperationException when stores of this engine cannot be made so
    /// @throws RuntimeException as [#open]
    default EventStore openCopy(StoreUri uri, UUID lineage) {
        throw new UnsupportedOperationException(
                "Stores of scheme \"" + scheme() + "\" cannot be made as a copy of another one.");
    }

    /// Whether two URIs of this engine name the same store, as far as can be told without opening it.
    default boolean isSameStore(StoreUri one, StoreUri other) {
        return one.rest().equals(other.rest());
    }

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

    /// Makes stores that are only to be measured, where the URI says and beside what is there.
    ///
    /// @throws UnsupportedOperationException when stores of this engine are not made and removed so
    /// @throws StoreUnavailableException when it is out of reach
    default ScratchStores scratch(StoreUri uri) {
        throw new UnsupportedOperationException(
                "Stores of scheme \"" + scheme() + "\" cannot be made to be measured and removed again.");
    }
}
