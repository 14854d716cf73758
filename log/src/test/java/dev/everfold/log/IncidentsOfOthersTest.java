package dev.everfold.log;

import static dev.everfold.log.Stores.clean;
import static dev.everfold.log.Stores.event;
import static dev.everfold.log.Stores.events;
import static dev.everfold.log.Stores.flip;
import static dev.everfold.log.Stores.unclean;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendCondition;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.CorruptStoreException;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.Verification;
import dev.everfold.eventstore.Verification.Damage;
import dev.everfold.log.simulation.Fault;
import dev.everfold.log.simulation.Fault.Form;
import dev.everfold.log.simulation.Operation;
import dev.everfold.log.simulation.Operation.Kind;
import dev.everfold.log.simulation.SimulatedDisk;
import dev.everfold.log.simulation.Survival;
import dev.everfold.testkit.MutableClock;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What befell users of other stores, one test an incident.
///
/// The comment of each test names the project and the number of the report. Interruption and failing
/// memory have a class of their own, [IncidentsInTheProcessTest].
@Timeout(120)
@ExtendWith(QuietLog.class)
class IncidentsOfOthersTest {

    private static final int PAGE = 4_096;

    @TempDir
    Path temporary;

    /// KurrentDB #3642, #3452, #2849: the disk got full, the process ended, and after space had been made the
    /// database did not start: "Something is seriously wrong in chunk".
    @Test
    void a_disk_that_got_full_in_any_phase_keeps_no_store_from_opening_neither_while_full_nor_afterwards()
            throws IOException {
        int operations = FullDisk.operations();
        Set<String> phases = new TreeSet<>();
        for (FullDisk.Kindness kindness : FullDisk.Kindness.values()) {
            for (int operation = 0; operation < operations; operation++) {
                try {
                    new FullDisk(kindness, operation, phases).run();
                } catch (IOException | RuntimeException | AssertionError failure) {
                    throw new AssertionError(
                            kindness + " from operation " + operation + " of " + operations + " on\n"
                                    + failure.getMessage(),
                            failure);
                }
            }
        }

        assertThat(phases)
                .as("the phases in which the disk got full")
                .contains(
                        "WRITE STORE",
                        "CREATE log.open",
                        "WRITE log.open",
                        "SYNC log.open",
                        "CREATE log.log in the making",
                        "WRITE log.log in the making",
                        "CREATE index.run in the making",
                        "WRITE index.run in the making");
    }

    /// KurrentDB #1126: after a restart two hundred events were missing in the middle of streams, and reads
    /// passed over the gap.
    @Test
    void no_damage_to_log_or_index_makes_a_hole_in_the_middle_of_a_stream() {
        SimulatedDisk whole = clean(60);
        List<RecordedEvent> expected = stream(whole, Read.stream("order-1"));
        assertThat(expected).hasSize(20);
        int damagedRecords = 0;
        for (Map.Entry<String, byte[]> file : whole.files().entrySet()) {
            for (RecordedEvent event : expected) {
                int at = indexOf(file.getValue(), event.data().toArray());
                if (at >= 0) {
                    requireNoHole(flip(whole, file.getKey(), at), event.revision(), expected);
                    damagedRecords++;
                }
            }
        }
        assertThat(damagedRecords).isEqualTo(expected.size());

        for (String run : whole.files().keySet()) {
            if (run.endsWith(".run")) {
                for (int at = 0; at < whole.files().get(run).length; at += 509) {
                    requireNoHoleByIndex(flip(whole, run, at), expected);
                }
                requireNoHoleByIndex(Stores.without(whole, run), expected);
            }
        }
    }

    /// What is read before the damage is dense and right, and at the damage the read ends with an exception.
    private static void requireNoHole(SimulatedDisk damaged, long revision, List<RecordedEvent> expected) {
        List<RecordedEvent> seen = new ArrayList<>();
        assertThatThrownBy(() -> {
                    try (LogEventStore store = Stores.openForReading(damaged);
                            EventCursor cursor = store.read(Read.stream("order-1"))) {
                        while (cursor.hasNext()) {
                            seen.add(cursor.next());
                        }
                    }
                })
                .as("revision " + revision)
                .isInstanceOf(CorruptStoreException.class)
                .hasMessageEndingWith(Stores.ADVICE);
        assertThat(seen).isEqualTo(expected.subList(0, seen.size())).hasSizeLessThanOrEqualTo((int) revision);
    }

    /// A damaged run costs at most one answer; opening for writing builds it again.
    private static void requireNoHoleByIndex(SimulatedDisk damaged, List<RecordedEvent> expected) {
        try {
            assertThat(stream(damaged, Read.stream("order-1"))).isEqualTo(expected);
        } catch (CorruptStoreException said) {
            assertThat(said).hasMessageStartingWith("Index file index-");
        }
        assertThat(stream(damaged, Read.stream("order-1"))).isEqualTo(expected);
        assertThat(stream(damaged, Read.stream("order-1").backwards())).isEqualTo(expected.reversed());
        assertThat(stream(damaged, Read.matching(Query.stream("order-1")))).isEqualTo(expected);
    }

    /// KurrentDB #1653: the chunk before the last one was not verified, off by one, so a changed byte in it
    /// went unnoticed.
    @Test
    void every_segment_is_verified_the_newest_and_the_one_before_it_too() throws IOException {
        for (SimulatedDisk whole : List.of(clean(70), unclean(70))) {
            List<String> segments = whole.files().keySet().stream()
                    .filter(name -> name.startsWith("log-"))
                    .toList();
            assertThat(segments).hasSizeGreaterThanOrEqualTo(4);
            assertThat(segments.getLast()).endsWith(".open");
            assertThat(Stores.verify(whole).damages()).isEmpty();

            for (String segment : segments) {
                int inFirstRecord = indexOf(whole.files().get(segment), "\"number\"".getBytes(StandardCharsets.UTF_8));
                Verification verification = Stores.verify(flip(whole, segment, inFirstRecord));

                assertThat(verification.passed()).as(segment).isFalse();
                assertThat(verification.damages()).extracting(Damage::file).contains(segment);
            }
        }
    }

    /// KurrentDB #1502: after a restart the last thing written was not of the kind that the start expected
    /// there ("LogRecord is not SystemLogRecord"), and the database did not start any more.
    @Test
    void whatever_kind_of_thing_was_written_last_the_store_opens_and_goes_on() {
        Map<String, Consumer<LogEventStore>> last = Map.of(
                "nothing",
                store -> {},
                "an event",
                store -> store.append(Append.of(event("order-1", 1))),
                "a tracked position alone",
                store -> store.append(Append.track("billing", 7)),
                "a check alone",
                store -> store.append(Append.check(new AppendCondition.StreamAt("none-1", Expected.noStream()))),
                "a refusal",
                store -> assertThatThrownBy(() -> store.append(
                                Append.of(event("order-1", 1)).expecting("order-1", Expected.revision(99))))
                        .isInstanceOf(AppendConflictException.class),
                "an event of several pages",
                store -> store.append(Append.of(Stores.large(1, 30_000))),
                "a segment that is full",
                store -> store.append(Append.of(Stores.large(2, 90_000))));
        last.forEach((name, action) -> {
            SimulatedDisk disk = new SimulatedDisk();
            SimulatedDisk killed;
            List<RecordedEvent> before;
            try (LogEventStore store = Stores.open(disk)) {
                Stores.appendSmall(store, 3);
                action.accept(store);
                before = events(store);
                killed = disk.copy();
            }
            for (SimulatedDisk left : List.of(disk, killed, disk.afterPowerLoss(Survival.none()))) {
                for (int opening = 0; opening < 3; opening++) {
                    try (LogEventStore store = Stores.open(left)) {
                        assertThat(events(store).subList(0, before.size()))
                                .as(name)
                                .isEqualTo(before);
                        store.append(Append.of(event("order-2", opening)));
                        assertThat(store.nextPosition()).as(name).isEqualTo(before.size() + opening + 1);
                    }
                }
            }
        });
    }

    /// etcd #14370: a write was acknowledged before it was on disk. etcd #14098: what a crash left unsynced
    /// kept the process from starting.
    @Test
    void a_frame_that_a_killed_process_left_unsynced_is_on_disk_before_anything_is_acknowledged_after_it() {
        SimulatedDisk disk = new SimulatedDisk();
        LogEventStore killed = Stores.open(disk);
        Stores.appendSmall(killed, 3);
        disk.fail(Fault.io(Operation.on(Kind.SYNC, ".open"), Form.LOST));
        Append unsynced = Append.of(event("order-1", 3));
        assertThatThrownBy(() -> killed.append(unsynced)).hasMessageContaining("unknown");
        killed.close();
        assertThat(events(disk.afterPowerLoss(Survival.none()))).hasSize(3);

        try (LogEventStore store = Stores.open(disk)) {
            Append next = Append.of(event("order-1", 4));
            long position = store.append(next).fromPosition();

            List<RecordedEvent> found = events(disk.afterPowerLoss(Survival.none()));
            assertThat(found.get((int) position).id())
                    .isEqualTo(next.events().getFirst().id());
            assertThat(found.get(3).id()).isEqualTo(unsynced.events().getFirst().id());
        }
    }

    /// dgraph #1185, neo4j #521: two processes opened one directory, and both wrote.
    @Test
    void another_process_gets_no_second_writer_by_whatever_name_it_calls_the_directory() throws Exception {
        Path directory = temporary.resolve("store");
        Path link = temporary.resolve("link");
        Path relative = Path.of("").toAbsolutePath().relativize(directory.toAbsolutePath());
        Path detour = temporary.resolve("link/../store/.");
        try (LogEventStore store = LogEventStore.open(directory)) {
            Files.createSymbolicLink(link, directory.toAbsolutePath());
            for (Path name : List.of(directory, link, relative, detour)) {
                assertThat(openElsewhere(name))
                        .isEqualTo("The store in " + name + " is open for writing already; one writer at a time. Close"
                                + " the other one, or open this one with mode=read.");
            }
            Stores.appendSmall(store, 2);
        }

        for (Path name : List.of(directory, link, relative, detour)) {
            assertThat(openElsewhere(name)).isEqualTo("opened at 2");
        }
    }

    private static String openElsewhere(Path directory) throws IOException, InterruptedException {
        Process other = ChildJvm.start(Opener.class, List.of(), List.of(directory.toString()));
        try (BufferedReader output = other.inputReader()) {
            String line = output.readLine();
            other.waitFor();
            return line;
        }
    }

    /// Opens a store for writing and says what came of it.
    static final class Opener {

        private Opener() {}

        public static void main(String[] arguments) {
            try (LogEventStore store = LogEventStore.open(Path.of(arguments[0]))) {
                System.out.println("opened at " + store.nextPosition());
            } catch (RuntimeException refused) {
                System.out.println(refused.getMessage());
            }
        }
    }

    /// MicroStream #634: the clock was set back, times in the log fell, and the next start refused the log.
    @Test
    void a_clock_that_is_set_back_makes_no_recorded_time_fall_and_no_store_unreadable() throws IOException {
        SimulatedDisk disk = new SimulatedDisk();
        MutableClock clock = Stores.clock();
        Instant latest = clock.instant();
        for (int opening = 0; opening < 4; opening++) {
            LogEventStore store = Stores.open(disk, clock, opening);
            for (int number = 0; number < 6; number++) {
                store.append(Append.of(event("order-1", number)));
                clock.advance(Duration.ofMinutes(number % 2 == 0 ? 1 : -10));
            }
            List<RecordedEvent> found = events(store);
            assertThat(found).extracting(RecordedEvent::recorded).isSorted();
            assertThat(found.getFirst().recorded()).isEqualTo(latest);
            assertThat(found.getLast().recorded()).isEqualTo(latest.plus(Duration.ofMinutes(1)));
            if (opening % 2 == 0) {
                store.close();
            } else {
                disk = disk.afterPowerLoss(Survival.none());
            }
            clock.advance(Duration.ofDays(-1));
        }
        assertThat(Stores.verify(disk).passed()).isTrue();
    }

    private static List<RecordedEvent> stream(SimulatedDisk disk, Read read) {
        try (LogEventStore store = Stores.open(disk)) {
            return store.read(read).toList();
        }
    }

    private static int indexOf(byte[] bytes, byte[] sought) {
        int header = bytes.length > PAGE ? PAGE : 0;
        for (int at = header; at + sought.length <= bytes.length; at++) {
            int same = 0;
            while (same < sought.length && bytes[at + same] == sought[same]) {
                same++;
            }
            if (same == sought.length) {
                return at;
            }
        }
        return -1;
    }
}
