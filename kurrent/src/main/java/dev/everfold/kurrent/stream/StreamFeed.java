package dev.everfold.kurrent.stream;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.kurrent.Caller;
import dev.everfold.kurrent.Presence;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// One stream, without what its metadata or the policy hides. It ends with a refusal when the stream gets a tombstone.
final class StreamFeed implements Feed {

    private final EventStore store;
    private final Lifecycles lifecycles;
    private final Access access;
    private final String stream;
    private final Optional<Links> links;
    private final @Nullable Caller caller;
    private long revision;

    /// @param links resolves links where it is there
    StreamFeed(
            EventStore store,
            Lifecycles lifecycles,
            Access access,
            String stream,
            Optional<Links> links,
            long fromRevision) {
        this.store = store;
        this.lifecycles = lifecycles;
        this.access = access;
        this.stream = stream;
        this.links = links;
        this.caller = Caller.KEY.get();
        this.revision = fromRevision;
    }

    @Override
    public Interest interest() {
        return new Interest.OfStream(stream);
    }

    @Override
    public long next() {
        return revision;
    }

    @Override
    public long run(Sink sink) throws InterruptedException {
        Lifecycle life = lifecycles.read(StreamNames.subjectOf(stream));
        if (life.isTombstoned()) {
            throw RefusedException.streamDeleted(stream);
        }
        Visibility visible = lifecycles.visibility(stream, life);
        Predicate<RecordedEvent> shown = access.shownOf(stream, caller);
        Presence presence = Presence.ofCaller();
        long first = Math.max(revision, visible.firstRevision());
        long from = lifecycles.firstYoung(stream, visible, first);
        if (from > first) {
            revision = from; // what is too old stays so
        }
        try (EventCursor cursor = store.read(Read.stream(stream).fromRevision(from))) {
            while (cursor.hasNext()) {
                RecordedEvent event = cursor.next();
                revision = event.revision() + 1;
                if (!shown.test(event)) {
                    presence.passed();
                } else if (!sink.accept(resolved(event))) {
                    return event.position() + 1;
                }
            }
            return cursor.end();
        }
    }

    private Delivery resolved(RecordedEvent event) {
        return links.map(all -> all.resolve(event, caller)).orElseGet(() -> Delivery.of(event));
    }
}
