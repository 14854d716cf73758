package dev.everfold.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.Verification;
import dev.everfold.log.Workload.Accepted;
import dev.everfold.log.segment.StoreFile;
import dev.everfold.log.simulation.SimulatedDisk;
import dev.everfold.log.simulation.Survival;
import dev.everfold.testkit.MutableClock;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/// What must hold of every disk that a crash of a workload may leave.
final class CrashCheck {

    private final Workload workload;
    private final MutableClock clock = Stores.clock();

    CrashCheck(Workload workload) {
        this.workload = workload;
    }

    /// Checks a disk; it is not to be used afterwards.
    ///
    /// @param acknowledged how many appends were answered before the crash
    /// @param begun how many were made
    void check(SimulatedDisk disk, int acknowledged, int begun) throws IOException {
        recoverTwice(disk.copy());
        int all = workload.accepted().size();
        Append last = Append.of(Stores.event("order-1", 1));
        SimulatedDisk afterLast;
        try (EventStore store = Stores.open(disk, clock, acknowledged)) {
            int stored = stored(store, acknowledged, begun);
            compare(store, stored);
            repeat(store);
            compare(store, all);
            assertThat(store.append(last).fromPosition()).isEqualTo(workload.nextPosition(all));
            afterLast = disk.afterPowerLoss(Survival.none());
        }
        Verification verification = Stores.verify(disk);
        assertThat(verification.damages()).isEmpty();
        assertThat(verification.events()).isEqualTo(workload.nextPosition(all) + 1);
        try (EventStore store = Stores.open(afterLast, clock, acknowledged)) {
            List<RecordedEvent> events = Stores.events(store);
            assertThat(events.subList(0, events.size() - 1)).isEqualTo(workload.events(all));
            assertThat(events.getLast().id()).isEqualTo(last.events().getFirst().id());
        }
    }

    /// A second recovery finds nothing to do and changes nothing.
    private static void recoverTwice(SimulatedDisk disk) throws IOException {
        if (!disk.list().contains(StoreFile.NAME)) {
            return;
        }
        StoreFile store = StoreFile.read(disk);
        Recovery.Result first = Recovery.run(disk, store, true);
        String files = disk.fingerprint();
        Recovery.Result second = Recovery.run(disk, store, true);
        assertThat(second.end()).isEqualTo(first.end());
        assertThat(second.tornBytes()).isZero();
        assertThat(disk.fingerprint()).as("files after a second recovery").isEqualTo(files);
    }

    /// How many appends are there: all that were acknowledged, and of those in flight the first ones, if any.
    private int stored(EventStore store, int acknowledged, int begun) {
        List<Integer> possible = new ArrayList<>();
        for (int stored = acknowledged; stored <= begun; stored++) {
            if (store.nextPosition() == workload.nextPosition(stored) && hasTracked(store, stored)) {
                possible.add(stored);
            }
        }
        assertThat(possible)
                .as(
                        "log ends at %s; acknowledged are %s appends up to %s",
                        store.nextPosition(), acknowledged, workload.nextPosition(acknowledged))
                .isNotEmpty();
        return possible.getFirst();
    }

    private boolean hasTracked(EventStore store, int stored) {
        return Workload.SOURCES.stream().allMatch(source -> {
            OptionalLong position = store.trackedPosition(source);
            Long expected = workload.tracked(stored).get(source);
            return expected == null ? position.isEmpty() : position.equals(OptionalLong.of(expected));
        });
    }

    private void compare(EventStore store, int stored) {
        List<RecordedEvent> expected = workload.events(stored);
        assertThat(store.read(Read.all()).toList()).isEqualTo(expected);
        for (int i = 0; i < Workload.READS.size(); i++) {
            Read read = Workload.READS.get(i);
            assertThat(store.read(read).toList())
                    .as("%s", read)
                    .isEqualTo(workload.answers(stored).get(i));
        }
        assertThat(store.stats().types().values().stream()
                        .mapToLong(count -> count)
                        .sum())
                .isEqualTo(expected.size());
        assertThat(hasTracked(store, stored)).as("tracked positions").isTrue();
    }

    /// Makes all accepted appends again, in their order: each is answered as it was the first time.
    private void repeat(EventStore store) {
        List<CompletableFuture<Appended>> answers = new ArrayList<>();
        for (Accepted accepted : workload.accepted()) {
            clock.set(accepted.at());
            answers.add(store.appendAsync(accepted.append()));
        }
        for (int i = 0; i < answers.size(); i++) {
            assertThat(answers.get(i).join())
                    .as("append %s again", i)
                    .isEqualTo(workload.accepted().get(i).answer());
        }
    }
}
