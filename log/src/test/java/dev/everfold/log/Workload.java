package dev.everfold.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendCondition;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.testkit.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/// Appends drawn from a seed, with the answers and the log that the store in memory gives.
///
/// Most conditions hold, some do not; some appends only check or only track; some events take several
/// pages.
final class Workload {

    static final List<String> SOURCES = List.of("shop", "depot");
    static final List<String> STREAMS = List.of("order-1", "order-2", "order-3", "cart-1", "cart-2", "alone");

    /// Questions that the index answers, each kind of term among them.
    static final List<Read> READS = reads();

    private static final int LARGE_BYTES_MAX = 6_000;

    private final long seed;
    private final int eventsMax;
    private final SplittableRandom random;
    private final MutableClock clock = Stores.clock();
    private final InMemoryEventStore model = new InMemoryEventStore(clock, Limits.DEFAULTS);
    private final List<Step> steps = new ArrayList<>();
    private final List<Accepted> accepted = new ArrayList<>();
    private final List<RecordedEvent> events;
    private final List<Long> lastRevisions;
    private final Map<Integer, List<List<RecordedEvent>>> answers = new HashMap<>();

    /// An append, when it is made, and what becomes of it.
    ///
    /// @param answer empty when it is refused
    record Step(Append append, Instant at, Optional<Appended> answer) {}

    /// An append that is accepted, and how things stand after it.
    record Accepted(Append append, Instant at, Appended answer, long nextPosition, Map<String, Long> tracked) {}

    private Workload(long seed, int acceptedCount, int eventsMax) {
        this.seed = seed;
        this.eventsMax = eventsMax;
        this.random = new SplittableRandom(seed);
        while (accepted.size() < acceptedCount) {
            clock.advance(Duration.ofMillis(random.nextInt(-5, 50)));
            perform(draw());
        }
        this.events = model.read(Read.all()).toList();
        this.lastRevisions = STREAMS.stream().map(this::lastRevision).toList();
    }

    /// With up to five events an append.
    static Workload of(long seed, int acceptedCount) {
        return new Workload(seed, acceptedCount, 5);
    }

    /// @param eventsMax how many events an append has at most
    static Workload of(long seed, int acceptedCount, int eventsMax) {
        return new Workload(seed, acceptedCount, eventsMax);
    }

    List<Step> steps() {
        return steps;
    }

    List<Accepted> accepted() {
        return accepted;
    }

    /// What the log holds after so many accepted appends.
    List<RecordedEvent> events(int acceptedCount) {
        return events.subList(0, (int) nextPosition(acceptedCount));
    }

    /// How many appends it took to get to a position.
    int appendsBelow(long nextPosition) {
        int count = 0;
        while (count < accepted.size() && nextPosition(count) < nextPosition) {
            count++;
        }
        return count;
    }

    /// Last revision of each stream when all is done, -1 = none; in the order of [#STREAMS].
    List<Long> lastRevisions() {
        return lastRevisions;
    }

    long nextPosition(int acceptedCount) {
        return acceptedCount == 0 ? 0 : accepted.get(acceptedCount - 1).nextPosition();
    }

    Map<String, Long> tracked(int acceptedCount) {
        return acceptedCount == 0 ? Map.of() : accepted.get(acceptedCount - 1).tracked();
    }

    /// Makes appends at once, and expects the answers that the model gave.
    static void make(List<Step> steps, EventStore store, MutableClock clock) {
        List<CompletableFuture<Appended>> answers = new ArrayList<>();
        for (Step step : steps) {
            clock.set(step.at());
            answers.add(store.appendAsync(step.append()));
        }
        for (int i = 0; i < answers.size(); i++) {
            CompletableFuture<Appended> answer = answers.get(i);
            if (steps.get(i).answer().isPresent()) {
                assertThat(answer.join()).isEqualTo(steps.get(i).answer().get());
            } else {
                assertThatThrownBy(answer::join).hasCauseInstanceOf(AppendConflictException.class);
            }
        }
    }

    /// Makes an append and expects the answer that the model gave.
    static void make(Step step, EventStore store, MutableClock clock) {
        make(List.of(step), store, clock);
    }

    /// What each of [#READS] must return after so many accepted appends.
    List<List<RecordedEvent>> answers(int acceptedCount) {
        return answers.computeIfAbsent(
                acceptedCount,
                count -> READS.stream()
                        .map(read -> expected(read, events(count)))
                        .toList());
    }

    private static List<Read> reads() {
        Query.Item any = new Query.Item();
        List<Read> reads = new ArrayList<>();
        for (Query query : List.of(
                Query.types("placed"),
                Query.types("paid", "sent"),
                Query.tags("customer:alice"),
                Query.tags("customer:bob", "vip"),
                Query.category("cart"),
                Query.stream("order-1"),
                Query.firstOfStream(),
                Query.ids(List.of(new UUID(0, 3), new UUID(0, 17), new UUID(9, 9))),
                Query.of(any.withTypes("sent").withTags("vip"), any.withStream("cart-2")))) {
            reads.add(Read.matching(query));
            reads.add(Read.matching(query).backwards());
        }
        for (String stream : List.of("order-1", "order-2", "cart-1", "nowhere-1")) {
            reads.add(Read.stream(stream));
            reads.add(Read.stream(stream).fromRevision(2).toRevision(6).backwards());
        }
        return reads;
    }

    /// What a read must return from a log with these events.
    static List<RecordedEvent> expected(Read read, List<RecordedEvent> log) {
        Predicate<RecordedEvent> meant = switch (read.source()) {
            case Read.Source.Matching matching -> matching.query().predicate();
            case Read.Source.Revisions revisions ->
                event -> event.stream().equals(revisions.stream())
                        && event.revision() >= revisions.fromRevision()
                        && event.revision() < revisions.toRevision();
        };
        List<RecordedEvent> found = log.stream().filter(meant).toList();
        return read.direction() == Read.Direction.BACKWARDS ? found.reversed() : found;
    }

    @Override
    public String toString() {
        return "workload of seed " + seed;
    }

    private void perform(Append append) {
        Optional<Appended> answer = Optional.empty();
        try {
            Appended appended = model.append(append);
            answer = Optional.of(appended);
            Map<String, Long> tracked = new HashMap<>();
            SOURCES.forEach(
                    source -> model.trackedPosition(source).ifPresent(position -> tracked.put(source, position)));
            accepted.add(new Accepted(append, clock.instant(), appended, model.nextPosition(), tracked));
        } catch (AppendConflictException refused) {
            assertThat(refused.stored()).isEqualTo(AppendConflictException.Stored.NO);
        }
        steps.add(new Step(append, clock.instant(), answer));
    }

    private Append draw() {
        int choice = random.nextInt(20);
        UUID id = new UUID(seed, steps.size());
        if (choice == 0) {
            return Append.track(SOURCES.get(0), tracked(SOURCES.get(0)) + 1).withId(id);
        }
        String stream = stream();
        Expected right = lastRevision(stream) < 0 ? Expected.noStream() : Expected.revision(lastRevision(stream));
        if (choice == 1) {
            return Append.check(new AppendCondition.StreamAt(stream, right)).withId(id);
        }
        List<NewEvent> drawn = new ArrayList<>();
        for (int i = random.nextInt(1, eventsMax + 1); i > 0; i--) {
            drawn.add(event());
        }
        Append append = Append.of(drawn).withId(id);
        if (choice < 8) {
            append = append.expecting(stream, random.nextInt(6) == 0 ? Expected.revision(99) : right);
        }
        if (choice < 12 && choice % 2 == 0) {
            Query query = Query.of(new Query.Item().withTypes("paid").withTags("vip"));
            append = append.unless(query, Math.max(0, model.nextPosition() - random.nextInt(6)));
        }
        if (choice > 16) {
            String source = SOURCES.get(random.nextInt(SOURCES.size()));
            append = append.tracking(source, tracked(source) + random.nextInt(3));
        }
        return append;
    }

    private NewEvent event() {
        List<String> tags = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            tags.add(List.of("customer:alice", "customer:bob", "vip", "order:7").get(random.nextInt(4)));
        }
        byte[] data = new byte[random.nextInt(8) == 0 ? random.nextInt(LARGE_BYTES_MAX) : random.nextInt(120)];
        random.nextBytes(data);
        NewEvent event = NewEvent.of(stream(), List.of("placed", "paid", "sent").get(random.nextInt(3)), Bytes.of(data))
                .withId(new UUID(0, random.nextInt(200)))
                .withTags(tags);
        return random.nextInt(4) == 0
                ? event.withMetadata(Bytes.utf8("{\"by\":\"alice\"}")).occurredAt(clock.instant())
                : event;
    }

    private String stream() {
        return STREAMS.get(random.nextInt(STREAMS.size()));
    }

    private long tracked(String source) {
        return model.trackedPosition(source).orElse(0);
    }

    private long lastRevision(String stream) {
        return model.read(Read.stream(stream)).toList().size() - 1L;
    }
}
