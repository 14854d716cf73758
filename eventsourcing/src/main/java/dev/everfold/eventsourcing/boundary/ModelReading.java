package dev.everfold.eventsourcing.boundary;

import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventContext;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// One small model while it is read for one decision: its query in stored names, and its state so far.
///
/// For one thread.
final class ModelReading<S> {

    private final QueryModel<S> model;
    private final Query query;
    private final Predicate<RecordedEvent> predicate;
    private S state;

    private ModelReading(QueryModel<S> model, Query query) {
        this.model = model;
        this.query = query;
        this.predicate = query.predicate();
        this.state = model.initial();
    }

    static <S> ModelReading<S> of(QueryModel<S> model, StoredNames<?> names) {
        if (model.events().isEmpty()) {
            throw new IllegalArgumentException(
                    "Model \"" + model.name() + "\" folds no event type; expected at least one. Name it with on(…).");
        }
        Set<String> types = new LinkedHashSet<>();
        for (Class<?> event : model.events()) {
            types.addAll(names.of(event));
        }
        return new ModelReading<>(model, Query.of(model.selection().withTypes(types.toArray(String[]::new))));
    }

    String name() {
        return model.name();
    }

    Query query() {
        return query;
    }

    S state() {
        return state;
    }

    boolean isLastOnly() {
        return model.isLastOnly();
    }

    boolean matches(RecordedEvent event) {
        return predicate.test(event);
    }

    /// Takes what was decoded of an event that matches.
    void fold(List<?> decoded, RecordedEvent recorded) {
        EventContext context = new EventContext(recorded);
        for (Object event : decoded) {
            state = model.fold(state, event, context);
        }
    }

    /// Looks for the newest event in a range, and forgets older ones if there is one.
    ///
    /// One read of one event, except where upcasters drop what was found: then the one before is read.
    ///
    /// @return up to where the log was seen
    long readLast(EventStore store, EventCodec<?> codec, long fromPosition, long toPosition) {
        long seen = -1;
        long before = toPosition;
        while (true) {
            Read read = Read.matching(query)
                    .fromPosition(fromPosition)
                    .toPosition(before)
                    .backwards()
                    .limit(1);
            try (EventCursor cursor = store.read(read)) {
                if (seen < 0) {
                    seen = cursor.end();
                }
                if (!cursor.hasNext()) {
                    return seen;
                }
                RecordedEvent newest = cursor.next();
                Optional<?> last =
                        codec.decode(newest).stream().filter(model::handles).reduce((_, later) -> later);
                if (last.isPresent()) {
                    state = model.fold(model.initial(), last.get(), new EventContext(newest));
                    return seen;
                }
                before = newest.position();
            }
        }
    }
}
