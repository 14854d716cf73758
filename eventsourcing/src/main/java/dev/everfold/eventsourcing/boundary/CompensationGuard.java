package dev.everfold.eventsourcing.boundary;

import dev.everfold.eventsourcing.Decided;
import dev.everfold.eventsourcing.codec.EventMetadata;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.AppendConflictException.Failure.QueryMatched;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// Sees to it that the events which a decision compensates exist, and were not compensated before.
final class CompensationGuard {

    private final EventStore store;
    private final Set<UUID> targets = new LinkedHashSet<>();
    private boolean twice;

    CompensationGuard(EventStore store, List<? extends Decided<?>> events) {
        this.store = store;
        for (Decided<?> event : events) {
            if (event.compensates().isPresent()) {
                twice |= !targets.add(event.compensates().get());
            }
        }
    }

    /// Why the decision cannot be stored; empty when nothing is known against it.
    Optional<String> impossible() {
        if (twice) {
            return Optional.of("one command compensates an event twice");
        }
        if (targets.isEmpty()) {
            return Optional.empty();
        }
        Set<UUID> missing = new LinkedHashSet<>(targets);
        try (EventCursor cursor = store.read(Read.matching(Query.ids(targets)))) {
            cursor.forEachRemaining(event -> missing.remove(event.id()));
        }
        return missing.stream().findFirst().map(id -> "there is no event " + id + " to compensate");
    }

    /// The append, to be refused when something that it compensates was compensated by then.
    Append guard(Append append) {
        Append guarded = append;
        for (UUID target : targets) {
            guarded = guarded.unless(compensationsOf(target), 0);
        }
        return guarded;
    }

    /// Why an append was refused, where it was for what it compensates.
    Optional<String> explain(AppendConflictException conflict) {
        for (AppendConflictException.Failure failure : conflict.failures()) {
            if (failure instanceof QueryMatched(var condition, long position)) {
                for (UUID target : targets) {
                    if (condition.query().equals(compensationsOf(target))) {
                        return Optional.of(
                                "event " + target + " is compensated already, by the event at position " + position);
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static Query compensationsOf(UUID target) {
        return Query.tags(EventMetadata.compensatesTag(target));
    }
}
