package dev.everfold.eventsourcing.testing;

import dev.everfold.eventsourcing.DeciderHandler;
import dev.everfold.eventsourcing.Handled;
import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventMetadata;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.Read;
import java.util.List;
import java.util.UUID;

/// On a store, through codec and handler; each command on a stream of its own. Events and state are those that are
/// read from it afterwards: what an application goes on with, and not what it had in hand.
record StoreRun<C, S, E>(EventStore store, EventCodec<E> codec, DeciderHandler<C, S, E> handler)
        implements SpecRun<C, S, E> {

    @Override
    public SpecAnswer<S, E> handle(List<E> given, C command) {
        String id = UUID.randomUUID().toString();
        String stream = handler.stream(id);
        if (!given.isEmpty()) {
            store.append(Append.of(given.stream()
                            .map(event -> codec.encode(stream, event, EventMetadata.none()))
                            .toList())
                    .expecting(stream, Expected.noStream()));
        }
        Handled<S, E> handled = handler.handle(id, command);
        S loaded = handler.cache(0).state(id);
        return switch (handled) {
            case Handled.Accepted<S, E> accepted ->
                new SpecAnswer.Accepted<>(
                        stored(stream, accepted.appended().revisions().getFirst()), loaded);
            case Handled.Rejected<S, E> rejected -> new SpecAnswer.Rejected<>(rejected.reason(), loaded);
            case Handled.Nothing<S, E> _ -> new SpecAnswer.Nothing<>(loaded);
        };
    }

    private List<E> stored(String stream, long fromRevision) {
        return store.read(Read.stream(stream).fromRevision(fromRevision)).toList().stream()
                .flatMap(event -> codec.decode(event).stream())
                .toList();
    }
}
