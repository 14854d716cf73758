package dev.everfold.eventsourcing.reaction;

import dev.everfold.eventsourcing.codec.EventContext;
import dev.everfold.eventsourcing.codec.EventMetadata;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.RecordedEvent;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Handles events one by one: which instances they are for, what these make of them, what is sent then. Events of
/// different keys may be handled by different threads at once, those of one key by one.
final class Reacting<E, S> {

    private static final int RACES_MAX = 10;

    private final Reaction<E, S> reaction;
    private final Instances<S> instances;
    private final Sending sending;
    private final Timers timers;

    Reacting(Reaction<E, S> reaction, EventStore store, Timers timers) {
        this.reaction = reaction;
        this.instances = new Instances<>(reaction, store);
        this.sending = new Sending(reaction, store);
        this.timers = timers;
    }

    /// What one stored event is to one instance; several inputs where an upcaster splits it.
    record Told<E>(RecordedEvent event, List<Input<E>> inputs) {}

    /// What an event is, by key.
    static <E> Map<String, Told<E>> told(Reaction<E, ?> reaction, RecordedEvent event) {
        Map<String, Told<E>> told = new LinkedHashMap<>();
        switch (event.type()) {
            case ReactionEvents.DUE, ReactionEvents.REJECTED ->
                told.put(ReactionEvents.keyOf(reaction.name(), event.stream()), new Told<>(event, List.of()));
            default -> {
                EventContext context = new EventContext(event);
                for (E decoded : reaction.codec().decode(event)) {
                    Optional<String> key = reaction.keyOf(decoded, context);
                    key.ifPresent(of -> told.merge(
                            of,
                            new Told<>(event, List.of(new Input.Happened<>(decoded, of, context))),
                            Reacting::both));
                }
            }
        }
        return told;
    }

    private static <E> Told<E> both(Told<E> one, Told<E> other) {
        return new Told<>(
                one.event(),
                java.util.stream.Stream.concat(one.inputs().stream(), other.inputs().stream())
                        .toList());
    }

    /// Handles an event for one of its keys.
    ///
    /// @param redriven whether it was parked. It may not have held up its instance, since the key of an event that
    ///     cannot be read is not known; so that later events are handled does not say that this one is
    void handle(String key, Told<E> told, boolean redriven) {
        for (int races = 1; ; races++) {
            try {
                handleOnce(key, told, redriven);
                return;
            } catch (FasterElsewhereException faster) {
                if (races == RACES_MAX) {
                    throw faster.conflict;
                }
            }
        }
    }

    private void handleOnce(String key, Told<E> told, boolean redriven) {
        Held<S> held = instances.get(key);
        Recorded<S> before = held.recorded();
        long position = told.event().position();
        long last = before.input().position();
        if (redriven && position <= last) {
            Optional<Held<S>> earlier = instances.recordOf(key, handled(told));
            if (earlier.isPresent()) {
                sending.send(key, earlier.get());
                return;
            }
        } else if (position < last) {
            return;
        } else if (position == last) {
            timers.set(key, before);
            sending.send(key, ownRecord(key, told, held));
            return;
        }
        if (before.ended()) {
            return;
        }
        Optional<Recorded<S>> after = react(key, told, before);
        if (after.isPresent()) {
            timers.requireRoom(key, after.get().timers().size());
            Held<S> recorded = record(key, before, after.get());
            timers.set(key, recorded.recorded());
            sending.send(key, recorded);
        }
    }

    /// What was recorded of the last event of an instance. It need not be its last record: one
    /// that was redriven since has one after it, which does not move the instance back.
    private Held<S> ownRecord(String key, Told<E> told, Held<S> last) {
        UUID own = ReactionEvents.recordId(reaction.name(), key, handled(told));
        return last.recorded().id().equals(own)
                ? last
                : instances.recordOf(key, handled(told)).orElse(last);
    }

    private static Recorded.Handled handled(Told<?> told) {
        return new Recorded.Handled(told.event().position(), told.event().id());
    }

    private Held<S> record(String key, Recorded<S> before, Recorded<S> after) {
        try {
            return instances.record(key, before, after);
        } catch (AppendConflictException conflict) {
            throw new FasterElsewhereException(conflict);
        }
    }

    /// What an instance makes of an event; empty when nothing changes.
    private Optional<Recorded<S>> react(String key, Told<E> told, Recorded<S> before) {
        RecordedEvent event = told.event();
        Change<E, S> change = new Change<>(reaction, key, handled(told), before);
        switch (event.type()) {
            case ReactionEvents.DUE -> {
                Timer due = ReactionEvents.due(event);
                if (!change.takeTimer(due)) {
                    return Optional.empty();
                }
                change.apply(new Input.TimerDue<>(due.name(), key, due.due()));
            }
            case ReactionEvents.REJECTED -> change.apply(ReactionEvents.rejected(reaction, key, event));
            default -> told.inputs().forEach(change::apply);
        }
        return change.isNothing() ? Optional.empty() : Optional.of(change.recorded(correlation(key, event, before)));
    }

    /// An instance is one conversation: that of its first event.
    private UUID correlation(String key, RecordedEvent event, Recorded<S> before) {
        if (!before.isNew()) {
            return before.correlation();
        }
        return EventMetadata.of(event)
                .correlation()
                .orElseGet(
                        () -> UUID.nameUUIDFromBytes((reaction.name() + "\0" + key).getBytes(StandardCharsets.UTF_8)));
    }

    private static final class FasterElsewhereException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final AppendConflictException conflict;

        FasterElsewhereException(AppendConflictException conflict) {
            super(conflict);
            this.conflict = conflict;
        }
    }
}
