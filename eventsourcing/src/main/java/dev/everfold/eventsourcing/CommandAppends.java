package dev.everfold.eventsourcing;

import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.internal.DecidedEvents;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendCondition;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.AppendIdReusedException;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.OutcomeUnknownException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Makes appends of what a decider accepted, and brings them into the store. Safe for many threads.
final class CommandAppends<E> {

    private static final int UNKNOWN_TRIES_MAX = 3;

    private final EventStore store;
    private final EventCodec<E> codec;

    CommandAppends(EventStore store, EventCodec<E> codec) {
        this.store = store;
        this.codec = codec;
    }

    /// The events with all that is known about them.
    List<NewEvent> encode(String stream, Decision.Accepted<E> accepted, CommandContext context) {
        if (accepted.events().size() == 1) {
            return List.of(encode(stream, accepted.events().getFirst(), context));
        }
        List<NewEvent> events = new ArrayList<>(accepted.events().size());
        for (Decided<E> decided : accepted.events()) {
            events.add(encode(stream, decided, context));
        }
        return List.copyOf(events);
    }

    private NewEvent encode(String stream, Decided<E> decided, CommandContext context) {
        return DecidedEvents.encode(codec, stream, decided, context.metadata(), context.occurred());
    }

    /// An append for a stream that is still at the revision (-1 = has no events).
    ///
    /// The id of a command becomes that of the append; beyond the appends that the store remembers, the
    /// tag on its events tells that it was handled.
    Append append(String stream, long revision, List<NewEvent> events, CommandContext context) {
        Expected expected = revision == Folded.NONE ? Expected.noStream() : Expected.revision(revision);
        Optional<UUID> command = context.commandId();
        if (command.isEmpty()) {
            return Append.of(events).expecting(stream, expected);
        }
        List<AppendCondition> conditions = List.of(
                new AppendCondition.StreamAt(stream, expected),
                new AppendCondition.NothingMatching(DecidedEvents.of(command.get()), 0));
        return new Append(command.get(), events, conditions, Optional.empty());
    }

    /// Stores an append, and repeats it where the outcome is unknown: with the same id that is harmless.
    ///
    /// A conflict in answer to a repeat says that no earlier try was stored, since a store looks for the
    /// id before it checks a condition. Any other refusal says so of the repeat only.
    Appended store(Append append) {
        @Nullable OutcomeUnknownException unknown = null;
        for (int tries = 1; ; tries++) {
            try {
                return store.append(append);
            } catch (AppendConflictException | AppendIdReusedException refused) {
                throw refused;
            } catch (OutcomeUnknownException again) {
                unknown = again;
                if (tries == UNKNOWN_TRIES_MAX || Thread.currentThread().isInterrupted()) {
                    throw again;
                }
            } catch (EventStoreException failed) {
                if (unknown == null) {
                    throw failed;
                }
                unknown.addSuppressed(failed);
                throw unknown;
            }
        }
    }
}
