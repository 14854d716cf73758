package dev.everfold.eventsourcing.codec;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;

/// Events as a store gives them back, at position 0.
final class Recorded {

    private Recorded() {}

    static RecordedEvent of(NewEvent event) {
        try (EventStore store = new InMemoryEventStore()) {
            store.append(Append.of(event));
            return store.read(Read.all()).next();
        }
    }

    /// An event as another release of an application wrote it.
    static RecordedEvent of(String type, int version, String json) {
        return of(event(type, version, json));
    }

    static NewEvent event(String type, int version, String json) {
        return NewEvent.of("account-42", type, json)
                .withMetadata(version == 1 ? Bytes.empty() : Bytes.utf8("{\"$version\":" + version + "}"));
    }
}
