package dev.everfold.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.Verification;
import dev.everfold.log.Workload.Accepted;
import dev.everfold.log.segment.OpenSegment;
import dev.everfold.log.segment.StoreFile;
import dev.everfold.log.simulation.Device;
import dev.everfold.log.simulation.Effect;
import dev.everfold.log.simulation.SimulatedDisk;
import dev.everfold.log.simulation.Survival;
import dev.everfold.testkit.MutableClock;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/// What must hold of every disk that a crash of a workload may leave.
///
/// Every promised append is there once, in order, byte for byte; of the one in flight all or nothing. A
/// second recovery changes no byte. The index answers as the log does, and its files are those that the
/// log gives. Every accepted append, made again, is answered as it was the first time, and those that the
/// crash took are stored by that. A new append gets the right revisions and survives a power loss.
final class CrashCheck {

    /// So many of the questions that the index answers are put to each disk, in turn.
    private static final int READS = 4;

    private final Workload workload;
    private final MutableClock clock = Stores.clock();
    private int turn;

    CrashCheck(Workload workload) {
        this.workload = workload;
    }

    /// What opening a disk did.
    ///
    /// @param effects in order
    /// @param nextPosition what everyone saw then
    record Opened(List<Effect> effects, long nextPosition) {}

    /// What a recovery left.
    ///
    /// @param effects of the recovery, in order
    /// @param state a number that tells apart what is seen and what is durable after it, of the files that are read
    record Recovered(List<Effect> effects, long state) {}

    /// Recovers a disk with everything on it durable, twice: the second time finds nothing to do and changes
    /// no byte. It is not to be used afterwards.
    Recovered recover(SimulatedDisk disk) throws IOException {
        if (!disk.list().contains(StoreFile.NAME)) {
            return new Recovered(List.of(), disk.identity(CrashCheck::isRead));
        }
        StoreFile store = StoreFile.read(disk);
        Recovery.Result first = Recovery.run(disk, store, true);
        List<Effect> effects = disk.effects();
        requireZerosAfter(first);
        long seen = disk.identity();
        Recovery.Result second = Recovery.run(disk, store, true);
        assertThat(second.end()).isEqualTo(first.end());
        assertThat(second.tornBytes()).as("torn bytes of a second recovery").isZero();
        assertThat(disk.identity()).as("files after a second recovery").isEqualTo(seen);
        long durable = new Device(disk)
                .applyAll(effects)
                .afterPowerLoss(Survival.none())
                .identity(CrashCheck::isRead);
        long state = disk.identity(CrashCheck::isRead) * 31 + durable;
        return new Recovered(effects, state * 31 + first.end().hashCode());
    }

    /// Nothing of a frame that was not finished is left.
    private static void requireZerosAfter(Recovery.Result recovered) throws IOException {
        if (!recovered.segments().isEmpty() && recovered.segments().getLast() instanceof OpenSegment open) {
            byte[] tail = new byte[Math.toIntExact(open.bytes() - Math.min(open.bytes(), open.framesEnd()))];
            open.read(open.framesEnd(), tail, 0, tail.length);
            if (!Arrays.equals(tail, new byte[tail.length])) {
                throw new AssertionError("zeros after the last frame of " + open.name() + " expected");
            }
        }
    }

    /// Not the lock, which is empty, nor files in the making, which are deleted unread.
    private static boolean isRead(String file) {
        return !file.equals("LOCK") && !file.endsWith(".tmp");
    }

    /// Opens a disk and goes on from there; the disk is not to be used afterwards.
    ///
    /// @param device as it was before the disk did anything; not to be used afterwards
    /// @param promised how many appends were answered or could be read before the crash
    /// @param begun how many were made
    Opened check(SimulatedDisk disk, Device device, int promised, int begun) throws IOException {
        int all = workload.accepted().size();
        Opened opened;
        SimulatedDisk afterLast;
        Append last = last();
        try (EventStore store = Stores.open(disk, clock, promised)) {
            opened = new Opened(disk.effects(), store.nextPosition());
            int stored = stored(store, promised, begun);
            compare(store, stored);
            repeat(store);
            compare(store, all);
            assertThat(store.append(last)).isEqualTo(expectedOfLast());
            afterLast = device.applyAll(disk.effects()).afterPowerLoss(Survival.none());
        }
        Verification verification = Stores.verify(disk);
        assertThat(verification.damages()).isEmpty();
        long events = workload.nextPosition(all) + last.events().size();
        assertThat(verification.events()).isEqualTo(events);
        try (EventStore store = Stores.open(afterLast, clock, promised)) {
            List<RecordedEvent> found = Stores.events(store);
            requireSame(
                    found.subList(0, Math.min(found.size(), workload.events(all).size())), workload.events(all));
            assertThat(found.size()).isEqualTo((int) events);
            for (int i = 0; i < last.events().size(); i++) {
                RecordedEvent event = found.get(workload.events(all).size() + i);
                assertThat(event.id()).isEqualTo(last.events().get(i).id());
                assertThat(event.revision()).isEqualTo(workload.lastRevisions().get(i) + 1);
            }
        }
        return opened;
    }

    /// How many appends are there: all that were promised, and of those in flight the first ones, if any.
    private int stored(EventStore store, int promised, int begun) {
        for (int stored = promised; stored <= begun; stored++) {
            if (store.nextPosition() == workload.nextPosition(stored) && hasTracked(store, stored)) {
                return stored;
            }
        }
        throw new AssertionError("log ends at " + store.nextPosition() + "; promised are " + promised
                + " appends up to " + workload.nextPosition(promised) + ", begun " + begun);
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
        requireSame(store.read(Read.all()).toList(), expected);
        for (int i = 0; i < READS; i++) {
            int question = turn++ % Workload.READS.size();
            Read read = Workload.READS.get(question);
            if (!store.read(read).toList().equals(workload.answers(stored).get(question))) {
                throw new AssertionError(read + " is not answered as the log says");
            }
        }
        long counted = 0;
        for (long count : store.stats().types().values()) {
            counted += count;
        }
        assertThat(counted).as("events by type").isEqualTo(expected.size());
        assertThat(hasTracked(store, stored)).as("tracked positions").isTrue();
    }

    private static void requireSame(List<RecordedEvent> found, List<RecordedEvent> expected) {
        for (int position = 0; position < Math.min(found.size(), expected.size()); position++) {
            if (!found.get(position).equals(expected.get(position))) {
                throw new AssertionError("the event at position " + position + " is not what was appended");
            }
        }
        assertThat(found.size()).as("events").isEqualTo(expected.size());
    }

    /// Makes all accepted appends again, in their order: each is answered as it was the first time.
    private void repeat(EventStore store) {
        List<CompletableFuture<Appended>> answers = new ArrayList<>();
        for (Accepted accepted : workload.accepted()) {
            clock.set(accepted.at());
            answers.add(store.appendAsync(accepted.append()));
        }
        for (int i = 0; i < answers.size(); i++) {
            Appended again = answers.get(i).join();
            if (!again.equals(workload.accepted().get(i).answer())) {
                throw new AssertionError("append " + i + " again: " + again + ", was "
                        + workload.accepted().get(i).answer());
            }
        }
    }

    /// A new event in each stream, on the condition that the streams are as they were left.
    private Append last() {
        List<NewEvent> events = new ArrayList<>();
        Workload.STREAMS.forEach(stream -> events.add(Stores.event(stream, 1)));
        Append append = Append.of(events);
        for (int i = 0; i < events.size(); i++) {
            long revision = workload.lastRevisions().get(i);
            append = append.expecting(
                    Workload.STREAMS.get(i), revision < 0 ? Expected.noStream() : Expected.revision(revision));
        }
        return append;
    }

    private Appended expectedOfLast() {
        return new Appended(
                workload.nextPosition(workload.accepted().size()),
                workload.lastRevisions().stream().map(revision -> revision + 1).toList());
    }
}
