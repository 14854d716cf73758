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

/// The links of an index, without those to events that the policy hides from its caller.
final class IndexFeed implements Feed {

    private final EventStore store;
    private final IndexStream index;
    private final Access access;
    private final Optional<Links> links;
    private final @Nullable Caller caller;
    private final long fromRevision;
    private long revision;
    private long position;

    /// @param links resolves links where it is there
    IndexFeed(EventStore store, IndexStream index, Access access, Optional<Links> links, long fromRevision) {
        this.store = store;
        this.index = index;
        this.access = access;
        this.links = links;
        this.caller = Caller.KEY.get();
        this.fromRevision = fromRevision;
        IndexStream.Place place = index.locate(store, fromRevision);
        this.revision = place.revision();
        this.position = place.position();
    }

    @Override
    public Interest interest() {
        return index.interest();
    }

    @Override
    public long next() {
        return Math.max(revision, fromRevision);
    }

    @Override
    public long run(Sink sink) throws InterruptedException {
        Predicate<RecordedEvent> shown = access.shownTo(caller);
        Presence presence = Presence.ofCaller();
        try (EventCursor cursor = store.read(Read.matching(index.query()).fromPosition(position))) {
            while (cursor.hasNext()) {
                RecordedEvent event = cursor.next();
                RecordedEvent link = index.link(event, revision);
                position = event.position() + 1;
                revision++;
                boolean isAsked = link.revision() >= fromRevision && shown.test(event);
                if (!isAsked) {
                    presence.passed();
                } else if (!sink.accept(resolved(event, link))) {
                    return position;
                }
            }
            position = cursor.end();
            return position;
        }
    }

    private Delivery resolved(RecordedEvent event, RecordedEvent link) {
        return links.map(all -> all.resolve(event, link, caller)).orElseGet(() -> Delivery.of(link));
    }
}
