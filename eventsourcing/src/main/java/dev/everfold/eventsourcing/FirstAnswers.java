package dev.everfold.eventsourcing;

import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.internal.DecidedEvents;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.AppendConflictException.Failure;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// What commands were answered when they were first accepted, made again from the events that they left.
/// Safe for many threads.
final class FirstAnswers<S, E> {

    private final EventStore store;
    private final EventCodec<E> codec;
    private final StateLoader<S, E> loader;

    FirstAnswers(EventStore store, EventCodec<E> codec, StateLoader<S, E> loader) {
        this.store = store;
        this.codec = codec;
        this.loader = loader;
    }

    /// Whether an append may have been refused because its command was accepted before.
    boolean mayExplain(AppendConflictException conflict, CommandContext context) {
        Optional<Query> ofCommand = context.commandId().map(DecidedEvents::of);
        return conflict.failures().stream()
                .anyMatch(failure -> failure instanceof Failure.QueryMatched matched
                        && ofCommand.equals(Optional.of(matched.condition().query())));
    }

    /// The first answer to a command; empty when it was not accepted yet.
    ///
    /// @throws CommandIdReusedException when it was accepted for another stream
    Optional<Handled<S, E>> find(UUID command, String stream) {
        List<RecordedEvent> tagged =
                store.read(Read.matching(DecidedEvents.of(command))).toList();
        if (tagged.isEmpty()) {
            return Optional.empty();
        }
        RecordedEvent first = tagged.getFirst();
        if (!first.stream().equals(stream)) {
            throw new CommandIdReusedException(command, stream, first.stream(), first.position());
        }
        List<RecordedEvent> recorded = DecidedEvents.ofCommand(
                tagged.stream().filter(event -> event.stream().equals(stream)).toList());
        return Optional.of(new Handled.Accepted<>(
                recorded.stream().flatMap(event -> codec.decode(event).stream()).toList(),
                recorded.stream().map(RecordedEvent::id).toList(),
                new Appended(
                        first.position(),
                        recorded.stream().map(RecordedEvent::revision).toList()),
                loader.load(stream, recorded.getLast().revision() + 1).state()));
    }
}
