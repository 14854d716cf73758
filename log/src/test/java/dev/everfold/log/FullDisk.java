package dev.everfold.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStoreException.Stored;
import dev.everfold.eventstore.OutcomeUnknownException;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StorageFullException;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.log.LogEventStore.Mode;
import dev.everfold.log.segment.StoreFile;
import dev.everfold.log.simulation.Fault;
import dev.everfold.log.simulation.Fault.Form;
import dev.everfold.log.simulation.Operation;
import dev.everfold.log.simulation.Operation.Kind;
import dev.everfold.log.simulation.SimulatedDisk;
import dev.everfold.log.simulation.Survival;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/// A disk that is full from one operation on, and what becomes of a store there: while it is open, after
/// it was closed, killed or lost its power, and when there is space again.
final class FullDisk {

    private static final int APPENDS = 28;
    private static final List<Form> FORMS = List.of(Form.values());

    /// What a full disk still allows.
    enum Kindness {
        /// What is in its place can be written again: most file systems.
        NO_GROWTH,
        /// Nothing at all can be written: a file system that never writes in place.
        NO_WRITE
    }

    private final Kindness kindness;
    private final int fullFrom;
    private final Set<String> phases;

    private final SimulatedDisk disk = new SimulatedDisk();
    private final List<UUID> acknowledged = new ArrayList<>();
    private boolean unknown;

    /// @param phases receives what was being done when the disk was full
    FullDisk(Kindness kindness, int fullFrom, Set<String> phases) {
        this.kindness = kindness;
        this.fullFrom = fullFrom;
        this.phases = phases;
    }

    /// How many operations there are on a disk that never gets full.
    static int operations() {
        FullDisk roomy = new FullDisk(Kindness.NO_GROWTH, Integer.MAX_VALUE, Set.of());
        roomy.fill();
        return roomy.disk.operations();
    }

    void run() throws IOException {
        SimulatedDisk killed = fill();
        check(killed);
        check(disk);
        check(disk.afterPowerLoss(Survival.none()));
    }

    /// Appends while the disk gets full, and closes the store.
    ///
    /// @return the disk as a process that was killed just before would have left it
    private SimulatedDisk fill() {
        disk.before(operation -> operation.index() >= fullFrom, () -> disk.leaveSpace(0));
        disk.fail(new Fault(this::note, Form.LOST, () -> null, false));
        refuseWrites(disk, fullFrom);
        try (LogEventStore store = Stores.open(disk)) {
            for (int number = 0; number < APPENDS; number++) {
                append(
                        store,
                        Append.of(
                                number % 4 == 3
                                        ? Stores.large(number, 9_000)
                                        : Stores.event("order-" + number % 3, number)));
            }
            assertThat(ids(Stores.events(store))).isEqualTo(acknowledged);
            return disk.copy();
        } catch (StorageFullException noRoomToCreate) {
            assertThat(acknowledged).isEmpty();
            return disk.copy();
        }
    }

    /// Never a fault itself: writes down what is about to be done.
    private boolean note(Operation operation) {
        if (operation.index() == fullFrom) {
            phases.add(operation.kind() + " "
                    + operation.file().replaceAll("-?[0-9]+", "").replaceFirst("\\.tmp$", " in the making"));
        }
        return false;
    }

    private void refuseWrites(SimulatedDisk any, int fromOperation) {
        if (kindness == Kindness.NO_WRITE) {
            Form form = FORMS.get(Math.floorMod(fullFrom, FORMS.size()));
            any.fail(Fault.noSpace(
                    operation -> operation.index() >= fromOperation
                            && (operation.kind() == Kind.WRITE || operation.kind() == Kind.CREATE),
                    form));
        }
    }

    private void append(LogEventStore store, Append append) {
        try {
            assertThat(store.append(append).fromPosition()).isEqualTo(acknowledged.size());
            assertThat(unknown)
                    .as("an append is accepted by a store that failed")
                    .isFalse();
            acknowledged.add(append.events().getFirst().id());
        } catch (StorageFullException full) {
            assertThat(full.stored()).isEqualTo(Stored.NO);
        } catch (OutcomeUnknownException failed) {
            assertThat(unknown).as("a second append of unknown outcome").isFalse();
            assertThat(kindness)
                    .as("no append meets a full disk after it was decided, unless in place is not in place")
                    .isEqualTo(Kindness.NO_WRITE);
            unknown = true;
        } catch (StoreUnavailableException refused) {
            assertThat(unknown).as("a store that refuses without having failed").isTrue();
        }
    }

    /// The restart: first on the disk that is still full, then with space.
    private void check(SimulatedDisk left) throws IOException {
        SimulatedDisk full = left.copy();
        full.leaveSpace(0);
        refuseWrites(full, 0);
        if (!full.files().containsKey(StoreFile.NAME)) {
            assertThat(acknowledged).isEmpty();
            assertThatThrownBy(() -> Stores.open(full)).isInstanceOf(StorageFullException.class);
        } else {
            readWhileFull(full);
            openWhileFull(full);
        }
        full.heal();
        try (LogEventStore store = Stores.open(full)) {
            List<RecordedEvent> events = Stores.events(store);
            assertAllThere(events);
            store.append(Append.of(Stores.event("order-1", 1_000)));
            assertThat(store.nextPosition()).isEqualTo(events.size() + 1);
        }
        assertThat(Stores.verify(full).damages()).isEmpty();
    }

    /// A reader shows what is proven durable: all, but for the last frame of a store that was killed.
    private void readWhileFull(SimulatedDisk full) {
        try (LogEventStore reader = Stores.openForReading(full)) {
            List<UUID> seen = ids(Stores.events(reader));
            int common = Math.min(seen.size(), acknowledged.size());
            assertThat(seen.subList(0, common)).isEqualTo(acknowledged.subList(0, common));
            assertThat(seen.size()).isBetween(acknowledged.size() - 1, acknowledged.size() + (unknown ? 1 : 0));
        }
    }

    private void openWhileFull(SimulatedDisk full) {
        if (kindness == Kindness.NO_WRITE) {
            assertThatThrownBy(() -> LogEventStore.open(full, Stores.SMALL, Mode.EXISTING, Stores.clock()))
                    .isInstanceOf(StorageFullException.class);
            return;
        }
        try (LogEventStore store = Stores.open(full)) {
            List<RecordedEvent> events = Stores.events(store);
            assertAllThere(events);
            assertThatThrownBy(() -> store.append(Append.of(Stores.large(1_001, 80_000))))
                    .isInstanceOf(StorageFullException.class);
            assertThat(store.nextPosition()).isEqualTo(events.size());
        } catch (StorageFullException noSegmentYet) {
            assertThat(acknowledged)
                    .as("only a store without a segment cannot be opened")
                    .isEmpty();
        }
    }

    private void assertAllThere(List<RecordedEvent> events) {
        assertThat(ids(events).subList(0, acknowledged.size())).isEqualTo(acknowledged);
        assertThat(events.size()).isBetween(acknowledged.size(), acknowledged.size() + (unknown ? 1 : 0));
    }

    private static List<UUID> ids(List<RecordedEvent> events) {
        return events.stream().map(RecordedEvent::id).toList();
    }
}
