package dev.everfold.eventstore;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/// An append-only, totally ordered log of events with optimistic concurrency.
///
/// Implementations are safe for use by many threads, blocking and meant for virtual threads. What all of
/// them promise:
///
/// 1. All conditions of an append hold or nothing of it is stored; checking and storing are one step.
///    Events of an append never conflict with its own conditions, and unconditional appends always
///    succeed.
/// 2. A repeat is harmless: before any condition or tracking is checked, an append id that the store
///    remembers returns the first [Appended]; with other event ids it is refused. Remembered are the
///    last [Limits#rememberedAppends()] accepted appends, counted and never timed.
/// 3. A refusal that was decided against appends still in flight is answered only after those are durable.
/// 4. Recorded time never falls: it is the larger of the last recorded time and the time when the
///    request arrived; events that bring a recorded time which would fall are refused.
/// 5. A condition or read ahead of [#nextPosition()] is refused with an error that says so.
/// 6. Names are valid Unicode without NUL, compared byte by byte, with limits in bytes. Types and
///    streams that begin with `$` belong to the system.
/// 7. Bytes come back exactly as they went in, data and metadata alike, whatever the content type.
///
/// Positions are assigned once, in order and without gaps: whoever has seen position p never later sees
/// a new event below p, and nobody reads what a crash could take back.
public interface EventStore extends AutoCloseable {

    /// Stores all events of the append or nothing, and returns when they are durable.
    ///
    /// @throws AppendConflictException when a condition, the tracking or a recorded time does not hold;
    ///     nothing stored
    /// @throws AppendIdReusedException when the id is remembered with other events; nothing stored
    /// @throws PositionAheadException when a condition begins beyond the log; nothing stored
    /// @throws LimitExceededException when a limit is exceeded; nothing stored
    /// @throws StorageFullException when there is no room; nothing stored, may be repeated
    /// @throws OutcomeUnknownException when the thread was interrupted (its flag is set again) or the
    ///     store failed while making it durable; repeat it with the same id
    /// @throws StoreUnavailableException when the store is open for reading only or has failed; nothing
    ///     stored
    /// @throws StoreClosedException when the store was closed before the append was accepted; nothing
    ///     stored
    Appended append(Append append);

    /// The asynchronous twin of [#append]: the future completes with the same answer or the same exception.
    ///
    /// Appends of one caller are stored in the order in which it made them. What [Limits] can tell is
    /// thrown at once. May block while the store's queue is full. Do not block in stages that depend on
    /// the future without an executor of their own: they may run on the store's threads.
    CompletableFuture<Appended> appendAsync(Append append);

    /// Opens a cursor over a snapshot of what is durable now.
    ///
    /// @throws PositionAheadException when the read begins beyond the log
    /// @throws LimitExceededException when the query has too many terms or too long names
    /// @throws StoreClosedException when the store is closed
    EventCursor read(Read read);

    /// How many events are durable and visible = the position that the next event will get.
    ///
    /// @throws StoreClosedException when the store is closed
    long nextPosition();

    /// Waits until [#nextPosition()] is above `position`, so that the event there can be read.
    ///
    /// @return true once it is; false when the time ran out before
    /// @throws InterruptedException when the thread was interrupted while it waited
    /// @throws StoreClosedException when the store is closed, also while waiting
    boolean awaitPosition(long position, Duration timeout) throws InterruptedException;

    /// The last position that an append tracked for the source; empty when none did.
    ///
    /// @throws StoreClosedException when the store is closed
    OptionalLong trackedPosition(String source);

    /// The last tracked position of every source, by name: a snapshot, which does not change any more. It
    /// takes memory with the number of sources; meant for copies ([EventStoreProvider#openCopy]).
    ///
    /// @throws UnsupportedOperationException when an engine cannot list them
    /// @throws StoreClosedException when the store is closed
    default SortedMap<String, Long> trackedPositions() {
        throw new UnsupportedOperationException(
                "This store does not list its tracked positions, so it cannot be copied whole. Export and import its"
                        + " events instead.");
    }

    /// Identity of this history: new when a store is created and when one is restored from a backup,
    /// the other's when it is made as a copy of another store ([EventStoreProvider#openCopy]), the same for
    /// as long as positions keep their meaning. Keep it beside every checkpoint.
    UUID lineage();

    /// What this store takes at once.
    Limits limits();

    /// What this store holds now.
    ///
    /// @throws StoreClosedException when the store is closed
    StoreStats stats();

    /// Drains what was accepted, then frees everything. Appends that come later, waits and open cursors
    /// end with [StoreClosedException]. May be called more than once.
    @Override
    void close();
}
