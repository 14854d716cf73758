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

/// The log, or those of its events that a filter means, without what the policy hides from its caller.
final class AllFeed implements Feed {

    private final EventStore store;
    private final EventFilter filter;
    private final Access access;
    private final Optional<Links> links;
    private final @Nullable Caller caller;
    private long position;

    /// @param links resolves links where it is there
    AllFeed(EventStore store, EventFilter filter, Access access, Optional<Links> links, long fromPosition) {
        this.store = store;
        this.filter = filter;
        this.access = access;
        this.links = links;
        this.caller = Caller.KEY.get();
        this.position = fromPosition;
    }

    @Override
    public Interest interest() {
        return new Interest.Everything();
    }

    @Override
    public long next() {
        return position;
    }

    @Override
    public long run(Sink sink) throws InterruptedException {
        Predicate<RecordedEvent> shown = access.shownTo(caller);
        Presence presence = Presence.ofCaller();
        long from = Math.min(position, store.nextPosition());
        try (EventCursor cursor = store.read(Read.matching(filter.query()).fromPosition(from))) {
            while (cursor.hasNext()) {
                RecordedEvent event = cursor.next();
                if (event.position() < position) {
                    continue;
                }
                position = event.position() + 1;
                boolean isMeant = filter.predicate().test(event) && shown.test(event);
                if (!isMeant) {
                    presence.passed();
                }
                boolean goesOn = isMeant ? sink.accept(resolved(event)) : sink.passed(position);
                if (!goesOn) {
                    return position;
                }
            }
            position = Math.max(position, cursor.end());
            return cursor.end();
        }
    }

    private Delivery resolved(RecordedEvent event) {
        return links.map(all -> all.resolve(event, caller)).orElseGet(() -> Delivery.of(event));
    }
}
