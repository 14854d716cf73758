package dev.everfold.log;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.Verification;
import dev.everfold.log.LogEventStore.Mode;
import dev.everfold.log.simulation.SimulatedDisk;
import dev.everfold.log.simulation.StepwiseExecutor;
import dev.everfold.log.storage.Storage;
import dev.everfold.testkit.MutableClock;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/// Opens small stores on simulated disks, and damages them.
final class Stores {

    /// Segments of 64 KiB, an index run every 16 events, and no closing frame before the store is closed.
    static final LogOptions SMALL = new LogOptions(
            Limits.DEFAULTS, 64 << 10, 4 << 20, 20_000, 64 << 20, Duration.ofSeconds(60), 16, Integer.MAX_VALUE);

    /// The same with a closing frame whenever the writer has nothing to do for a millisecond.
    static final LogOptions SMALL_AND_RESTLESS = new LogOptions(
            Limits.DEFAULTS, 64 << 10, 4 << 20, 20_000, 64 << 20, Duration.ofMillis(1), 16, Integer.MAX_VALUE);

    static final String ADVICE = ". Run `everfold verify`, and restore a backup.";

    private Stores() {}

    /// Opens for writing, with background work in a fixed order.
    static LogEventStore open(Storage storage) {
        return open(storage, clock(), 1);
    }

    static LogEventStore open(Storage storage, Clock clock, long seed) {
        return LogEventStore.open(new LogOpening(storage, SMALL, () -> new StepwiseExecutor(seed)), Mode.CREATE, clock);
    }

    static LogEventStore openForReading(Storage storage) {
        return LogEventStore.open(storage, SMALL, Mode.READ, clock());
    }

    static MutableClock clock() {
        return MutableClock.at("2026-03-01T12:00:00Z");
    }

    /// A small event; its number is its data.
    static NewEvent event(String stream, int number) {
        return NewEvent.of(stream, "order.placed", "{\"number\":" + number + "}");
    }

    /// An event of so many bytes of data, in a stream of its own.
    static NewEvent large(int number, int bytes) {
        return NewEvent.of("large-" + number, "order.placed", "x".repeat(bytes));
    }

    /// Appends one event at a time, each in a frame of its own, numbered from 0.
    static void appendSmall(EventStore store, int count) {
        for (int number = 0; number < count; number++) {
            Append append = Append.of(event("order-" + number % 3, number));
            store.append(append);
            if (number == count - 1) {
                settle(store, append);
            }
        }
    }

    /// Repeats an append, which changes nothing: its answer comes after the work that the first one caused.
    static void settle(EventStore store, Append append) {
        store.append(append);
    }

    /// A disk with so many small appends, as a killed process leaves it.
    static SimulatedDisk unclean(int appends) {
        SimulatedDisk disk = new SimulatedDisk();
        try (LogEventStore store = open(disk)) {
            appendSmall(store, appends);
            return disk.copy();
        }
    }

    /// A disk with so many small appends, closed.
    static SimulatedDisk clean(int appends) {
        SimulatedDisk disk = new SimulatedDisk();
        try (LogEventStore store = open(disk)) {
            appendSmall(store, appends);
        }
        return disk.copy();
    }

    /// The files of a disk, to be compared.
    static Map<String, Bytes> contents(SimulatedDisk disk) {
        Map<String, Bytes> contents = new TreeMap<>();
        disk.files().forEach((name, bytes) -> contents.put(name, Bytes.of(bytes)));
        return contents;
    }

    static List<RecordedEvent> events(EventStore store) {
        return store.read(Read.all()).toList();
    }

    /// All events of the store on a disk, after opening it for writing; closes it again.
    static List<RecordedEvent> events(SimulatedDisk disk) {
        try (LogEventStore store = open(disk)) {
            return events(store);
        }
    }

    static Verification verify(Storage storage) throws IOException {
        return LogVerifier.verify(storage, events -> {});
    }

    /// The same disk with another content of one file.
    static SimulatedDisk change(SimulatedDisk disk, String file, UnaryOperator<byte[]> change) {
        var files = disk.files();
        files.put(file, change.apply(files.get(file)));
        return new SimulatedDisk(files);
    }

    /// The same disk with one byte that is not what it was.
    static SimulatedDisk flip(SimulatedDisk disk, String file, int at) {
        return change(disk, file, bytes -> {
            bytes[at] ^= 0x10;
            return bytes;
        });
    }

    /// The same disk without a file.
    static SimulatedDisk without(SimulatedDisk disk, String file) {
        var files = disk.files();
        files.remove(file);
        return new SimulatedDisk(files);
    }

    /// The same disk with a file in addition, or instead of one.
    static SimulatedDisk with(SimulatedDisk disk, String file, byte[] bytes) {
        var files = disk.files();
        files.put(file, bytes);
        return new SimulatedDisk(files);
    }

    /// The bytes with so many of them from `at` on replaced.
    static byte[] fill(byte[] bytes, int at, int length, int value) {
        Arrays.fill(bytes, at, at + length, (byte) value);
        return bytes;
    }
}
