package dev.everfold.eventsourcing;

import dev.everfold.eventsourcing.codec.EventMetadata;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.AppendConflictException.Failure;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// Sees to it that what is compensated exists and, unless that is allowed, was not compensated before.
/// Safe for many threads.
final class Compensations {

    private static final String TAG_PREFIX = "$compensates:";

    private final EventStore store;
    private final boolean repeated;

    Compensations(EventStore store, boolean repeated) {
        this.store = store;
        this.repeated = repeated;
    }

    /// Why a decision cannot be stored; empty when nothing is known against it.
    Optional<String> impossible(Decision.Accepted<?> accepted) {
        List<UUID> targets = targets(accepted);
        if (targets.isEmpty()) {
            return Optional.empty();
        }
        Set<UUID> missing = new HashSet<>(targets);
        if (missing.size() < targets.size() && !repeated) {
            return Optional.of("one command compensates an event twice");
        }
        try (EventCursor cursor = store.read(Read.matching(Query.ids(missing)))) {
            cursor.forEachRemaining(event -> missing.remove(event.id()));
        }
        return missing.stream().sorted().findFirst().map(id -> "there is no event " + id + " to compensate");
    }

    /// The append, to be refused when something that it compensates was compensated by then.
    Append guard(Append append, Decision.Accepted<?> accepted) {
        Append guarded = append;
        if (!repeated) {
            for (UUID target : targets(accepted)) {
                guarded = guarded.unless(Query.tags(EventMetadata.compensatesTag(target)), 0);
            }
        }
        return guarded;
    }

    /// Why an append was refused, where it was for what it compensates.
    Optional<String> explain(AppendConflictException conflict) {
        return conflict.failures().stream()
                .filter(Failure.QueryMatched.class::isInstance)
                .map(Failure.QueryMatched.class::cast)
                .flatMap(matched -> matched.condition().query().items().stream()
                        .flatMap(item -> item.tags().stream())
                        .filter(tag -> tag.startsWith(TAG_PREFIX))
                        .map(tag -> "event " + tag.substring(TAG_PREFIX.length())
                                + " is compensated already, by the event at position " + matched.position()))
                .findFirst();
    }

    private static List<UUID> targets(Decision.Accepted<?> accepted) {
        List<UUID> targets = new ArrayList<>(0);
        for (Decided<?> decided : accepted.events()) {
            if (decided.compensates().isPresent()) {
                targets.add(decided.compensates().get());
            }
        }
        return targets;
    }
}
