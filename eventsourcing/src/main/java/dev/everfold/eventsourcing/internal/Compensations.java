package dev.everfold.eventsourcing.internal;

import dev.everfold.eventsourcing.Decided;
import dev.everfold.eventsourcing.codec.EventMetadata;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.AppendConflictException.Failure;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// Sees to it that what a decision compensates exists and, unless that is allowed, was not compensated before.
/// Immutable.
public final class Compensations {

    private final EventStore store;
    private final Set<UUID> targets;
    private final boolean hasOneTwice;
    private final boolean mayRepeat;

    private Compensations(EventStore store, Set<UUID> targets, boolean hasOneTwice, boolean mayRepeat) {
        this.store = store;
        this.targets = targets;
        this.hasOneTwice = hasOneTwice;
        this.mayRepeat = mayRepeat;
    }

    /// What these events compensate; as a rule, nothing.
    ///
    /// @param mayRepeat whether an event may be compensated more than once
    public static Compensations of(EventStore store, List<? extends Decided<?>> decided, boolean mayRepeat) {
        Set<UUID> targets = Set.of();
        boolean hasOneTwice = false;
        for (Decided<?> event : decided) {
            if (event.compensates().isPresent()) {
                targets = targets.isEmpty() ? new LinkedHashSet<>() : targets;
                hasOneTwice |= !targets.add(event.compensates().get());
            }
        }
        return new Compensations(store, targets, hasOneTwice, mayRepeat);
    }

    /// Why the decision cannot be stored; empty when nothing is known against it.
    public Optional<String> impossible() {
        if (targets.isEmpty()) {
            return Optional.empty();
        }
        if (hasOneTwice && !mayRepeat) {
            return Optional.of("one command compensates an event twice");
        }
        Set<UUID> missing = new LinkedHashSet<>(targets);
        try (EventCursor cursor = store.read(Read.matching(Query.ids(targets)))) {
            cursor.forEachRemaining(event -> missing.remove(event.id()));
        }
        return missing.stream().findFirst().map(id -> "there is no event " + id + " to compensate");
    }

    /// The append, to be refused when something that it compensates was compensated by then.
    public Append guard(Append append) {
        Append guarded = append;
        if (!mayRepeat) {
            for (UUID target : targets) {
                guarded = guarded.unless(compensationsOf(target), 0);
            }
        }
        return guarded;
    }

    /// Why an append was refused, where it was for what it compensates.
    public Optional<String> explain(AppendConflictException conflict) {
        for (Failure failure : conflict.failures()) {
            if (failure instanceof Failure.QueryMatched(var condition, long position)) {
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
