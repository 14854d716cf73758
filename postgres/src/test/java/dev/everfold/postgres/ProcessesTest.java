package dev.everfold.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StoreUri;
import dev.everfold.testkit.ChildJvm;
import java.io.BufferedReader;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/// Several processes at once on one store. `-Deverfold.postgres.appends=200000` is the long form.
@Timeout(value = 30, unit = TimeUnit.MINUTES)
@Isolated // what it measures or ends is the server that all share
class ProcessesTest {

    private static final int PROCESSES = 4;
    private static final int THREADS = 8;
    private static final int APPENDS = Integer.getInteger("everfold.postgres.appends", 3_200);
    private static final int KILLS = Integer.getInteger("everfold.postgres.cycles", 2);

    @Test
    void processes_that_contend_leave_no_gap_and_readers_miss_nothing() throws Exception {
        StoreUri uri = PostgresServer.V18.newStore();
        try (EventStore store = PostgresEventStore.open(uri.toString());
                // Transactions that stay open, here and in another database, hold up nobody.
                Connection here = openTransaction("postgres", uri);
                Connection elsewhere = openTransaction("template1", uri)) {
            FutureTask<List<Long>> polling = reader(store, false);
            FutureTask<List<Long>> waiting = reader(store, true);

            List<Process> processes = new ArrayList<>();
            for (int i = 0; i < PROCESSES; i++) {
                processes.add(start(uri, i, APPENDS / PROCESSES / THREADS));
            }
            Map<String, Long> acknowledged = new HashMap<>();
            for (Process process : processes) {
                acknowledged.putAll(acknowledgedBy(process));
                assertThat(process.waitFor()).isZero();
            }

            assertThat(acknowledged).hasSize(APPENDS);
            check(store, acknowledged);
            assertThat(polling.get()).hasSize(APPENDS).isSorted().doesNotHaveDuplicates();
            assertThat(waiting.get()).hasSize(APPENDS).isSorted().doesNotHaveDuplicates();
            here.rollback();
            elsewhere.rollback();
        }
    }

    @Test
    void a_process_that_is_killed_loses_nothing_that_it_was_told() throws Exception {
        StoreUri uri = PostgresServer.V18.newStore();
        try (EventStore store = PostgresEventStore.open(uri.toString())) {
            Map<String, Long> acknowledged = new HashMap<>();
            for (int cycle = 0; cycle < KILLS; cycle++) {
                Process process = start(uri, cycle, 1_000_000);
                assertThat(store.awaitPosition(store.nextPosition() + 300, Duration.ofSeconds(60)))
                        .isTrue();
                process.toHandle().destroyForcibly();
                acknowledged.putAll(acknowledgedBy(process));
                assertThat(process.waitFor()).isEqualTo(ChildJvm.KILLED);
            }

            check(store, acknowledged);
            assertThat(acknowledged).isNotEmpty();
        }
    }

    private static Process start(StoreUri uri, int number, int appends) throws Exception {
        return ChildJvm.of(
                        AppendingProcess.class,
                        uri.with("mode", "existing").toString(),
                        String.valueOf(number),
                        String.valueOf(THREADS),
                        String.valueOf(appends))
                .start();
    }

    private static Map<String, Long> acknowledgedBy(Process process) throws Exception {
        Map<String, Long> acknowledged = new HashMap<>();
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ", -1);
                if (words.length == 2) {
                    acknowledged.put(words[0], Long.valueOf(words[1]));
                }
            }
        }
        return acknowledged;
    }

    /// No gap, nothing twice, all that was acknowledged at its place, and each boundary append alone since it
    /// looked.
    private static void check(EventStore store, Map<String, Long> acknowledged) {
        List<RecordedEvent> log = store.read(Read.all()).toList();
        for (int i = 0; i < log.size(); i++) {
            assertThat(log.get(i).position()).isEqualTo(i);
        }
        Map<String, Long> there =
                log.stream().collect(Collectors.toMap(event -> event.id().toString(), RecordedEvent::position));
        assertThat(there).containsAllEntriesOf(acknowledged);
        Map<String, Long> revisions = new HashMap<>();
        for (RecordedEvent event : log) {
            assertThat(event.revision()).isEqualTo(revisions.merge(event.stream(), 0L, (last, _) -> last + 1));
        }
        assertThat(store.read(Read.matching(Query.tags("shared"))).toList()).hasSizeGreaterThan(0);
    }

    private static Connection openTransaction(String database, StoreUri uri) throws Exception {
        Connection connection = PostgresServer.V18.connect(database);
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("create temporary table held (number int)");
            statement.execute("insert into held values (1)");
            if (database.equals("postgres")) {
                statement.execute("select count(*) from " + uri.parameters().get("schema") + ".event");
            }
        }
        return connection;
    }

    private static FutureTask<List<Long>> reader(EventStore store, boolean waits) {
        FutureTask<List<Long>> reader = new FutureTask<>(() -> {
            List<Long> seen = new ArrayList<>();
            long next = 0;
            while (seen.size() < APPENDS) {
                if (waits) {
                    store.awaitPosition(next, Duration.ofSeconds(1));
                } else {
                    LockSupport.parkNanos(1_000_000);
                }
                try (EventCursor cursor = store.read(Read.all().fromPosition(next))) {
                    while (cursor.hasNext()) {
                        seen.add(cursor.next().position());
                    }
                    next = cursor.nextPosition();
                }
            }
            return seen;
        });
        Thread.ofVirtual().start(reader);
        return reader;
    }
}
