package dev.everfold.eventsourcing.subscription;

import java.time.Duration;
import java.util.List;

/// A running subscription, projection or reaction. Safe for use by many threads.
///
/// It works on a thread of its own, goes on where its checkpoint says, and waits when there is nothing to do. While
/// it waits, or is slower than the log grows, it holds no events.
public interface EventConsumer extends AutoCloseable {

    /// Its name.
    String name();

    /// How it does now.
    ConsumerStatus status();

    /// Waits until the event at `position`, and all before, are handled or parked, so that what a command has just
    /// appended can be read.
    ///
    /// @return false when the time ran out before
    /// @throws InterruptedException when the thread was interrupted while it waited
    /// @throws IllegalStateException when the consumer has ended, or ends while waiting, and says why
    boolean awaitHandled(long position, Duration timeout) throws InterruptedException;

    /// Waits until everything is handled that the log holds at the time of the call.
    ///
    /// @return false when the time ran out before
    /// @throws InterruptedException when the thread was interrupted while it waited
    /// @throws IllegalStateException when the consumer has ended, or ends while waiting, and says why
    boolean awaitCaughtUp(Duration timeout) throws InterruptedException;

    /// Handles nothing until [#resume()], and keeps its claim. Returns when the step in work is done, or given up
    /// where it is tried again; at once while it has no claim, or when a handler calls it for its own consumer, or
    /// what a reaction sends a command to. Their step is done first.
    void pause();

    /// Goes on after [#pause()].
    void resume();

    /// What is parked, by position.
    ///
    /// @throws IllegalStateException when the consumer does not run here, but in another process or not at all
    List<ParkedEvent> parked();

    /// Tries parked events of a key again, in order, until one fails; from then on the key is in order again or
    /// that event has another reason. Each is handled as it would be now, upcasters included.
    ///
    /// @return how many are settled
    /// @throws IllegalStateException when the consumer does not run here, but in another process or not at all
    int redrive(String key);

    /// Gives up parked events of a key: they will never be handled.
    ///
    /// @return how many
    /// @throws IllegalStateException when the consumer does not run here, but in another process or not at all
    int discard(String key);

    /// Finishes the step in work, saves the checkpoint and gives the claim back. Returns when that is done; at once
    /// when a handler calls it for its own consumer, or what a reaction sends a command to. May be called more than
    /// once.
    @Override
    void close();
}
