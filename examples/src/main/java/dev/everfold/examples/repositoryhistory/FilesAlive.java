package dev.everfold.examples.repositoryhistory;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// When each file was alive: one fold over the log, from which any instant can be asked for.
///
/// It goes by when things occurred, while the log is in the order in which they were recorded. So the fold
/// keeps the turns of each file by their time: what is recorded late finds its place among them. Of turns
/// at one instant the later one in the log counts.
final class FilesAlive {

    /// Of each path: from when on it was alive (true), from when on no longer (false).
    private final Map<String, NavigableMap<Instant, Boolean>> turns = new HashMap<>();

    private FilesAlive() {}

    static FilesAlive fold(EventStore store) {
        FilesAlive files = new FilesAlive();
        List<String> types = RepositoryEvent.CODEC.typeNames(RepositoryEvent.OfFile.class);
        try (EventCursor cursor = store.read(Read.matching(Query.types(types.toArray(String[]::new))))) {
            while (cursor.hasNext()) {
                RecordedEvent event = cursor.next();
                Instant occurred = event.occurred().orElseGet(event::recorded);
                RepositoryEvent.CODEC.decode(event).forEach(decoded -> files.apply(occurred, decoded));
            }
        }
        return files;
    }

    private void apply(Instant occurred, RepositoryEvent event) {
        switch (event) {
            case RepositoryEvent.FileAdded added -> turn(added.path(), occurred, true);
            case RepositoryEvent.FileRemoved removed -> turn(removed.path(), occurred, false);
            // What is changed was alive before and is alive after.
            case RepositoryEvent.FileChanged _, RepositoryEvent.CommitMade _ -> {}
        }
    }

    private void turn(String path, Instant occurred, boolean isAlive) {
        turns.computeIfAbsent(path, _ -> new TreeMap<>()).put(occurred, isAlive);
    }

    /// The paths of the files that had been added by then, and not removed since.
    Set<String> asOf(Instant time) {
        Set<String> alive = new TreeSet<>();
        turns.forEach((path, ofPath) -> {
            Map.Entry<Instant, Boolean> last = ofPath.floorEntry(time);
            if (last != null && last.getValue()) {
                alive.add(path);
            }
        });
        return alive;
    }
}
