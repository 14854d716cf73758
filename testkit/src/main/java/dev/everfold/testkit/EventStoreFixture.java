package dev.everfold.testkit;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Limits;
import java.time.Clock;

/// What an engine supplies to be tested: the single point where the suites meet it.
///
/// The kit makes a fixture for each test and closes it after; the tests close the stores that it
/// opened. Where a store is kept (a directory, a schema, nowhere) is the fixture's own business. An
/// engine whose stores survive their closing supplies a [RestartableFixture] instead.
public interface EventStoreFixture extends AutoCloseable {

    /// Opens a new, empty store, unlike every other that was opened before.
    ///
    /// @param clock the only source of the time at which requests arrive
    /// @param limits what the store takes at once
    EventStore open(Clock clock, Limits limits);

    /// Whether a request has arrived, and its time was taken, when the call that makes it returns. Not so
    /// where it travels on its own, as over a network.
    default boolean requestsArriveAtOnce() {
        return true;
    }

    /// Removes whatever the stores of this fixture left behind. They are closed by then.
    @Override
    void close();
}
