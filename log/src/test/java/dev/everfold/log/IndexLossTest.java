package dev.everfold.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.CorruptStoreException;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StoreStats;
import dev.everfold.log.simulation.SimulatedDisk;
import dev.everfold.testkit.MutableClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// The index holds nothing that the log does not: without it, or with damage in it, no answer is wrong.
@Timeout(60)
@ExtendWith(QuietLog.class)
class IndexLossTest {

    private static final int FLIPS = 250;

    private final Workload workload = Workload.of(11, 60);
    private final MutableClock clock = Stores.clock();

    @Test
    void a_store_whose_index_was_deleted_builds_it_anew_and_answers_the_same() {
        SimulatedDisk whole = store();
        SimulatedDisk without = new SimulatedDisk(withoutIndex(whole));

        StoreStats before = compare(whole.copy());
        StoreStats after = compare(without);

        assertThat(after.events()).isEqualTo(before.events());
        assertThat(after.streams()).isEqualTo(before.streams());
        assertThat(after.types()).isEqualTo(before.types());
        assertThat(runs(without)).isNotEmpty();
    }

    @Test
    void a_reader_builds_in_memory_what_is_not_indexed_and_answers_the_same() {
        SimulatedDisk without = new SimulatedDisk(withoutIndex(store()));

        try (EventStore reader = Stores.openForReading(without)) {
            assertThat(wrongAnswers(reader)).isEmpty();
        }

        assertThat(runs(without)).isEmpty();
    }

    @Test
    void a_missing_run_in_the_middle_is_built_anew_with_those_behind_it() {
        SimulatedDisk whole = store();
        for (String run : runs(whole)) {
            SimulatedDisk without = Stores.without(whole, run);

            compare(without);
        }
    }

    @Test
    void a_damaged_run_never_gives_a_wrong_answer_and_is_built_anew_by_the_next_opening() {
        SimulatedDisk whole = store();
        SplittableRandom random = new SplittableRandom(4);
        List<String> runs = runs(whole);
        int refused = 0;
        for (int flip = 0; flip < FLIPS; flip++) {
            String run = runs.get(random.nextInt(runs.size()));
            int at = random.nextInt(whole.files().get(run).length);
            String as = "seed 4, flip " + flip + ": byte " + at + " of " + run;
            SimulatedDisk damaged = Stores.flip(whole, run, at);

            try (EventStore store = Stores.open(damaged, clock, 1)) {
                refused += wrongOrRefused(store, as);
            } catch (CorruptStoreException atOpening) {
                refused++;
            }

            try (EventStore store = Stores.open(damaged, clock, 1)) {
                assertThat(wrongAnswers(store)).as(as + ", opened again").isEmpty();
                assertRepeats(store, as);
            }
        }
        assertThat(refused).as("reads that met the damage").isPositive();
    }

    @Test
    void appends_beside_a_damaged_run_are_decided_rightly_or_refused() {
        SimulatedDisk whole = store();
        SplittableRandom random = new SplittableRandom(5);
        List<String> runs = runs(whole);
        for (int flip = 0; flip < FLIPS; flip++) {
            String run = runs.get(random.nextInt(runs.size()));
            int at = random.nextInt(whole.files().get(run).length);
            String as = "seed 5, flip " + flip + ": byte " + at + " of " + run;
            SimulatedDisk damaged = Stores.flip(whole, run, at);

            try (EventStore store = Stores.open(damaged, clock, 1)) {
                for (String stream : List.of("order-1", "cart-2", "alone", "new-1")) {
                    long revision = Workload.expected(Read.stream(stream), workload.events(60))
                            .size();
                    try {
                        Appended appended = store.append(Append.of(Stores.event(stream, 1)));
                        assertThat(appended.revisions()).as(as).containsExactly(revision);
                    } catch (CorruptStoreException damage) {
                        assertThat(damage).as(as).hasMessageContaining(run);
                    }
                }
            } catch (CorruptStoreException atOpening) {
                assertThat(atOpening).as(as).hasMessageContaining(run);
            }
        }
    }

    /// A closed store with several sealed segments and runs.
    private SimulatedDisk store() {
        SimulatedDisk disk = new SimulatedDisk();
        try (LogEventStore store = Stores.open(disk, clock, 1)) {
            workload.steps().forEach(step -> Workload.make(step, store, clock));
        }
        assertThat(runs(disk)).hasSizeGreaterThan(2);
        return disk.copy();
    }

    private StoreStats compare(SimulatedDisk disk) {
        try (EventStore store = Stores.open(disk, clock, 1)) {
            assertThat(wrongAnswers(store)).isEmpty();
            assertRepeats(store, "");
            return store.stats();
        }
    }

    private void assertRepeats(EventStore store, String as) {
        for (Workload.Accepted accepted : workload.accepted()) {
            assertThat(store.append(accepted.append())).as(as).isEqualTo(accepted.answer());
        }
        for (String source : Workload.SOURCES) {
            assertThat(store.trackedPosition(source))
                    .as(as)
                    .hasValue(workload.tracked(60).get(source));
        }
    }

    private List<Read> wrongAnswers(EventStore store) {
        List<Read> wrong = new ArrayList<>();
        for (int i = 0; i < Workload.READS.size(); i++) {
            if (!store.read(Workload.READS.get(i))
                    .toList()
                    .equals(workload.answers(60).get(i))) {
                wrong.add(Workload.READS.get(i));
            }
        }
        return wrong;
    }

    /// How many reads were refused; fails when one is wrong.
    private int wrongOrRefused(EventStore store, String as) {
        int refused = 0;
        for (int i = 0; i < Workload.READS.size(); i++) {
            List<RecordedEvent> found;
            try {
                found = store.read(Workload.READS.get(i)).toList();
            } catch (CorruptStoreException damage) {
                refused++;
                continue;
            }
            if (!found.equals(workload.answers(60).get(i))) {
                fail(as + ": a wrong answer to " + Workload.READS.get(i));
            }
        }
        return refused;
    }

    private static Map<String, byte[]> withoutIndex(SimulatedDisk disk) {
        Map<String, byte[]> files = disk.files();
        files.keySet().removeIf(name -> name.startsWith("index-"));
        return files;
    }

    private static List<String> runs(SimulatedDisk disk) {
        return disk.files().keySet().stream()
                .filter(name -> name.endsWith(".run"))
                .toList();
    }
}
