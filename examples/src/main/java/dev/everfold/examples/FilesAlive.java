package dev.everfold.examples;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/// Which files of the imported repository were there at some instant? A fold over the events that had
/// occurred by then: `FilesAlive STORE-URI INSTANT`.
public final class FilesAlive {

    private FilesAlive() {}

    /// Prints how many files were there.
    ///
    /// @param arguments a store URI and an instant, for example `log:target/history 2012-01-01T00:00:00Z`
    public static void main(String[] arguments) {
        try (EventStore store = EventStores.open(arguments[0])) {
            System.out.println(asOf(store, Instant.parse(arguments[1])).size());
        }
    }

    static Set<String> asOf(EventStore store, Instant time) {
        Set<String> alive = new HashSet<>();
        Query ofFiles = Query.types("FileAdded", "FileRemoved");
        try (EventCursor cursor = store.read(Read.matching(ofFiles))) {
            while (cursor.hasNext()) {
                RecordedEvent event = cursor.next();
                if (event.occurred().orElse(event.recorded()).isAfter(time)) {
                    continue;
                }
                switch (event.type()) {
                    case "FileAdded" -> alive.add(event.stream());
                    case "FileRemoved" -> alive.remove(event.stream());
                    default -> throw new IllegalStateException("Not asked for: " + event.type());
                }
            }
        }
        return alive;
    }
}
