package dev.everfold.testkit;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Limits;
import java.time.Clock;

/// A fixture whose stores keep what they hold while they are closed.
public interface RestartableFixture extends EventStoreFixture {

    /// Opens again the store that [#open] gave last. It was closed before, by the test.
    ///
    /// @param clock the only source of the time at which requests arrive; may show an earlier time than
    ///     before
    /// @param limits what the store takes at once; may differ from before
    EventStore reopen(Clock clock, Limits limits);
}
