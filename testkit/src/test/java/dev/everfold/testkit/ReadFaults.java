package dev.everfold.testkit;

import static dev.everfold.testkit.Planting.matching;
import static dev.everfold.testkit.Planting.queriesOfReads;
import static dev.everfold.testkit.Planting.reads;
import static dev.everfold.testkit.Planting.results;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.Read.Direction;
import dev.everfold.eventstore.Read.Source;
import dev.everfold.eventstore.RecordedEvent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.Stream;

/// Faults of what a read finds and in which order.
final class ReadFaults {

    private ReadFaults() {}

    static List<PlantedFault> all() {
        return Stream.of(
                        ofMatching().stream().map(fault -> fault.noticedBy(QueryConformance.class)),
                        ofItems().stream().map(fault -> fault.noticedBy(QueryConformance.class)),
                        ofRanges().stream().map(fault -> fault.noticedBy(ReadConformance.class)),
                        ofBeginnings().stream().map(fault -> fault.noticedBy(ReadConformance.class)),
                        ofVolumes().stream().map(fault -> fault.noticedBy(VolumeConformance.class)))
                .flatMap(faults -> faults)
                .toList();
    }

    private static List<PlantedFault> ofMatching() {
        return List.of(
                fields(
                        "tags of a read are alternatives",
                        (item, event) ->
                                item.tags().isEmpty() || item.tags().stream().anyMatch(event.tags()::contains),
                        Field.TAGS),
                fields(
                        "types of a read must all match",
                        (item, event) -> item.types().stream().allMatch(event.type()::equals),
                        Field.TYPES),
                fields(
                        "a category is the beginning of a stream",
                        (item, event) -> item.category().stream().allMatch(event.stream()::startsWith),
                        Field.CATEGORY),
                fields(
                        "a category ends at the last dash",
                        (item, event) -> item.category().stream()
                                .allMatch(category -> category.equals(event.stream()
                                        .substring(0, Math.max(0, event.stream().lastIndexOf('-'))))),
                        Field.CATEGORY),
                fields(
                        "a stream without a dash has no category",
                        (item, event) -> item.category().stream()
                                .allMatch(category -> event.stream().startsWith(category + "-")),
                        Field.CATEGORY),
                fields(
                        "a stream is found by its beginning",
                        (item, event) -> item.stream().stream().allMatch(event.stream()::startsWith),
                        Field.STREAM),
                fields(
                                "a stream is found whatever its case",
                                (item, event) -> item.stream().stream().allMatch(event.stream()::equalsIgnoreCase),
                                Field.STREAM)
                        .noticedBy(NameConformance.class),
                fields(
                        "a type is found whatever its case",
                        (item, event) -> item.types().isEmpty()
                                || item.types().stream().anyMatch(event.type()::equalsIgnoreCase),
                        Field.TYPES));
    }

    private static List<PlantedFault> ofItems() {
        return List.of(
                fields(
                        "a tag is found by its beginning",
                        (item, event) -> item.tags().stream()
                                .allMatch(tag -> event.tags().stream().anyMatch(own -> own.startsWith(tag))),
                        Field.TAGS),
                fields("first of stream is not looked at", (item, event) -> true, Field.FIRST),
                fields(
                        "the first of a stream has revision 1",
                        (item, event) -> !item.firstOfStream() || event.revision() == 1,
                        Field.FIRST),
                matching(
                        "fields of an item are alternatives",
                        (item, event) -> new Query(List.of(
                                                new Query.Item()
                                                        .withTags(item.tags().toArray(String[]::new)),
                                                new Query.Item()
                                                        .withTypes(item.types().toArray(String[]::new))))
                                        .predicate()
                                        .test(event)
                                && rest(item, Field.TAGS, Field.TYPES)
                                        .predicate()
                                        .test(event)),
                Planting.appends(
                        "events of one append share the tags of the first",
                        append -> Planting.withEvents(
                                append,
                                append.events().stream()
                                        .map(event -> event.withTags(
                                                append.events().getFirst().tags()))
                                        .toList())),
                queriesOfReads(
                        "only the first item of a read counts",
                        query -> new Query(query.items().stream().limit(1).toList())),
                queriesOfReads(
                        "no item means everything", query -> query.items().isEmpty() ? Query.all() : query),
                results("an id is looked up only once", (read, events) -> {
                            Set<Object> seen = new HashSet<>();
                            return isByIds(read)
                                    ? events.stream()
                                            .filter(event -> seen.add(event.id()))
                                            .toList()
                                    : events;
                        })
                        .noticedBy(AppendConformance.class),
                results(
                        "events that match several items come several times",
                        (read, events) -> events.stream()
                                .flatMap(event -> items(read).stream()
                                        .filter(item ->
                                                Query.of(item).predicate().test(event))
                                        .map(item -> event))
                                .toList()),
                results(
                        "events come item by item",
                        (read, events) -> items(read).stream()
                                .flatMap(item ->
                                        events.stream().filter(Query.of(item).predicate()))
                                .distinct()
                                .toList()));
    }

    private static List<PlantedFault> ofRanges() {
        return List.of(
                reads("a limit is one too high", read -> read.limit(read.limit() + (isLimited(read) ? 1 : 0)))
                        .noticedBy(CursorConformance.class),
                reads(
                        "a limit above 1 is one too low",
                        read -> read.limit(Math.max(1, read.limit() - (isLimited(read) ? 1 : 0)))),
                reads(
                        "a backwards read has no limit",
                        read -> read.direction() == Direction.BACKWARDS ? read.limit(Long.MAX_VALUE) : read),
                results(
                        "a backwards read takes the oldest up to its limit",
                        (read, events) -> read.direction() == Direction.BACKWARDS
                                ? events.reversed().stream()
                                        .limit(read.limit())
                                        .toList()
                                        .reversed()
                                : events),
                results(
                                "a backwards read comes forwards",
                                (read, events) -> events.stream()
                                        .sorted(Comparator.comparingLong(RecordedEvent::position))
                                        .toList())
                        .noticedBy(QueryConformance.class),
                results(
                        "a limit counts events that are looked at",
                        (read, events) -> isLimited(read) && read.direction() == Direction.FORWARDS
                                ? events.stream()
                                        .filter(event -> event.position() < begin(read) + read.limit())
                                        .toList()
                                : events));
    }

    private static List<PlantedFault> ofBeginnings() {
        return List.of(
                results(
                        "a read begins after its position",
                        (read, events) -> events.stream()
                                .filter(event -> begin(read) == 0 || event.position() > begin(read))
                                .toList()),
                reads(
                                "a read ends after its position",
                                read -> read.source() instanceof Source.Matching asked
                                                && asked.toPosition() < Long.MAX_VALUE
                                        ? read.toPosition(asked.toPosition() + 1)
                                        : read)
                        .noticedBy(CursorConformance.class),
                reads(
                        "a backwards read looks below its range",
                        read -> read.direction() == Direction.BACKWARDS && read.source() instanceof Source.Matching
                                ? read.fromPosition(0)
                                : read),
                reads(
                        "the last revision of a range is included",
                        read -> read.source() instanceof Source.Revisions asked && asked.toRevision() < Long.MAX_VALUE
                                ? read.toRevision(asked.toRevision() + 1)
                                : read),
                reads(
                        "a range of revisions has no beginning",
                        read -> read.source() instanceof Source.Revisions ? read.fromRevision(0) : read),
                PlantedFault.of("a read may begin ahead of the log", store -> new ForwardingEventStore(store) {
                    @Override
                    public EventCursor read(Read read) {
                        return delegate.read(
                                begin(read) > delegate.nextPosition()
                                        ? read.fromPosition(delegate.nextPosition())
                                        : read);
                    }
                }),
                PlantedFault.of(
                        "a read that is empty anyway may begin ahead of the log",
                        store -> new ForwardingEventStore(store) {
                            @Override
                            public EventCursor read(Read read) {
                                boolean empty = read.source() instanceof Source.Matching asked
                                        && asked.query().items().isEmpty();
                                return delegate.read(
                                        empty && begin(read) > delegate.nextPosition()
                                                ? read.fromPosition(delegate.nextPosition())
                                                : read);
                            }
                        }),
                results("a read of a stream skips every third event", (read, events) -> {
                    List<RecordedEvent> some = new ArrayList<>(events);
                    if (read.source() instanceof Source.Revisions) {
                        some.removeIf(event -> event.revision() % 3 == 2);
                    }
                    return some;
                }));
    }

    private static List<PlantedFault> ofVolumes() {
        return List.of(
                results(
                        "a read ends after 4,096 events",
                        (read, events) -> events.stream().limit(4_096).toList()),
                results(
                        "a backwards read leaves one out where blocks meet",
                        (read, events) -> read.direction() == Direction.BACKWARDS
                                ? events.stream()
                                        .filter(event -> event.position() != 4_095)
                                        .toList()
                                : events),
                results(
                        "only 512 streams are in the catalogue",
                        (read, events) -> items(read).stream().anyMatch(Query.Item::firstOfStream)
                                ? events.stream().limit(512).toList()
                                : events));
    }

    /// One field of an item.
    private enum Field {
        STREAM,
        CATEGORY,
        TYPES,
        TAGS,
        FIRST
    }

    /// One field is matched otherwise; the others as they should be.
    private static PlantedFault fields(String name, BiPredicate<Query.Item, RecordedEvent> matches, Field field) {
        return matching(
                name,
                (item, event) -> matches.test(item, event)
                        && rest(item, field).predicate().test(event));
    }

    private static Query rest(Query.Item item, Field... without) {
        List<Field> fields = List.of(without);
        return Query.of(new Query.Item(
                fields.contains(Field.STREAM) ? Optional.empty() : item.stream(),
                fields.contains(Field.CATEGORY) ? Optional.empty() : item.category(),
                fields.contains(Field.TYPES) ? Set.of() : item.types(),
                fields.contains(Field.TAGS) ? Set.of() : item.tags(),
                item.ids(),
                !fields.contains(Field.FIRST) && item.firstOfStream()));
    }

    private static boolean isLimited(Read read) {
        return read.limit() < Long.MAX_VALUE;
    }

    private static long begin(Read read) {
        return read.source() instanceof Source.Matching asked ? asked.fromPosition() : 0;
    }

    private static List<Query.Item> items(Read read) {
        return read.source() instanceof Source.Matching asked
                ? asked.query().items()
                : Query.all().items();
    }

    private static boolean isByIds(Read read) {
        return items(read).stream().anyMatch(item -> !item.ids().isEmpty());
    }
}
