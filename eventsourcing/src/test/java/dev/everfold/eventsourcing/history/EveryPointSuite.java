package dev.everfold.eventsourcing.history;

import static dev.everfold.eventsourcing.history.PointInTime.asOf;
import static dev.everfold.eventsourcing.history.PointInTime.atPosition;
import static dev.everfold.eventsourcing.history.PointInTime.atRevision;
import static dev.everfold.eventsourcing.history.PointInTime.knownAt;
import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// For random histories, whose events occur in any order, every point gives what a plain fold gives that knows
/// nothing of codec, store and snapshots.
abstract class EveryPointSuite extends LedgerSuite {

    private static final int EVENTS = 60;
    private static final List<String> IDS = List.of("1", "2", "3");
    private static final String TAG = "audited";

    /// What the test itself knows of an event.
    private record Fact(
            long position,
            String id,
            long revision,
            Instant occurred,
            Instant recorded,
            boolean ofTheSystem,
            boolean tagged,
            UnaryOperator<Ledger> effect) {}

    private final List<Fact> facts = new ArrayList<>();

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void every_point_gives_what_a_plain_fold_gives(long seed) {
        Random random = new Random(seed);
        recordAnyHistory(random);
        saveSomeSnapshots(random);

        checkRevisions(seed);
        for (long position = 0; position <= EVENTS; position++) {
            long end = position;
            check(seed, atPosition(position), fact -> fact.position() < end);
        }
        for (Instant time : times()) {
            check(seed, asOf(time), fact -> !fact.occurred().isAfter(time));
            if (!time.isAfter(facts.getLast().recorded())) {
                check(seed, knownAt(time), fact -> !fact.recorded().isAfter(time));
            }
        }
        for (int i = 0; i < EVENTS; i++) {
            Instant occurred = any(random).occurred();
            Instant recorded = any(random).recorded();
            long position = random.nextInt(EVENTS + 1);
            check(
                    seed,
                    asOf(occurred).knownAt(recorded),
                    fact -> !fact.occurred().isAfter(occurred)
                            && !fact.recorded().isAfter(recorded));
            check(
                    seed,
                    asOf(occurred).atPosition(position),
                    fact -> !fact.occurred().isAfter(occurred) && fact.position() < position);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void history_tells_the_state_at_every_revision(long seed) {
        recordAnyHistory(new Random(seed));

        for (String id : IDS) {
            ledgers.ledgers.history(id).forEach(entry -> {
                assertThat(entry.before())
                        .as("seed %d, before revision %d of %s", seed, entry.revision(), id)
                        .isEqualTo(plain(id, fact -> fact.revision() < entry.revision()));
                assertThat(entry.after())
                        .as("seed %d, after revision %d of %s", seed, entry.revision(), id)
                        .isEqualTo(plain(id, fact -> fact.revision() <= entry.revision()));
            });
            assertThat(ledgers.ledgers.history(id).map(HistoryEntry::position))
                    .as("seed %d, positions of %s", seed, id)
                    .isEqualTo(facts.stream()
                            .filter(fact -> fact.id().equals(id) && !fact.ofTheSystem())
                            .map(Fact::position)
                            .toList());
        }
    }

    private void checkRevisions(long seed) {
        for (String id : IDS) {
            long revisions = facts.stream().filter(fact -> fact.id().equals(id)).count();
            for (long revision = 0; revision <= revisions; revision++) {
                long end = revision;
                checkOne(seed, id, atRevision(revision), fact -> fact.revision() < end);
            }
        }
    }

    private void check(long seed, PointInTime when, Predicate<Fact> counts) {
        IDS.forEach(id -> checkOne(seed, id, when, counts));
        assertThat(ledgers.ledgers.states(IDS, when))
                .as("seed %d, %s", seed, when)
                .isEqualTo(plain(counts, IDS));
        assertThat(List.copyOf(ledgers.ledgers.states(when).entrySet()))
                .as("seed %d, all, %s", seed, when)
                .isEqualTo(List.copyOf(plain(counts, idsOf(counts.and(fact -> !fact.ofTheSystem())))
                        .entrySet()));
        assertThat(ledgers.ledgers.states(Query.tags(TAG), when))
                .as("seed %d, tagged, %s", seed, when)
                .isEqualTo(plain(counts, idsOf(counts.and(fact -> fact.tagged() && !fact.ofTheSystem()))));
    }

    private void checkOne(long seed, String id, PointInTime when, Predicate<Fact> counts) {
        Ledger expected = plain(id, counts);
        assertThat(ledgers.ledgers.state(id, when))
                .as("seed %d, %s, %s", seed, id, when)
                .isEqualTo(expected);
        assertThat(ledgers.ledgersWithSnapshots.state(id, when))
                .as("seed %d, %s, %s, with snapshots", seed, id, when)
                .isEqualTo(expected);
    }

    private Ledger plain(String id, Predicate<Fact> counts) {
        Ledger ledger = Ledger.INITIAL;
        for (Fact fact : facts) {
            if (fact.id().equals(id) && counts.test(fact)) {
                ledger = fact.effect().apply(ledger);
            }
        }
        return ledger;
    }

    private Map<String, Ledger> plain(Predicate<Fact> counts, List<String> ids) {
        Map<String, Ledger> states = new LinkedHashMap<>();
        ids.forEach(id -> states.put(id, plain(id, counts)));
        return states;
    }

    private List<String> idsOf(Predicate<Fact> counts) {
        return facts.stream().filter(counts).map(Fact::id).distinct().toList();
    }

    private List<Instant> times() {
        List<Instant> times = new ArrayList<>();
        for (Fact fact : facts) {
            for (Instant time : List.of(fact.occurred(), fact.recorded())) {
                times.add(time);
                times.add(time.minusNanos(1_000));
            }
        }
        return times.stream().distinct().toList();
    }

    private Fact any(Random random) {
        return facts.get(random.nextInt(facts.size()));
    }

    private void recordAnyHistory(Random random) {
        Instant recorded = day(10);
        for (int position = 0; position < EVENTS; position++) {
            String id = IDS.get(random.nextInt(IDS.size()));
            recorded = recorded.plusSeconds(random.nextInt(3));
            long cents = random.nextInt(100);
            record(random.nextInt(6), id, cents, random, recorded);
        }
    }

    private void record(int kind, String id, long cents, Random random, Instant recorded) {
        String stream = "ledger-" + id;
        switch (kind) {
            case 0 ->
                record(
                        NewEvent.of(stream, "ledger.opened", "{\"owner\":\"carol\"}"),
                        ledger -> ledger.opened("carol", "EUR"),
                        random,
                        recorded);
            case 1 ->
                record(
                        LedgerStore.event(id, new Ledger.Opened("dave", "USD")),
                        ledger -> ledger.opened("dave", "USD"),
                        random,
                        recorded);
            case 2 ->
                record(
                        NewEvent.of(stream, "ledger.moved_twice", "{\"cents\":" + cents + "}"),
                        ledger -> ledger.moved(cents).moved(cents),
                        random,
                        recorded);
            case 3 ->
                record(
                        NewEvent.of(stream, random.nextBoolean() ? "ledger.viewed" : "$note", "{}"),
                        ledger -> ledger,
                        random,
                        recorded);
            default ->
                record(LedgerStore.event(id, new Ledger.Moved(cents)), ledger -> ledger.moved(cents), random, recorded);
        }
    }

    private void record(NewEvent event, UnaryOperator<Ledger> effect, Random random, Instant recorded) {
        boolean saysTime = random.nextInt(4) > 0;
        boolean tagged = random.nextInt(8) == 0;
        Instant occurred = saysTime ? recorded.plusSeconds(random.nextInt(25) - 20) : recorded;
        NewEvent timed = saysTime ? event.occurredAt(occurred) : event;
        ledgers.record(tagged ? timed.withTags(TAG) : timed, recorded);
        String id = event.stream().substring("ledger-".length());
        long revision = facts.stream().filter(fact -> fact.id().equals(id)).count();
        boolean ofTheSystem = event.type().startsWith("$");
        facts.add(new Fact(facts.size(), id, revision, occurred, recorded, ofTheSystem, tagged, effect));
    }

    private void saveSomeSnapshots(Random random) {
        for (Fact fact : facts) {
            if (random.nextInt(3) == 0) {
                Ledger state = plain(fact.id(), other -> other.revision() <= fact.revision());
                ledgers.saveSnapshot(fact.id(), fact.revision(), fact.position(), state);
            }
        }
    }
}
