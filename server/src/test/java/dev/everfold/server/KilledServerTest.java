package dev.everfold.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.Read;
import dev.everfold.testkit.ChildJvm;
import dev.everfold.testkit.history.Answer;
import dev.everfold.testkit.history.Call;
import dev.everfold.testkit.history.ClientCall;
import dev.everfold.testkit.history.History;
import dev.everfold.testkit.history.HistoryChecker;
import dev.everfold.testkit.history.HistoryClient;
import dev.everfold.testkit.history.HistoryWorkload;
import dev.everfold.testkit.history.Journal;
import dev.everfold.testkit.history.MemoryJournal;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A real server is killed again and again while clients use it over the network, and no rule is broken.
///
/// Clients write down what they asked and what they were told. After each kill the server is started again on the
/// store that it left, every append whose outcome is unknown is repeated with its id, and the history of all cycles is
/// checked against the whole log: nothing acknowledged is lost, nothing is stored twice, no refusal was untrue.
///
/// System properties: `everfold.seed` decides when it is killed, `everfold.serve.kill.cycles` how often.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class KilledServerTest {

    private static final long SEED = Long.getLong("everfold.seed", 17);
    private static final int CYCLES = Integer.getInteger("everfold.serve.kill.cycles", 2);
    private static final int CLIENTS = 8;
    private static final int CALLS_MAX = 400;

    /// Answers after which the server is killed; all clients together would get some 3,200 and more.
    private static final int ANSWERS_MAX = 1_500;

    @TempDir
    Path temporary;

    private History history = History.EMPTY;
    private int unknownOutcomes;
    private int acknowledged;

    @Test
    void a_server_that_is_killed_at_any_moment_breaks_no_rule() throws Exception {
        Random random = new Random(SEED);
        for (int cycle = 0; cycle < CYCLES; cycle++) {
            String as = "seed " + SEED + ", cycle " + cycle;
            Process server = start();
            try (EventStore store = EventStores.open("everfold://localhost:" + port(server))) {
                history = history.followedBy(useAndKill(cycle, store, server, random.nextInt(50, ANSWERS_MAX)));
            }
            assertThat(server.waitFor()).as(as).isEqualTo(ChildJvm.KILLED);
            examine(cycle, as);
        }
        assertThat(acknowledged).isPositive();
        System.out.printf(
                "killed the server %d times, seed %d: %d calls, %d appends acknowledged, lost 0, duplicated 0,"
                        + " %d unknown outcomes resolved%n",
                CYCLES, SEED, history.calls().size(), acknowledged, unknownOutcomes);
    }

    private Process start() throws IOException {
        return ChildJvm.of(ServerProgram.class, "log:" + temporary.resolve("store"), "0")
                .start();
    }

    private static int port(Process server) throws IOException {
        BufferedReader output = server.inputReader();
        String line = output.readLine();
        assertThat(line).as("the port that a server prints").isNotNull();
        return Integer.parseInt(line);
    }

    /// Lets clients use the store until they were told so much, kills the server, and waits until all have noticed.
    private static History useAndKill(int cycle, EventStore store, Process server, int answers)
            throws InterruptedException {
        CountDownLatch told = new CountDownLatch(answers);
        HistoryWorkload workload = new HistoryWorkload(cycle, CLIENTS, CALLS_MAX);
        List<MemoryJournal> journals = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int client = 0; client < CLIENTS; client++) {
                int index = client;
                MemoryJournal journal = new MemoryJournal(workload.name(client));
                journals.add(journal);
                threads.execute(() -> {
                    try {
                        workload.runClient(index, new HistoryClient(store, new Telling(journal, told)));
                    } catch (EventStoreException serverIsGone) {
                        // A read or a question that nobody answers: this client has seen enough.
                        assertThat(serverIsGone.retryable()).isTrue();
                    }
                });
            }
            assertThat(told.await(60, TimeUnit.SECONDS)).isTrue();
            server.destroyForcibly();
        }
        return new History(
                journals.stream().flatMap(journal -> journal.calls().stream()).toList());
    }

    private void examine(int cycle, String as) throws IOException, InterruptedException {
        Process server = start();
        try (EventStore store = EventStores.open("everfold://localhost:" + port(server))) {
            history = history.followedBy(repeatUnknown(cycle, store));
            assertThat(HistoryChecker.check(history, store.read(Read.all()).toList()))
                    .as(as)
                    .isEmpty();
        } finally {
            server.destroyForcibly();
            server.waitFor();
        }
    }

    /// Repeats every append of which nobody knows whether it is stored; whatever the answer, it is known then.
    private History repeatUnknown(int cycle, EventStore store) {
        MemoryJournal journal = new MemoryJournal("resolver of cycle " + cycle);
        HistoryClient resolver = new HistoryClient(store, journal);
        for (Append append : unknown()) {
            unknownOutcomes++;
            assertThat(resolver.append(append)).isNotInstanceOf(Answer.Unknown.class);
        }
        return new History(journal.calls());
    }

    private List<Append> unknown() {
        Set<UUID> known = new HashSet<>();
        List<Append> unknown = new ArrayList<>();
        acknowledged = 0;
        for (ClientCall call : history.calls()) {
            if (call.call() instanceof Call.Appending(Append append)) {
                if (call.answer() instanceof Answer.Unknown) {
                    unknown.add(append);
                } else if (call.answer() instanceof Answer.Accepted) {
                    known.add(append.id());
                    acknowledged++;
                }
            }
        }
        Set<UUID> repeated = new HashSet<>();
        return unknown.stream()
                .filter(append -> !known.contains(append.id()) && repeated.add(append.id()))
                .toList();
    }

    /// Counts what a client is told.
    private record Telling(Journal journal, CountDownLatch told) implements Journal {
        @Override
        public void invoked(int number, long nanos, Call call) {
            journal.invoked(number, nanos, call);
        }

        @Override
        public void answered(int number, long nanos, Answer answer) {
            journal.answered(number, nanos, answer);
            told.countDown();
        }
    }
}
