package dev.everfold.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.CorruptStoreException;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.log.segment.RecordReader;
import dev.everfold.log.segment.Segment;
import dev.everfold.log.segment.Segments;
import dev.everfold.log.segment.StoreFile;
import dev.everfold.log.simulation.Fault;
import dev.everfold.log.simulation.Operation;
import dev.everfold.log.simulation.Operation.Kind;
import dev.everfold.log.simulation.SimulatedDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Records are found by position in open and in sealed segments, in whatever order one asks.
@ExtendWith(QuietLog.class)
class RecordReaderTest {

    private static final int EVENTS = 400;

    private final SimulatedDisk disk = new SimulatedDisk();
    private final List<RecordedEvent> events = new ArrayList<>();

    @Test
    void every_record_is_found_forwards_backwards_and_at_random() throws IOException {
        fill();
        SplittableRandom random = new SplittableRandom(5);
        for (RecordReader reader : List.of(new RecordReader(segments()), new RecordReader(segments()))) {
            for (int position = 0; position < EVENTS; position++) {
                assertThat(reader.read(position)).isEqualTo(events.get(position));
            }
            for (int position = EVENTS - 1; position >= 0; position--) {
                assertThat(reader.read(position)).isEqualTo(events.get(position));
            }
            for (int step = 0; step < 2_000; step++) {
                int position = random.nextInt(EVENTS);
                assertThat(reader.read(position)).isEqualTo(events.get(position));
                int next = Math.clamp(position + random.nextInt(-2, 3), 0, EVENTS - 1);
                assertThat(reader.read(next)).isEqualTo(events.get(next));
            }
        }
    }

    @Test
    void events_stay_what_they_are_when_the_reader_goes_on() throws IOException {
        fill();
        RecordReader reader = new RecordReader(segments());
        List<RecordedEvent> kept = new ArrayList<>();
        for (int position = 0; position < EVENTS; position++) {
            kept.add(reader.read(position));
        }

        assertThat(kept).isEqualTo(events);
    }

    @Test
    void reading_in_sequence_reads_ahead_in_both_directions() {
        // In one open segment: 300 records of some hundred bytes, ten in a frame of a page or more.
        try (LogEventStore store = LogEventStore.open(
                disk, Stores.SMALL.withSegmentBytes(64 << 20), LogEventStore.Mode.CREATE, Stores.clock())) {
            for (int number = 0; number < 30; number++) {
                List<NewEvent> ten = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    ten.add(Stores.large(number, 300));
                }
                store.append(Append.of(ten));
            }
            AtomicInteger reads = new AtomicInteger();
            disk.fail(Fault.lie(operation -> {
                // Not those of the index, which its own thread may be reading.
                if (Operation.on(Kind.READ, ".open").test(operation)) {
                    reads.incrementAndGet();
                }
                return false;
            }));

            assertThat(store.read(Read.all()).toList()).hasSize(300);
            assertThat(reads.getAndSet(0)).as("forwards").isLessThan(12);
            assertThat(store.read(Read.all().backwards()).toList()).hasSize(300);
            assertThat(reads.get()).as("backwards").isLessThan(12);
        }
    }

    @Test
    void a_record_that_is_not_what_was_stored_is_never_returned() throws IOException {
        fill();
        String sealed = disk.files().keySet().stream()
                .filter(name -> name.endsWith(".log"))
                .findFirst()
                .orElseThrow();
        int length = disk.files().get(sealed).length;
        SplittableRandom random = new SplittableRandom(6);
        int refused = 0;
        for (int flip = 0; flip < 60; flip++) {
            int at = random.nextInt(4_096, length - 64);
            RecordReader reader = new RecordReader(segments(Stores.flip(disk.copy(), sealed, at)));
            for (int position = 0; position < EVENTS; position += 1 + flip % 3) {
                int asked = position;
                try {
                    assertThat(reader.read(asked))
                            .as("seed 6, byte %s of %s", at, sealed)
                            .isEqualTo(events.get(asked));
                } catch (CorruptStoreException damage) {
                    assertThat(damage).hasMessageContaining(sealed);
                    refused++;
                }
            }
        }
        assertThat(refused).isPositive();
    }

    @Test
    void saying_what_is_read_next_changes_nothing_and_is_not_stopped_by_damage() throws IOException {
        fill();
        String sealed = disk.files().keySet().stream()
                .filter(name -> name.endsWith(".log"))
                .findFirst()
                .orElseThrow();
        int length = disk.files().get(sealed).length;
        SplittableRandom random = new SplittableRandom(7);
        int refused = 0;
        for (int flip = 0; flip < 60; flip++) {
            // Of records and of the table of offsets behind them.
            int at = random.nextInt(4_096, length - 64);
            RecordReader reader = new RecordReader(segments(Stores.flip(disk.copy(), sealed, at)));
            long[] positions = random.longs(RecordReader.EXPECTED_MAX, 0, EVENTS)
                    .sorted()
                    .distinct()
                    .toArray();
            reader.expect(positions, positions.length);
            for (long position : positions) {
                try {
                    assertThat(reader.read(position))
                            .as("seed 7, byte %s of %s", at, sealed)
                            .isEqualTo(events.get((int) position));
                } catch (CorruptStoreException damage) {
                    assertThat(damage).hasMessageContaining(sealed);
                    refused++;
                }
            }
        }
        assertThat(refused).isPositive();
    }

    @Test
    void the_message_of_a_damaged_record_names_file_byte_and_position() throws IOException {
        fill();
        byte[] bytes = disk.files().get("log-000000000000.log");
        assertThat(bytes.length).isGreaterThan(4_300);
        RecordReader reader = new RecordReader(segments(Stores.flip(disk.copy(), "log-000000000000.log", 4_096 + 200)));

        assertThatThrownBy(() -> reader.read(0))
                .isInstanceOf(CorruptStoreException.class)
                .hasMessage("File log-000000000000.log is corrupt at byte 4200: the record of position 0 expected,"
                        + " something else found" + Stores.ADVICE);
    }

    /// Events of all sizes in several sealed segments and an open one.
    private void fill() {
        SplittableRandom random = new SplittableRandom(4);
        try (LogEventStore store = Stores.open(disk)) {
            while (store.nextPosition() < EVENTS) {
                List<NewEvent> some = new ArrayList<>();
                int count = (int) Math.min(random.nextInt(1, 12), EVENTS - store.nextPosition());
                for (int i = 0; i < count; i++) {
                    int bytes = random.nextInt(random.nextInt(20) == 0 ? 20_000 : 200);
                    some.add(Stores.large(random.nextInt(5), bytes));
                }
                store.append(Append.of(some));
            }
            events.addAll(Stores.events(store));
        }
        assertThat(events).hasSize(EVENTS);
        assertThat(disk.files().keySet()).anyMatch(name -> name.endsWith(".log"));
    }

    private Segments segments() throws IOException {
        return segments(disk);
    }

    private static Segments segments(SimulatedDisk disk) throws IOException {
        List<Segment> found = Recovery.run(disk, StoreFile.read(disk), false).segments();
        return new Segments(found);
    }
}
