package dev.everfold.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.Verification;
import dev.everfold.log.LogEventStore.Mode;
import dev.everfold.testkit.history.Answer;
import dev.everfold.testkit.history.Call;
import dev.everfold.testkit.history.ClientCall;
import dev.everfold.testkit.history.FileJournal;
import dev.everfold.testkit.history.History;
import dev.everfold.testkit.history.HistoryChecker;
import dev.everfold.testkit.history.HistoryClient;
import dev.everfold.testkit.history.MemoryJournal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// A real process is killed again and again while many clients use its store, and no rule is broken.
///
/// Each cycle goes on with the store that the last one left. It ends with SIGKILL after a random number of
/// answers, or at a named point of the engine ([Failpoint]). Then the store is verified and opened, every
/// append whose outcome is unknown is repeated with its id. Every few cycles, and at the end, the history
/// of all cycles so far is checked against the whole log.
///
/// Killed processes leave what they wrote in the page cache, so this is about processes; about power losses
/// see [CrashTest]. System property `everfold.seed` decides when the process is killed,
/// `everfold.kill.cycles` how often.
@Timeout(value = 60, unit = TimeUnit.MINUTES)
@ExtendWith(QuietLog.class)
class KillTest {

    private static final long SEED = Long.getLong("everfold.seed", 41);
    private static final int CYCLES = Integer.getInteger("everfold.kill.cycles", 24);
    private static final int KILLED = 137;

    /// The whole history is checked so often, and at the end.
    private static final int CHECK_EVERY = 4;

    /// Answers after which a process is killed, at most; it would give some 3,200 and more.
    private static final int ANSWERS_MAX = 600;

    /// Points where the engine stops, and after how many passes at most; each is passed often enough.
    private static final List<String> FAILPOINTS = List.of(
            "LOG_AFTER_WRITE:60",
            "SEGMENT_SEALED:2",
            "LOG_AFTER_SYNC:60",
            "SEGMENT_CREATED:2",
            "LOG_BEFORE_WRITE:60",
            "LOG_AFTER_PUBLISH:60",
            "STORE_OPENED:1",
            "STORE_CLOSING:1");

    @TempDir
    Path temporary;

    private History history = History.EMPTY;
    private final Figures figures = new Figures();

    /// What is printed at the end.
    private static final class Figures {
        private int randomKills;
        private int failpoints;
        private int unknown;
        private int unknownStored;
    }

    @Test
    void a_process_that_is_killed_at_any_moment_breaks_no_rule() throws Exception {
        Random random = new Random(SEED);
        for (int cycle = 0; cycle < CYCLES; cycle++) {
            String as = "seed " + SEED + ", cycle " + cycle;
            if (cycle % 3 == 2) {
                killAtFailpoint(cycle, random, as);
            } else {
                killAtRandom(cycle, random, as);
            }
            history = history.followedBy(journals(cycle));
            examine(cycle, as);
        }

        printFigures();
    }

    private void killAtRandom(int cycle, Random random, String as) throws Exception {
        int answers = random.nextInt(1, ANSWERS_MAX);
        Process process = start(cycle, List.of());
        try (InputStream output = process.getInputStream()) {
            for (int seen = 0; seen < answers; seen++) {
                assertThat(output.read()).as(as).isEqualTo('.');
            }
            process.destroyForcibly();
        }
        assertThat(process.waitFor()).as(as).isEqualTo(KILLED);
        figures.randomKills++;
    }

    private void killAtFailpoint(int cycle, Random random, String as) throws Exception {
        String[] point = FAILPOINTS.get(cycle / 3 % FAILPOINTS.size()).split(":", -1);
        int passes = random.nextInt(1, Integer.parseInt(point[1]) + 1);
        String plan = point[0] + ":kill@" + passes;
        Process process = start(cycle, List.of("-Deverfold.failpoint=" + plan));
        try (InputStream output = process.getInputStream()) {
            output.readAllBytes();
        }
        assertThat(process.waitFor()).as(as + ", " + plan).isEqualTo(KILLED);
        figures.failpoints++;
    }

    private Process start(int cycle, List<String> options) throws IOException {
        List<String> arguments = List.of(store().toString(), temporary.toString(), Integer.toString(cycle));
        return ChildJvm.start(KillWriter.class, options, arguments);
    }

    private Path store() {
        return temporary.resolve("store");
    }

    private History journals(int cycle) throws IOException {
        List<ClientCall> calls = new ArrayList<>();
        for (int client = 0; client < KillWriter.CLIENTS; client++) {
            Path journal = KillWriter.journal(temporary, cycle, client);
            if (Files.exists(journal) && Files.size(journal) > 0) {
                calls.addAll(FileJournal.read(journal));
            }
        }
        return new History(calls);
    }

    /// Verifies, opens, repeats what is unknown, and now and then checks everything so far.
    private void examine(int cycle, String as) throws IOException, InterruptedException {
        Verification verification = LogVerifier.verify(store(), events -> {});
        assertThat(verification.damages()).as(as).isEmpty();
        try (EventStore store = LogEventStore.open(store(), KillWriter.OPTIONS, Mode.EXISTING)) {
            assertThat(store.nextPosition()).as(as).isEqualTo(verification.events());
            history = history.followedBy(repeatUnknown(cycle, store));
            if (cycle % CHECK_EVERY == CHECK_EVERY - 1 || cycle == CYCLES - 1) {
                List<RecordedEvent> log = store.read(Read.all()).toList();
                assertThat(HistoryChecker.check(history, log)).as(as).isEmpty();
            }
        }
        assertThat(LogVerifier.verify(store(), events -> {}).notes()).as(as).isEmpty();
    }

    /// Repeats every append of which nobody knows whether it is stored; one answer or another, it is known then.
    private History repeatUnknown(int cycle, EventStore store) {
        MemoryJournal journal = new MemoryJournal("resolver of cycle " + cycle);
        HistoryClient resolver = new HistoryClient(store, journal);
        long nextPosition = resolver.nextPosition();
        for (Append append : unknown()) {
            figures.unknown++;
            Answer answer = resolver.append(append);
            assertThat(answer).as(append.toString()).isNotInstanceOf(Answer.Unknown.class);
            if (answer instanceof Answer.Accepted(var appended) && appended.toPosition() <= nextPosition) {
                figures.unknownStored++;
            }
        }
        return new History(journal.calls());
    }

    private List<Append> unknown() {
        Set<UUID> known = new HashSet<>();
        List<Append> unknown = new ArrayList<>();
        for (ClientCall call : history.calls()) {
            if (call.call() instanceof Call.Appending(Append append)) {
                if (call.answer() instanceof Answer.Unknown) {
                    unknown.add(append);
                } else {
                    known.add(append.id());
                }
            }
        }
        Set<UUID> repeated = new HashSet<>();
        return unknown.stream()
                .filter(append -> !known.contains(append.id()) && repeated.add(append.id()))
                .toList();
    }

    private void printFigures() throws IOException, InterruptedException {
        try (EventStore store = LogEventStore.open(store(), KillWriter.OPTIONS, Mode.READ)) {
            Set<UUID> acknowledged = new HashSet<>();
            long events = 0;
            for (ClientCall call : history.calls()) {
                if (call.call() instanceof Call.Appending(Append append)
                        && call.answer() instanceof Answer.Accepted
                        && acknowledged.add(append.id())) {
                    events += append.events().size();
                }
            }
            System.out.printf(
                    "killed %d times at random and %d times at a named point, seed %d: %d calls,"
                            + " %d appends and %d events acknowledged, lost 0, duplicated 0,"
                            + " %d unknown outcomes resolved (%d were stored), %d events in the log%n",
                    figures.randomKills,
                    figures.failpoints,
                    SEED,
                    history.calls().size(),
                    acknowledged.size(),
                    events,
                    figures.unknown,
                    figures.unknownStored,
                    store.nextPosition());
        }
    }
}
