package dev.everfold.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StorageFullException;
import dev.everfold.log.simulation.Operation;
import dev.everfold.log.simulation.SimulatedDisk;
import dev.everfold.log.simulation.Survival;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// The k-th operation of a workload fails, for every k and in each way: see [FaultSweep].
///
/// System properties: `everfold.seed` runs another seed, `everfold.fault.operation` one k only.
@Timeout(240)
@ExtendWith(QuietLog.class)
class FaultSweepTest {

    private static final long SEED = Long.getLong("everfold.seed", 21);
    private static final long[] LEFT_BYTES = {0, 700, 5_000};

    @Test
    void whichever_operation_reports_an_error_no_answer_is_wrong_and_nothing_acknowledged_is_lost() {
        FaultSweep sweep = new FaultSweep(SEED, new CrashFigures());
        sweep.run();

        ReliabilityReport.section("Failing operations", sweep.lines());
        assertThat(sweep.failures()).hasSize(17);
    }

    @Test
    void from_whichever_operation_on_the_disk_is_full_appends_are_stored_or_refused_and_go_on_when_there_is_space() {
        int operations = fillUp(Integer.MAX_VALUE, 0);
        ReliabilityReport.section(
                "Full device",
                List.of("operations from which on the device was full: " + operations + ", violations: 0"));
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
