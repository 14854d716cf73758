package dev.everfold.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.OutcomeUnknownException;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StorageFullException;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.log.Workload.Step;
import dev.everfold.log.simulation.Fault;
import dev.everfold.log.simulation.Fault.Form;
import dev.everfold.log.simulation.Operation;
import dev.everfold.log.simulation.SimulatedDisk;
import dev.everfold.log.simulation.Survival;
import dev.everfold.testkit.MutableClock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// The k-th operation of a workload fails, for every k and in each form; then the store goes on, is opened
/// again, and loses power.
///
/// System properties: `everfold.seed` runs another seed, `everfold.fault.operation` one k only.
@Timeout(120)
@ExtendWith(QuietLog.class)
class FaultSweepTest {

    private static final long SEED = Long.getLong("everfold.seed", 21);
    private static final int APPENDS = 20;

    private static final long[] LEFT_BYTES = {0, 700, 5_000};

    private int runs;

    @Test
    void whichever_operation_reports_an_error_no_answer_is_wrong_and_nothing_acknowledged_is_lost() {
        Workload workload = Workload.of(SEED, APPENDS);
        int operations = operations(workload);
        for (int operation = 0; operation < operations; operation++) {
            if (Integer.getInteger("everfold.fault.operation", operation) == operation) {
                for (Form form : Form.values()) {
                    String story = "seed " + SEED + ", operation " + operation + " of " + operations + " fails, " + form
                            + ". Repeat it: -Deverfold.seed=" + SEED + " -Deverfold.fault.operation=" + operation;
                    run(workload, Fault.io(Operation.at(operation), form), operation, story);
                }
            }
        }

        System.out.println("runs with one failed operation " + runs);
    }

    private static int operations(Workload workload) {
        SimulatedDisk disk = new SimulatedDisk();
        session(workload, disk);
        return disk.operations();
    }

    /// How far a workload came.
    ///
    /// @param acknowledged appends that were accepted
    /// @param unknown whether the outcome of the next one is unknown
    private record Progress(int acknowledged, boolean unknown) {}

    private void run(Workload workload, Fault fault, long seed, String story) {
        runs++;
        SimulatedDisk disk = new SimulatedDisk();
        disk.fail(fault);
        try {
            Progress progress = session(workload, disk);
            disk.heal();
            int begun = progress.acknowledged + (progress.unknown ? 1 : 0);
            CrashCheck check = new CrashCheck(workload);
            Survival survival = fault.form() == Form.LOST ? Survival.none() : Survival.random(seed);
            check.check(disk.afterPowerLoss(survival), progress.acknowledged, begun);
            check.check(disk, progress.acknowledged, begun);
        } catch (Exception | AssertionError failure) {
            throw new AssertionError(story + "\n" + failure.getMessage(), failure);
        }
    }

    private static Progress session(Workload workload, SimulatedDisk disk) {
        MutableClock clock = Stores.clock();
        LogEventStore store;
        try {
            store = Stores.open(disk, clock, SEED);
        } catch (StoreUnavailableException failedAtOpening) {
            return new Progress(0, false);
        }
        try (store) {
            return appendAll(workload, store, clock);
        }
    }

    /// Makes the appends until the engine gives up, and sees to it that it does so properly.
    private static Progress appendAll(Workload workload, LogEventStore store, MutableClock clock) {
        int acknowledged = 0;
        boolean failed = false;
        for (Step step : workload.steps()) {
            clock.set(step.at());
            try {
                Appended appended = store.append(step.append());
                assertThat(failed)
                        .as("an append is accepted by a store that failed")
                        .isFalse();
                assertThat(appended).isEqualTo(step.answer().orElseThrow());
                acknowledged++;
            } catch (AppendConflictException refused) {
                assertThat(step.answer()).isEmpty();
            } catch (OutcomeUnknownException unknown) {
                assertThat(failed).as("a second append of unknown outcome").isFalse();
                failed = true;
            } catch (StoreUnavailableException refused) {
                assertThat(failed)
                        .as("a store that refuses without having failed")
                        .isTrue();
                assertThat(refused.retryable()).isFalse();
            }
            List<RecordedEvent> seen = Stores.events(store);
            assertThat(seen).isEqualTo(workload.events(acknowledged));
        }
        return new Progress(acknowledged, failed);
    }

    @Test
    void from_whichever_operation_on_the_disk_is_full_appends_are_stored_or_refused_and_go_on_when_there_is_space() {
        int operations = fillUp(Integer.MAX_VALUE, 0);
        for (int operation = 0; operation < operations; operation++) {
            if (Integer.getInteger("everfold.fault.operation", operation) == operation) {
                long left = LEFT_BYTES[operation % LEFT_BYTES.length];
                try {
                    fillUp(operation, left);
                } catch (RuntimeException | AssertionError failure) {
                    throw new AssertionError(
                            "the disk is full but for " + left + " bytes from operation " + operation + " on\n"
                                    + failure.getMessage(),
                            failure);
                }
            }
        }
    }

    /// Fills a disk up, gives it space again, and returns how many operations there were.
    private static int fillUp(int operation, long left) {
        SimulatedDisk disk = new SimulatedDisk();
        disk.before(Operation.at(operation), () -> disk.leaveSpace(left));
        Map<UUID, Long> stored = new LinkedHashMap<>();
        List<Append> refused = new ArrayList<>();
        try (LogEventStore store = Stores.open(disk)) {
            for (int number = 0; number < 32; number++) {
                // Large ones do not fit any more where small ones still do.
                Append append =
                        Append.of(number % 4 == 3 ? Stores.large(number, 9_000) : Stores.event("order-1", number));
                if (!tryAppend(store, append, stored)) {
                    refused.add(append);
                }
            }
            disk.heal();
            for (Append append : refused) {
                assertThat(tryAppend(store, append, stored))
                        .as("an append when there is space again")
                        .isTrue();
            }
        } catch (StorageFullException noRoomToCreate) {
            disk.heal();
        }
        assertIds(disk.afterPowerLoss(Survival.none()), stored);
        assertIds(disk, stored);
        return disk.operations();
    }

    private static boolean tryAppend(LogEventStore store, Append append, Map<UUID, Long> stored) {
        try {
            long position = store.append(append).fromPosition();
            assertThat(position).isEqualTo(stored.size());
            stored.put(append.events().getFirst().id(), position);
            return true;
        } catch (StorageFullException full) {
            assertThat(full.stored()).isEqualTo(EventStoreException.Stored.NO);
            assertThat(full.retryable()).isTrue();
            assertThat(store.nextPosition()).isEqualTo(stored.size());
            return false;
        }
    }

    private static void assertIds(SimulatedDisk disk, Map<UUID, Long> stored) {
        assertThat(Stores.events(disk).stream().map(RecordedEvent::id).toList())
                .isEqualTo(List.copyOf(stored.keySet()));
    }
}
