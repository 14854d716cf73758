package dev.everfold.testkit;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendCondition;
import dev.everfold.eventstore.AppendCondition.NothingMatching;
import dev.everfold.eventstore.AppendCondition.StreamAt;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.AppendConflictException.Failure;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventFormat;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// The forms that most planted faults take: a request or an answer is changed on its way.
final class Planting {

    private static final AtomicLong FRESH = new AtomicLong();

    private Planting() {}

    /// An append id that nobody else uses.
    static UUID freshId() {
        return new UUID(0xfaL, FRESH.incrementAndGet());
    }

    /// The same append with other events and conditions; one without anything asks what always holds.
    static Append with(Append append, List<NewEvent> events, List<AppendCondition> conditions) {
        List<AppendCondition> some = conditions.isEmpty() && events.isEmpty()
                ? List.of(new StreamAt("nowhere", Expected.any()))
                : conditions;
        return new Append(append.id(), events, some, append.tracking());
    }

    static Append withEvents(Append append, List<NewEvent> events) {
        return with(append, events, append.conditions());
    }

    static Append withoutTracking(Append append) {
        return with(
                new Append(
                        append.id(),
                        append.events(),
                        List.of(new StreamAt("nowhere", Expected.any())),
                        Optional.empty()),
                append.events(),
                append.conditions());
    }

    /// Every append is changed before it is made.
    static PlantedFault appends(String name, UnaryOperator<Append> change) {
        return PlantedFault.of(name, store -> new ForwardingEventStore(store) {
            @Override
            public Appended append(Append append) {
                return delegate.append(change.apply(append));
            }
        });
    }

    /// Every event is changed before it is appended.
    static PlantedFault events(String name, UnaryOperator<NewEvent> change) {
        return appends(
                name,
                append ->
                        withEvents(append, append.events().stream().map(change).toList()));
    }

    /// Every condition is changed before it is checked; a conflict names what was asked for.
    static PlantedFault conditions(String name, BiFunction<EventStore, AppendCondition, AppendCondition> change) {
        return PlantedFault.of(name, store -> new ForwardingEventStore(store) {
            @Override
            public Appended append(Append append) {
                List<AppendCondition> changed = append.conditions().stream()
                        .map(asked -> change.apply(delegate, asked))
                        .toList();
                try {
                    return delegate.append(with(append, append.events(), changed));
                } catch (AppendConflictException conflict) {
                    throw new AppendConflictException(conflict.failures().stream()
                            .map(failure -> renamed(failure, changed, append.conditions()))
                            .toList());
                }
            }
        });
    }

    /// Every query of a condition is changed.
    static PlantedFault queriesOfConditions(String name, UnaryOperator<Query> change) {
        return conditions(
                name,
                (store, asked) -> asked instanceof NothingMatching(Query query, long fromPosition)
                        ? new NothingMatching(change.apply(query), fromPosition)
                        : asked);
    }

    /// Every expectation of a stream is changed.
    static PlantedFault expectations(String name, UnaryOperator<Expected> change) {
        return conditions(
                name,
                (store, asked) -> asked instanceof StreamAt(String stream, Expected expected)
                        ? new StreamAt(stream, change.apply(expected))
                        : asked);
    }

    /// Every conflict is told otherwise.
    static PlantedFault conflicts(String name, UnaryOperator<List<Failure>> change) {
        return PlantedFault.of(name, store -> new ForwardingEventStore(store) {
            @Override
            public Appended append(Append append) {
                try {
                    return delegate.append(append);
                } catch (AppendConflictException conflict) {
                    throw new AppendConflictException(change.apply(conflict.failures()));
                }
            }
        });
    }

    /// Every read is changed before it is made.
    static PlantedFault reads(String name, UnaryOperator<Read> change) {
        return PlantedFault.of(name, store -> new ForwardingEventStore(store) {
            @Override
            public EventCursor read(Read read) {
                return delegate.read(change.apply(read));
            }
        });
    }

    /// Every query of a read is changed.
    static PlantedFault queriesOfReads(String name, UnaryOperator<Query> change) {
        return reads(
                name,
                read -> read.source() instanceof Read.Source.Matching matching
                        ? new Read(
                                new Read.Source.Matching(
                                        change.apply(matching.query()), matching.fromPosition(), matching.toPosition()),
                                read.direction(),
                                read.limit())
                        : read);
    }

    /// The events of a read are changed: the function is given those that match, without the limit, in
    /// order.
    static PlantedFault results(String name, BiFunction<Read, List<RecordedEvent>, List<RecordedEvent>> change) {
        return PlantedFault.of(name, store -> new ForwardingEventStore(store) {
            @Override
            public EventCursor read(Read read) {
                EventCursor real = delegate.read(read);
                List<RecordedEvent> all =
                        delegate.read(read.limit(Long.MAX_VALUE)).toList();
                return new ListCursor(real, read, change.apply(read, all));
            }
        });
    }

    /// An item of a query matches otherwise: the function is given the item and the event.
    static PlantedFault matching(String name, BiFunction<Query.Item, RecordedEvent, Boolean> matches) {
        return PlantedFault.of(name, store -> new ForwardingEventStore(store) {
            @Override
            public EventCursor read(Read read) {
                EventCursor real = delegate.read(read);
                if (!(read.source() instanceof Read.Source.Matching asked)) {
                    return real;
                }
                Read everything = new Read(
                        new Read.Source.Matching(Query.all(), asked.fromPosition(), asked.toPosition()),
                        read.direction(),
                        Long.MAX_VALUE);
                Predicate<RecordedEvent> any =
                        event -> asked.query().items().stream().anyMatch(item -> matches.apply(item, event));
                List<RecordedEvent> found = delegate.read(everything).toList();
                return new ListCursor(real, read, found.stream().filter(any).toList());
            }
        });
    }

    /// Every cursor is put into another one.
    static PlantedFault cursors(String name, BiFunction<EventCursor, Read, EventCursor> change) {
        return PlantedFault.of(name, store -> new ForwardingEventStore(store) {
            @Override
            public EventCursor read(Read read) {
                return change.apply(delegate.read(read), read);
            }
        });
    }

    /// Every event is changed when it is read.
    static PlantedFault recorded(String name, UnaryOperator<RecordedEvent> change) {
        return cursors(name, (cursor, read) -> new ForwardingCursor(cursor) {
            @Override
            public RecordedEvent next() {
                return change.apply(delegate.next());
            }
        });
    }

    /// The record of another event at the place of this one.
    static RecordedEvent replaced(RecordedEvent at, NewEvent by, long recordedMicros) {
        byte[] record = EventFormat.encode(by);
        EventFormat.place(record, 0, new EventFormat.Place(at.position(), at.revision(), recordedMicros));
        return RecordedEvent.view(record, 0);
    }

    /// What of the conditions does not hold now, found by reading.
    static List<Failure> failures(EventStore store, List<AppendCondition> conditions) {
        List<Failure> failures = new ArrayList<>();
        for (AppendCondition condition : conditions) {
            switch (condition) {
                case StreamAt at -> {
                    OptionalLong last = lastRevision(store, at.stream());
                    if (!at.expected().holdsFor(last.orElse(-1))) {
                        failures.add(new Failure.StreamMoved(at, last));
                    }
                }
                case NothingMatching nothing ->
                    store.read(Read.matching(nothing.query())
                                    .fromPosition(nothing.fromPosition())
                                    .limit(1))
                            .toList()
                            .forEach(event -> failures.add(new Failure.QueryMatched(nothing, event.position())));
            }
        }
        return failures;
    }

    static OptionalLong lastRevision(EventStore store, String stream) {
        return store.read(Read.stream(stream).backwards().limit(1)).toList().stream()
                .mapToLong(RecordedEvent::revision)
                .findFirst();
    }

    private static Failure renamed(Failure failure, List<AppendCondition> changed, List<AppendCondition> asked) {
        return switch (failure) {
            case Failure.StreamMoved(var condition, var last) ->
                new Failure.StreamMoved((StreamAt) asked.get(changed.indexOf(condition)), last);
            case Failure.QueryMatched(var condition, var position) ->
                new Failure.QueryMatched((NothingMatching) asked.get(changed.indexOf(condition)), position);
            case Failure.TrackingNotRising _, Failure.RecordedTimeFalling _ -> failure;
        };
    }
}
