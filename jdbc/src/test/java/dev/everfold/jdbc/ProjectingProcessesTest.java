package dev.everfold.jdbc;

import static dev.everfold.jdbc.Accounts.fold;
import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.projection.Build;
import dev.everfold.eventsourcing.subscription.Backoff;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.testkit.ChildJvm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Other processes project a log that this one writes, and are killed, and stopped for longer than their lease.
@Timeout(300)
class ProjectingProcessesTest {

    private static final long SEED = Long.getLong("everfold.seed", 11);
    /// Of each database.
    private static final int KILLS = Integer.getInteger("everfold.projection.kills", 20);

    private static final int ACCOUNTS = 5;
    private static final Duration LEASE = Duration.ofMillis(500);

    @TempDir
    Path folder;

    private final List<Process> children = new ArrayList<>();
    private final Random random = new Random(SEED);
    private EventStore store;
    private DataSource database;
    private JdbcReadModel model;
    private String url;

    @BeforeEach
    void create() {
        store = EventStores.open("log:" + folder.resolve("log"));
        for (int i = 0; i < ACCOUNTS; i++) {
            Accounts.open(store, "a" + i);
        }
    }

    @AfterEach
    void close() {
        children.forEach(Process::destroyForcibly);
        store.close();
    }

    private void connect(TestDatabase kind) throws Exception {
        url = kind.emptyUrl(folder);
        database = TestDatabase.dataSource(url, true);
        model = JdbcReadModel.on(database, Accounts.SCHEMA);
    }

    private long append(int events) {
        long last = 0;
        for (int i = 0; i < events; i++) {
            last = Accounts.deposit(store, "a" + random.nextInt(ACCOUNTS), random.nextInt(1_000));
        }
        return last;
    }

    private long position() {
        return serving().map(Build::position).orElse(0L);
    }

    private Optional<Build> serving() {
        return model.builds("balances").stream().filter(Build::serving).findFirst();
    }

    private void assertModelIsAtItsCheckpoint() {
        serving().ifPresent(build -> {
            Accounts.Held held = Accounts.held(model, build);
            assertThat(held.rows()).as("seed %s, at %s", SEED, held.position()).isEqualTo(fold(store, held.position()));
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"SQLITE_WAL", "POSTGRESQL_18"})
    void a_process_that_is_killed_leaves_a_model_that_is_at_its_checkpoint(TestDatabase kind) throws Exception {
        connect(kind);

        for (int kill = 0; kill < KILLS; kill++) {
            append(300);
            long from = position();
            Process child = start(1);
            long until = from + 1 + random.nextInt(200);
            Accounts.await(() -> position() >= until);
            child.destroyForcibly().waitFor();

            assertModelIsAtItsCheckpoint();
        }

        long last = append(1);
        start(1);
        Accounts.await(() -> position() > last);
        assertModelIsAtItsCheckpoint();
    }

    @Test
    void who_stands_still_for_longer_than_his_lease_is_replaced_and_changes_nothing_when_he_wakes_up()
            throws Exception {
        connect(TestDatabase.POSTGRESQL_18);
        start(1);
        start(1);
        long first = append(300);
        Accounts.await(() -> position() > first);

        for (int stop = 0; stop < 3; stop++) {
            append(100);
            Process owner = owner();
            signal(owner, "STOP");
            long last = append(200);
            Accounts.await(() -> position() > last);
            assertThat(owner().pid()).isNotEqualTo(owner.pid());
            assertModelIsAtItsCheckpoint();

            signal(owner, "CONT");
            long later = append(200);
            Accounts.await(() -> position() > later);
            assertModelIsAtItsCheckpoint();
        }
        assertThat(children).allMatch(Process::isAlive);
    }

    @Test
    void two_processes_share_four_partitions_and_one_goes_on_alone() throws Exception {
        connect(TestDatabase.POSTGRESQL_18);
        start(4);
        start(4);
        long first = append(500);
        Accounts.await(() -> position() > first);
        assertModelIsAtItsCheckpoint();

        append(500);
        children.getFirst().destroyForcibly().waitFor();
        long last = append(500);

        Accounts.await(() -> position() > last);
        assertModelIsAtItsCheckpoint();
    }

    private Process owner() throws Exception {
        String owner = TestDatabase.strings(database, "select owner from everfold_partitions")
                .getFirst();
        return children.stream()
                .filter(child -> owner.equals("process " + child.pid()))
                .findFirst()
                .orElseThrow();
    }

    private static void signal(Process process, String name) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        assertThat(kill.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(kill.exitValue()).isZero();
    }

    private Process start(int partitions) throws Exception {
        Process child = ChildJvm.of(
                        Projecting.class, folder.resolve("log").toString(), url, Integer.toString(partitions))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        children.add(child);
        return child;
    }

    /// Projects until its parent ends.
    static final class Projecting {

        private Projecting() {}

        public static void main(String[] arguments) throws Exception {
            JdbcReadModel model = JdbcReadModel.on(TestDatabase.dataSource(arguments[1], true), Accounts.SCHEMA);
            try (EventStore log = EventStores.open("log:" + arguments[0] + "?mode=read");
                    Everfold everfold = Everfold.on(log)) {
                everfold.start(
                        Accounts.projection()
                                .partitions(Integer.parseInt(arguments[2]))
                                .options(Accounts.OPTIONS
                                        .withLease(LEASE)
                                        .withBatchEventsMax(7)
                                        .withBackoff(new Backoff(Duration.ofMillis(1), Duration.ofMillis(20)))),
                        model);
                while (System.in.read() >= 0) {
                    // Nothing is said; the end is.
                }
            }
        }
    }
}
