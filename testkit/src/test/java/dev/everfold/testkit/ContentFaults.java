package dev.everfold.testkit;

import static dev.everfold.testkit.Planting.appends;
import static dev.everfold.testkit.Planting.conflicts;
import static dev.everfold.testkit.Planting.events;
import static dev.everfold.testkit.Planting.recorded;
import static dev.everfold.testkit.Planting.replaced;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendCondition;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.AppendConflictException.Failure;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.LimitExceededException;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.text.Normalizer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Faults of contents, names, times and limits.
final class ContentFaults {

    private static final Limits GENEROUS =
            new Limits(16 << 20, 16 << 20, 64 << 20, 100_000, 16_384, 4_096, 10_000, 100_000, 1_000_000);

    private ContentFaults() {}

    static List<PlantedFault> all() {
        return Stream.of(
                        ofContents().stream().map(fault -> fault.noticedBy(ContentConformance.class)),
                        ofNames().stream().map(fault -> fault.noticedBy(NameConformance.class)),
                        ofTimes().stream().map(fault -> fault.noticedBy(TimeConformance.class)),
                        ofBroughtTimes().stream().map(fault -> fault.noticedBy(TimeConformance.class)),
                        ofLimits().stream().map(fault -> fault.noticedBy(LimitsConformance.class)))
                .flatMap(faults -> faults)
                .toList();
    }

    private static List<PlantedFault> ofContents() {
        return List.of(
                events(
                        "data is read as text",
                        event -> event.withContent(
                                event.contentType(), Bytes.utf8(event.data().utf8()))),
                events(
                        "JSON is read as text",
                        event -> event.contentType().equals(NewEvent.JSON)
                                ? event.withContent(
                                        NewEvent.JSON, Bytes.utf8(event.data().utf8()))
                                : event),
                events(
                        "JSON is stripped of spaces",
                        event -> event.contentType().equals(NewEvent.JSON) && isText(event)
                                ? event.withContent(
                                        NewEvent.JSON,
                                        Bytes.utf8(event.data().utf8().strip()))
                                : event),
                events(
                        "metadata is read as text",
                        event -> event.withMetadata(Bytes.utf8(event.metadata().utf8()))),
                events("metadata is lost", event -> event.withMetadata(Bytes.empty()))
                        .noticedBy(AppendConformance.class),
                events(
                        "no data becomes an empty object",
                        event -> event.data().isEmpty()
                                ? event.withContent(event.contentType(), Bytes.utf8("{}"))
                                : event),
                events(
                        "a last zero byte is taken for padding",
                        event -> event.withContent(event.contentType(), withoutLastZero(event.data()))),
                events(
                        "content types are in lower case",
                        event -> event.withContent(event.contentType().toLowerCase(Locale.ROOT), event.data())),
                events(
                        "parameters of a content type are lost",
                        event -> event.withContent(event.contentType().replaceFirst(";.*", ""), event.data())),
                events(
                        "tags are sorted",
                        event -> event.withTags(event.tags().stream().sorted().toList())),
                events(
                        "tags are in lower case",
                        event -> event.withTags(event.tags().stream()
                                .map(tag -> tag.toLowerCase(Locale.ROOT))
                                .toList())),
                events(
                        "only the first 63 tags are kept",
                        event -> event.withTags(event.tags().stream().limit(63).toList())));
    }

    private static List<PlantedFault> ofNames() {
        return List.of(
                names("names are normalised to NFC", name -> Normalizer.normalize(name, Normalizer.Form.NFC)),
                names("names are normalised to NFKC", name -> Normalizer.normalize(name, Normalizer.Form.NFKC)),
                names("names are stripped of spaces", name -> name.isBlank() ? name : name.strip()),
                names("names are in lower case", name -> name.toLowerCase(Locale.ROOT)),
                names("names are compared by their hash codes", name -> Integer.toString(name.hashCode())),
                names("names are cut to 300 characters", name -> name.substring(0, Math.min(300, name.length()))),
                appends(
                        "events of the system are not stored",
                        append -> Planting.withEvents(
                                append,
                                append.events().stream()
                                        .filter(event -> !event.type().startsWith("$"))
                                        .toList())));
    }

    private static List<PlantedFault> ofTimes() {
        return List.of(
                PlantedFault.of(
                        "recorded time falls with the clock", (store, situation) -> new ForwardingEventStore(store) {
                            private final Map<Long, Long> stamps = new HashMap<>();

                            @Override
                            public Appended append(Append append) {
                                long micros = ChronoUnit.MICROS.between(
                                        Instant.EPOCH, situation.clock().instant());
                                Appended appended = delegate.append(append);
                                for (int i = 0; i < append.events().size(); i++) {
                                    if (append.events().get(i).recorded().isEmpty()) {
                                        stamps.putIfAbsent(appended.fromPosition() + i, micros);
                                    }
                                }
                                return appended;
                            }

                            @Override
                            public EventCursor read(Read read) {
                                return new ForwardingCursor(delegate.read(read)) {
                                    @Override
                                    public RecordedEvent next() {
                                        RecordedEvent event = delegate.next();
                                        Long stamp = stamps.get(event.position());
                                        return stamp == null ? event : replaced(event, event.toNewEvent(), stamp);
                                    }
                                };
                            }
                        }),
                recorded(
                        "recorded time is rounded to milliseconds",
                        event -> replaced(event, event.toNewEvent(), event.recordedMicros() / 1_000 * 1_000)),
                recorded(
                        "occurred time is rounded to milliseconds",
                        event -> replaced(
                                event,
                                event.occurred()
                                        .map(time -> event.toNewEvent().occurredAt(time.truncatedTo(ChronoUnit.MILLIS)))
                                        .orElse(event.toNewEvent()),
                                event.recordedMicros())));
    }

    private static List<PlantedFault> ofBroughtTimes() {
        return List.of(
                events("a recorded time that an event brings is not kept", ContentFaults::withoutRecorded),
                PlantedFault.of("a recorded time that would fall is mended", store -> new ForwardingEventStore(store) {
                    @Override
                    public Appended append(Append append) {
                        try {
                            return delegate.append(append);
                        } catch (AppendConflictException conflict) {
                            if (conflict.failures().getFirst() instanceof Failure.RecordedTimeFalling) {
                                return delegate.append(Planting.withEvents(
                                        append,
                                        append.events().stream()
                                                .map(ContentFaults::withoutRecorded)
                                                .toList()));
                            }
                            throw conflict;
                        }
                    }
                }),
                conflicts(
                        "a falling recorded time tells the last time only",
                        failures -> failures.stream()
                                .map(failure -> failure instanceof Failure.RecordedTimeFalling(var brought, var last)
                                        ? new Failure.RecordedTimeFalling(last, last)
                                        : failure)
                                .toList()),
                PlantedFault.of(
                        "a refused append moves recorded time", (store, situation) -> new ForwardingEventStore(store) {
                            private Instant highest = Instant.MIN;

                            @Override
                            public Appended append(Append append) {
                                Instant now = situation.clock().instant();
                                highest = now.isAfter(highest) ? now : highest;
                                return delegate.append(Planting.withEvents(
                                        append,
                                        append.events().stream()
                                                .map(event -> event.recorded().isPresent()
                                                        ? event
                                                        : event.recordedAt(highest))
                                                .toList()));
                            }
                        }));
    }

    private static List<PlantedFault> ofLimits() {
        return List.of(
                limited("no limit is checked", limits -> GENEROUS),
                limited("bytes of an event are not checked", limits -> with(limits, 16 << 20, limits.nameBytesMax())),
                limited("bytes of names are not checked", limits -> with(limits, limits.eventBytesMax(), 16_384)),
                limited("conditions are not counted", limits -> counts(limits, 10_000, limits.queryTermsMax())),
                limited("terms are not counted", limits -> counts(limits, limits.conditionsMax(), 100_000)),
                limited(
                        "one condition fewer is taken",
                        limits -> counts(limits, limits.conditionsMax() - 1, limits.queryTermsMax())),
                limited(
                        "one term fewer is taken",
                        limits -> counts(limits, limits.conditionsMax(), limits.queryTermsMax() - 1)),
                limited(
                        "names may be one byte longer",
                        limits -> with(limits, limits.eventBytesMax(), limits.nameBytesMax() + 1)),
                PlantedFault.of("the store does not know its limits", store -> new ForwardingEventStore(store) {
                    @Override
                    public Limits limits() {
                        return Limits.DEFAULTS;
                    }
                }),
                PlantedFault.of("a limit is told by the future", store -> new ForwardingEventStore(store) {
                    @Override
                    public CompletableFuture<Appended> appendAsync(Append append) {
                        try {
                            return super.appendAsync(append);
                        } catch (LimitExceededException exceeded) {
                            return CompletableFuture.failedFuture(exceeded);
                        }
                    }
                }),
                PlantedFault.of("an append above a limit moves its tracking", store -> new ForwardingEventStore(store) {
                    @Override
                    public Appended append(Append append) {
                        try {
                            return delegate.append(append);
                        } catch (LimitExceededException exceeded) {
                            append.tracking()
                                    .ifPresent(tracking ->
                                            delegate.append(Append.track(tracking.source(), tracking.position())));
                            throw exceeded;
                        }
                    }
                }),
                PlantedFault.of(
                        "limits of reads are not checked",
                        limits -> GENEROUS,
                        (store, situation) -> new ForwardingEventStore(store) {
                            @Override
                            public Appended append(Append append) {
                                situation.limits().check(append);
                                return delegate.append(append);
                            }

                            @Override
                            public CompletableFuture<Appended> appendAsync(Append append) {
                                situation.limits().check(append);
                                return super.appendAsync(append);
                            }

                            @Override
                            public Limits limits() {
                                return situation.limits();
                            }
                        }));
    }

    private static PlantedFault limited(String name, UnaryOperator<Limits> ofStore) {
        return PlantedFault.of(name, ofStore, (store, situation) -> new ForwardingEventStore(store) {
            @Override
            public Limits limits() {
                return situation.limits();
            }
        });
    }

    private static Limits with(Limits limits, int eventBytesMax, int nameBytesMax) {
        return new Limits(
                eventBytesMax,
                limits.metadataBytesMax(),
                Math.max(eventBytesMax, limits.appendBytesMax()),
                limits.appendEventsMax(),
                nameBytesMax,
                limits.tagsMax(),
                limits.conditionsMax(),
                limits.queryTermsMax(),
                limits.rememberedAppends());
    }

    private static Limits counts(Limits limits, int conditionsMax, int queryTermsMax) {
        return new Limits(
                limits.eventBytesMax(),
                limits.metadataBytesMax(),
                limits.appendBytesMax(),
                limits.appendEventsMax(),
                limits.nameBytesMax(),
                limits.tagsMax(),
                conditionsMax,
                queryTermsMax,
                limits.rememberedAppends());
    }

    private static NewEvent withoutRecorded(NewEvent event) {
        return new NewEvent(
                event.stream(),
                event.id(),
                event.type(),
                event.contentType(),
                event.data(),
                event.metadata(),
                event.tags(),
                event.occurred(),
                Optional.empty());
    }

    private static boolean isText(NewEvent event) {
        return Bytes.utf8(event.data().utf8()).equals(event.data());
    }

    private static Bytes withoutLastZero(Bytes bytes) {
        byte[] array = bytes.toArray();
        return array.length > 0 && array[array.length - 1] == 0
                ? Bytes.of(Arrays.copyOf(array, array.length - 1))
                : bytes;
    }

    private static PlantedFault names(String name, UnaryOperator<String> change) {
        return PlantedFault.of(name, store -> new Renaming(store, change));
    }

    /// Changes every name on its way in.
    private static final class Renaming extends ForwardingEventStore {

        private final UnaryOperator<String> change;

        Renaming(EventStore store, UnaryOperator<String> change) {
            super(store);
            this.change = change;
        }

        @Override
        public Appended append(Append append) {
            List<NewEvent> events = append.events().stream()
                    .map(event -> new NewEvent(
                            change.apply(event.stream()),
                            event.id(),
                            change.apply(event.type()),
                            event.contentType(),
                            event.data(),
                            event.metadata(),
                            event.tags().stream().map(change).toList(),
                            event.occurred(),
                            event.recorded()))
                    .toList();
            List<AppendCondition> conditions =
                    append.conditions().stream().map(this::renamed).toList();
            Append renamed = Planting.with(append, events, conditions);
            return delegate.append(append.tracking()
                    .map(tracking -> renamed.tracking(change.apply(tracking.source()), tracking.position()))
                    .orElse(renamed));
        }

        @Override
        public EventCursor read(Read read) {
            Read.Source source = switch (read.source()) {
                case Read.Source.Matching(Query query, long from, long to) ->
                    new Read.Source.Matching(renamed(query), from, to);
                case Read.Source.Revisions(String stream, long from, long to) ->
                    new Read.Source.Revisions(change.apply(stream), from, to);
            };
            return delegate.read(new Read(source, read.direction(), read.limit()));
        }

        @Override
        public OptionalLong trackedPosition(String source) {
            return delegate.trackedPosition(change.apply(source));
        }

        private AppendCondition renamed(AppendCondition condition) {
            return switch (condition) {
                case AppendCondition.StreamAt(String stream, var expected) ->
                    new AppendCondition.StreamAt(change.apply(stream), expected);
                case AppendCondition.NothingMatching(Query query, long fromPosition) ->
                    new AppendCondition.NothingMatching(renamed(query), fromPosition);
            };
        }

        private Query renamed(Query query) {
            Function<Set<String>, Set<String>> all =
                    names -> names.stream().map(change).collect(Collectors.toSet());
            return new Query(query.items().stream()
                    .map(item -> new Query.Item(
                            item.stream().map(change),
                            item.category(),
                            all.apply(item.types()),
                            all.apply(item.tags()),
                            item.ids(),
                            item.firstOfStream()))
                    .toList());
        }
    }
}
