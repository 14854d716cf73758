package dev.everfold.kurrent.stream;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.LimitExceededException;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.kurrent.Caller;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Leads from links to the events that they stand for.
final class Links {

    private final EventStore store;
    private final Lifecycles lifecycles;
    private final Access access;

    Links(EventStore store, Lifecycles lifecycles, Access access) {
        this.store = store;
        this.lifecycles = lifecycles;
        this.access = access;
    }

    /// The stream that a link says it leads to.
    static String targetOf(RecordedEvent link) {
        String target = link.data().utf8();
        return target.substring(target.indexOf('@') + 1);
    }

    /// The event itself, or what it stands for when it is a link.
    Delivery resolve(RecordedEvent event, @Nullable Caller caller) {
        if (!event.type().equals(StreamNames.LINK_TYPE)) {
            return Delivery.of(event);
        }
        return new Delivery(target(event.data().utf8(), caller), Optional.of(event));
    }

    /// The event of a link of an index, unless its stream hides it.
    Delivery resolve(RecordedEvent event, RecordedEvent link, @Nullable Caller caller) {
        return new Delivery(isVisible(event, caller) ? Optional.of(event) : Optional.empty(), Optional.of(link));
    }

    private Optional<RecordedEvent> target(String link, @Nullable Caller caller) {
        int at = link.indexOf('@');
        if (at < 1 || at == link.length() - 1) {
            return Optional.empty();
        }
        try {
            long revision = Long.parseLong(link, 0, at, 10);
            Read read =
                    Read.stream(link.substring(at + 1)).fromRevision(revision).limit(1);
            try (EventCursor cursor = store.read(read)) {
                return cursor.hasNext()
                        ? Optional.of(cursor.next()).filter(event -> isVisible(event, caller))
                        : Optional.empty();
            }
        } catch (IllegalArgumentException | LimitExceededException noLink) {
            // Anybody may append it, so it must not end the reads of others.
            return Optional.empty();
        }
    }

    private boolean isVisible(RecordedEvent event, @Nullable Caller caller) {
        String stream = event.stream();
        Lifecycle life = lifecycles.read(StreamNames.subjectOf(stream));
        if (life.isTombstoned() || !access.mayRead(caller, stream)) {
            return false;
        }
        return lifecycles.visibility(stream, life).shows(event);
    }
}
