package dev.everfold.testkit;

import static dev.everfold.testkit.Planting.conditions;
import static dev.everfold.testkit.Planting.conflicts;
import static dev.everfold.testkit.Planting.expectations;
import static dev.everfold.testkit.Planting.queriesOfConditions;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendCondition;
import dev.everfold.eventstore.AppendCondition.NothingMatching;
import dev.everfold.eventstore.AppendCondition.StreamAt;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.AppendConflictException.Failure;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventFormat;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.PositionAheadException;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/// Faults of conditions: what is checked, against what, and what is told.
final class ConditionFaults {

    private ConditionFaults() {}

    static List<PlantedFault> all() {
        return Stream.of(ofStreams(), ofQueries(), ofQueryFields(), ofPositions(), ofAnswers())
                .flatMap(List::stream)
                .toList();
    }

    private static List<PlantedFault> ofStreams() {
        return List.of(
                expectations("stream conditions are not checked", expected -> Expected.any())
                        .noticedBy(StreamConditionConformance.class)
                        .noticedBy(ConcurrencyConformance.class),
                expectations(
                                "no stream is not checked",
                                expected -> expected instanceof Expected.NoStream ? Expected.any() : expected)
                        .noticedBy(StreamConditionConformance.class),
                expectations(
                                "exists is not checked",
                                expected -> expected instanceof Expected.Exists ? Expected.any() : expected)
                        .noticedBy(StreamConditionConformance.class),
                expectations(
                                "any is taken for exists",
                                expected -> expected instanceof Expected.Any ? Expected.exists() : expected)
                        .noticedBy(StreamConditionConformance.class),
                expectations(
                                "a revision is taken for exists",
                                expected -> expected instanceof Expected.Revision ? Expected.exists() : expected)
                        .noticedBy(StreamConditionConformance.class),
                conditions(
                                "a revision may be behind",
                                (store, asked) -> asked instanceof StreamAt at
                                                && at.expected() instanceof Expected.Revision(long revision)
                                                && revision
                                                        < Planting.lastRevision(store, at.stream())
                                                                .orElse(-1)
                                        ? new StreamAt(at.stream(), Expected.any())
                                        : asked)
                        .noticedBy(StreamConditionConformance.class),
                conditions(
                                "a revision may be ahead",
                                (store, asked) -> asked instanceof StreamAt at
                                                && at.expected() instanceof Expected.Revision(long revision)
                                                && revision
                                                        > Planting.lastRevision(store, at.stream())
                                                                .orElse(Long.MAX_VALUE)
                                        ? new StreamAt(at.stream(), Expected.any())
                                        : asked)
                        .noticedBy(StreamConditionConformance.class),
                Planting.appends("only streams that are written to are checked", append -> {
                            List<String> written = append.events().stream()
                                    .map(NewEvent::stream)
                                    .toList();
                            return Planting.with(
                                    append,
                                    append.events(),
                                    append.conditions().stream()
                                            .filter(asked ->
                                                    !(asked instanceof StreamAt at) || written.contains(at.stream()))
                                            .toList());
                        })
                        .noticedBy(StreamConditionConformance.class)
                        .noticedBy(ConflictConformance.class));
    }

    private static List<PlantedFault> ofQueries() {
        return List.of(
                queriesOfConditions("query conditions are not checked", query -> Query.nothing())
                        .noticedBy(QueryConditionConformance.class)
                        .noticedBy(ConcurrencyConformance.class),
                queriesOfConditions(
                                "tags of a condition are alternatives",
                                query -> perItem(
                                        query,
                                        item -> item.tags().isEmpty()
                                                ? Stream.of(item)
                                                : item.tags().stream().map(item::withTags)))
                        .noticedBy(QueryConditionConformance.class),
                queriesOfConditions(
                                "types of a condition must all match",
                                query -> perItem(
                                        query, item -> item.types().size() > 1 ? Stream.empty() : Stream.of(item)))
                        .noticedBy(QueryConditionConformance.class),
                queriesOfConditions(
                                "types and tags of a condition are alternatives",
                                query -> perItem(
                                        query,
                                        item -> item.types().isEmpty()
                                                        || item.tags().isEmpty()
                                                ? Stream.of(item)
                                                : Stream.of(
                                                        item.withTags(),
                                                        new Query.Item()
                                                                .withTags(item.tags()
                                                                        .toArray(String[]::new)))))
                        .noticedBy(QueryConditionConformance.class),
                queriesOfConditions(
                                "only the first item of a condition counts",
                                query -> new Query(
                                        query.items().stream().limit(1).toList()))
                        .noticedBy(QueryConditionConformance.class),
                queriesOfConditions(
                                "only the first tag of a condition counts",
                                query -> perItem(
                                        query,
                                        item -> Stream.of(item.withTags(
                                                item.tags().stream().limit(1).toArray(String[]::new)))))
                        .noticedBy(QueryConditionConformance.class));
    }

    private static List<PlantedFault> ofQueryFields() {
        return List.of(
                queriesOfConditions(
                                "streams of a condition are not looked at",
                                query -> perItem(
                                        query, item -> item.stream().isPresent() ? Stream.empty() : Stream.of(item)))
                        .noticedBy(QueryConditionConformance.class),
                queriesOfConditions(
                                "categories of a condition are not looked at",
                                query -> perItem(
                                        query, item -> item.category().isPresent() ? Stream.empty() : Stream.of(item)))
                        .noticedBy(QueryConditionConformance.class),
                queriesOfConditions(
                                "ids of a condition are not looked at",
                                query ->
                                        perItem(query, item -> item.ids().isEmpty() ? Stream.of(item) : Stream.empty()))
                        .noticedBy(QueryConditionConformance.class),
                queriesOfConditions(
                                "first of stream is not looked at in a condition",
                                query -> perItem(
                                        query,
                                        item -> Stream.of(new Query.Item(
                                                item.stream(),
                                                item.category(),
                                                item.types(),
                                                item.tags(),
                                                item.ids(),
                                                false))))
                        .noticedBy(QueryConditionConformance.class),
                PlantedFault.of("an append conflicts with its own events", ConflictingWithItself::new)
                        .noticedBy(QueryConditionConformance.class));
    }

    private static List<PlantedFault> ofPositions() {
        return List.of(
                conditions("a condition begins one position late", (store, asked) -> moved(asked, +1))
                        .noticedBy(QueryConditionConformance.class),
                conditions("a condition begins one position early", (store, asked) -> moved(asked, -1))
                        .noticedBy(QueryConditionConformance.class),
                conditions("a condition always begins at 0", (store, asked) -> moved(asked, Long.MIN_VALUE))
                        .noticedBy(QueryConditionConformance.class),
                conditions("a condition may begin ahead of the log", (store, asked) -> clamped(store, asked))
                        .noticedBy(QueryConditionConformance.class)
                        .noticedBy(ConflictConformance.class),
                PlantedFault.of("conflicts are told before positions ahead", store -> new ForwardingEventStore(store) {
                            @Override
                            public Appended append(Append append) {
                                try {
                                    return delegate.append(append);
                                } catch (PositionAheadException ahead) {
                                    List<Failure> failures = Planting.failures(
                                            delegate,
                                            append.conditions().stream()
                                                    .map(asked -> clamped(delegate, asked))
                                                    .toList());
                                    if (failures.isEmpty()) {
                                        throw ahead;
                                    }
                                    throw new AppendConflictException(failures);
                                }
                            }
                        })
                        .noticedBy(ConflictConformance.class),
                PlantedFault.of("the last position ahead is told", store -> new ForwardingEventStore(store) {
                            @Override
                            public Appended append(Append append) {
                                return delegate.append(
                                        isAhead(delegate, append)
                                                ? Planting.with(
                                                        append,
                                                        append.events(),
                                                        append.conditions().reversed())
                                                : append);
                            }
                        })
                        .noticedBy(ConflictConformance.class));
    }

    private static List<PlantedFault> ofAnswers() {
        return List.of(
                conflicts("only the first failing condition is told", failures -> failures.subList(0, 1))
                        .noticedBy(ConflictConformance.class),
                conflicts("failures are told in reverse", List::reversed).noticedBy(ConflictConformance.class),
                conflicts(
                                "failures of streams are told first",
                                failures -> Stream.concat(
                                                failures.stream().filter(Failure.StreamMoved.class::isInstance),
                                                failures.stream()
                                                        .filter(failure -> !(failure instanceof Failure.StreamMoved)))
                                        .toList())
                        .noticedBy(ConflictConformance.class),
                conflicts(
                                "equal failures are told once",
                                failures -> failures.stream().distinct().toList())
                        .noticedBy(ConflictConformance.class),
                PlantedFault.of("the highest matching position is told", store -> new ForwardingEventStore(store) {
                            @Override
                            public Appended append(Append append) {
                                try {
                                    return delegate.append(append);
                                } catch (AppendConflictException conflict) {
                                    throw new AppendConflictException(conflict.failures().stream()
                                            .map(failure -> highest(delegate, failure))
                                            .toList());
                                }
                            }
                        })
                        .noticedBy(QueryConditionConformance.class),
                Planting.appends(
                                "only the first condition is checked",
                                append -> Planting.with(
                                        append,
                                        append.events(),
                                        append.conditions().stream().limit(1).toList()))
                        .noticedBy(ConflictConformance.class)
                        .noticedBy(StreamConditionConformance.class),
                Planting.appends(
                                "conditions without events are not checked",
                                append -> append.events().isEmpty()
                                        ? Planting.with(append, List.of(), List.of())
                                        : append)
                        .noticedBy(QueryConditionConformance.class)
                        .noticedBy(ConflictConformance.class),
                PlantedFault.of("a refused append leaves its first event", store -> new ForwardingEventStore(store) {
                            @Override
                            public Appended append(Append append) {
                                try {
                                    return delegate.append(append);
                                } catch (AppendConflictException conflict) {
                                    append.events().stream()
                                            .limit(1)
                                            .forEach(event -> delegate.append(Append.of(event)));
                                    throw conflict;
                                }
                            }
                        })
                        .noticedBy(StreamConditionConformance.class)
                        .noticedBy(ConflictConformance.class));
    }

    private static Query perItem(Query query, Function<Query.Item, Stream<Query.Item>> change) {
        return new Query(query.items().stream().flatMap(change).toList());
    }

    private static AppendCondition moved(AppendCondition asked, long by) {
        return asked instanceof NothingMatching(Query query, long fromPosition) && fromPosition > 0
                ? new NothingMatching(query, Math.max(0, fromPosition + by))
                : asked;
    }

    private static AppendCondition clamped(EventStore store, AppendCondition asked) {
        return asked instanceof NothingMatching(Query query, long fromPosition)
                ? new NothingMatching(query, Math.min(fromPosition, store.nextPosition()))
                : asked;
    }

    private static boolean isAhead(EventStore store, Append append) {
        return append.conditions().stream()
                .anyMatch(asked ->
                        asked instanceof NothingMatching nothing && nothing.fromPosition() > store.nextPosition());
    }

    private static Failure highest(EventStore store, Failure failure) {
        if (failure instanceof Failure.QueryMatched(NothingMatching condition, long position)) {
            Read last = Read.matching(condition.query())
                    .fromPosition(position)
                    .backwards()
                    .limit(1);
            return new Failure.QueryMatched(
                    condition, store.read(last).toList().getFirst().position());
        }
        return failure;
    }

    /// Checks conditions against the events of the append itself too.
    private static final class ConflictingWithItself extends ForwardingEventStore {

        ConflictingWithItself(EventStore store) {
            super(store);
        }

        @Override
        public Appended append(Append append) {
            List<Failure> failures = new ArrayList<>();
            long position = delegate.nextPosition();
            for (NewEvent event : append.events()) {
                byte[] record = EventFormat.encode(event);
                EventFormat.place(record, 0, new EventFormat.Place(position, 0, 0));
                RecordedEvent own = RecordedEvent.view(record, 0);
                for (AppendCondition condition : append.conditions()) {
                    if (condition instanceof NothingMatching nothing
                            && nothing.query().predicate().test(own)) {
                        failures.add(new Failure.QueryMatched(nothing, position));
                    }
                }
                position++;
            }
            if (!failures.isEmpty()) {
                throw new AppendConflictException(failures);
            }
            return delegate.append(append);
        }
    }
}
