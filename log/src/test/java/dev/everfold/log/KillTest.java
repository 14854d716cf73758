package dev.everfold.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.Verification;
import dev.everfold.log.LogEventStore.Mode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// A real process is killed again and again while it appends, and nothing that it acknowledged is missing.
///
/// Killed processes leave what they wrote in the page cache, so this is about processes; about power losses
/// see [CrashTest]. System property `everfold.seed` decides when the process is killed.
@Timeout(120)
@ExtendWith(QuietLog.class)
class KillTest {

    private static final long SEED = Long.getLong("everfold.seed", 41);
    private static final int KILLS = 5;
    private static final int KILLED = 137;

    @TempDir
    Path temporary;

    private int acknowledgements;

    @Test
    void a_process_that_is_killed_at_any_moment_loses_nothing_that_it_acknowledged() throws Exception {
        Random random = new Random(SEED);
        List<Integer> cycles = new ArrayList<>();
        for (int cycle = 0; cycle < KILLS; cycle++) {
            int kill = random.nextInt(1, 250);
            Process writer = start(cycle, List.of());
            try (InputStream output = writer.getInputStream()) {
                for (int seen = 0; seen < kill; seen++) {
                    assertThat(output.read())
                            .as("seed %s, cycle %s", SEED, cycle)
                            .isEqualTo('.');
                }
                writer.destroyForcibly();
            }
            assertThat(writer.waitFor()).isEqualTo(KILLED);
            cycles.add(cycle);
            check(cycles);
        }

        System.out.println("killed " + KILLS + " times, acknowledged appends " + acknowledgements);
    }

    @Test
    void a_process_that_dies_at_a_named_point_loses_nothing_that_it_acknowledged() throws Exception {
        List<String> points = List.of("LOG_AFTER_WRITE:kill@37", "SEGMENT_SEALED:kill@2", "LOG_AFTER_SYNC:kill@1");
        List<Integer> cycles = new ArrayList<>();
        for (int cycle = 0; cycle < points.size(); cycle++) {
            Process writer = start(cycle, List.of("-Deverfold.failpoint=" + points.get(cycle)));
            try (InputStream output = writer.getInputStream()) {
                output.transferTo(OutputStream.nullOutputStream());
            }
            assertThat(writer.waitFor()).as(points.get(cycle)).isEqualTo(KILLED);
            cycles.add(cycle);
            check(cycles);
        }
    }

    private Process start(int cycle, List<String> options) throws IOException {
        List<String> arguments = List.of(store().toString(), temporary.toString(), Integer.toString(cycle));
        return ChildJvm.start(KillWriter.class, options, arguments);
    }

    private Path store() {
        return temporary.resolve("store");
    }

    private void check(List<Integer> cycles) throws IOException, InterruptedException {
        Verification verification = LogVerifier.verify(store(), events -> {});
        assertThat(verification.damages()).isEmpty();
        try (EventStore store = LogEventStore.open(store(), KillWriter.OPTIONS, Mode.EXISTING)) {
            assertThat(store.nextPosition()).isEqualTo(verification.events());
            acknowledgements = 0;
            for (int cycle : cycles) {
                for (int thread = 0; thread < KillWriter.THREADS; thread++) {
                    check(store, cycle, thread);
                }
            }
        }
        assertThat(LogVerifier.verify(store(), events -> {}).notes()).isEmpty();
    }

    /// Each append is there whole and once, in order: all acknowledged ones, and at most one more.
    private void check(EventStore store, int cycle, int thread) throws IOException {
        String as = "seed " + SEED + ", cycle " + cycle + ", thread " + thread;
        Map<Integer, Long> acknowledged = journal(cycle, thread);
        acknowledgements += acknowledged.size();
        List<RecordedEvent> events =
                store.read(Read.stream(KillWriter.stream(cycle, thread))).toList();
        int appends = 0;
        for (int at = 0; at < events.size(); appends++) {
            List<NewEvent> expected = KillWriter.append(cycle, thread, appends).events();
            long fromPosition = events.get(at).position();
            assertThat(acknowledged.getOrDefault(appends, fromPosition)).as(as).isEqualTo(fromPosition);
            for (NewEvent event : expected) {
                assertThat(at)
                        .as(as + ": append " + appends + " is there in part")
                        .isLessThan(events.size());
                assertSame(as, events.get(at), event, fromPosition++, at);
                at++;
            }
        }
        assertThat(appends).as(as).isBetween(acknowledged.size(), acknowledged.size() + 1);
        for (int number = 0; number < appends; number++) {
            Append append = KillWriter.append(cycle, thread, number);
            Appended again = store.append(append);
            assertThat(again.fromPosition()).as(as).isEqualTo(acknowledged.getOrDefault(number, again.fromPosition()));
        }
        assertThat(store.read(Read.stream(KillWriter.stream(cycle, thread))).toList())
                .as(as)
                .isEqualTo(events);
        if (appends > 0) {
            assertThat(store.trackedPosition(KillWriter.stream(cycle, thread)))
                    .as(as)
                    .hasValue(appends - 1L);
        }
    }

    private static void assertSame(String as, RecordedEvent found, NewEvent expected, long position, long revision) {
        assertThat(found.position()).as(as).isEqualTo(position);
        assertThat(found.revision()).as(as).isEqualTo(revision);
        assertThat(found.id()).as(as).isEqualTo(expected.id());
        assertThat(found.type()).as(as).isEqualTo(expected.type());
        assertThat(found.tags()).as(as).isEqualTo(expected.tags());
        assertThat(found.data()).as(as).isEqualTo(expected.data());
    }

    /// Positions of the acknowledged appends by number; a last line that was not finished does not count.
    private Map<Integer, Long> journal(int cycle, int thread) throws IOException {
        Map<Integer, Long> journal = new HashMap<>();
        Path file = KillWriter.journal(temporary, cycle, thread);
        if (Files.exists(file)) {
            String text = Files.readString(file);
            text.substring(0, text.lastIndexOf('\n') + 1).lines().forEach(line -> {
                String[] words = line.split(" ", -1);
                journal.put(Integer.parseInt(words[0]), Long.parseLong(words[1]));
            });
        }
        return journal;
    }
}
