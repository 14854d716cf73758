package dev.everfold.eventsourcing.reaction;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// What is pending, from the records that changed timers. Instances without timers cost nothing here.
///
/// It reads every such record since the beginning, so it takes longer as the log grows. The lease is renewed
/// meanwhile: if it took longer than that, and a second process waited, neither would ever get beyond it.
final class TimerScan {

    private TimerScan() {}

    private record Found(List<Timer> timers, UUID correlation) {}

    /// @param renewal called now and then
    static void load(Reaction<?, ?> reaction, EventStore store, Timers timers, Runnable renewal) {
        Map<String, Found> found = new HashMap<>();
        Query changes = Query.of(
                new Query.Item().withTypes(ReactionEvents.REACTED).withTags(ReactionEvents.timersTag(reaction.name())));
        try (EventCursor cursor = store.read(Read.matching(changes))) {
            while (cursor.hasNext()) {
                RecordedEvent event = cursor.next();
                renewal.run();
                String key = ReactionEvents.keyOf(reaction.name(), event.stream());
                List<Timer> pending = ReactionEvents.timers(event);
                if (pending.isEmpty()) {
                    found.remove(key);
                } else {
                    found.put(key, new Found(pending, ReactionEvents.correlation(event)));
                }
            }
        }
        found.forEach((key, each) -> timers.set(key, each.timers(), each.correlation()));
    }
}
