package dev.everfold.testkit;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Limits;
import java.time.Clock;
import java.util.UUID;

/// A fixture of an engine whose stores can be copies of others: its provider has
/// [dev.everfold.eventstore.EventStoreProvider#openCopy].
public interface CopyFixture extends EventStoreFixture {

    /// Makes a new, empty store of this lineage, unlike every other that was opened before.
    ///
    /// @param clock the only source of the time at which requests arrive
    /// @param limits what the store takes at once
    /// @param lineage of the store that it is to become a copy of
    EventStore openCopy(Clock clock, Limits limits, UUID lineage);
}
