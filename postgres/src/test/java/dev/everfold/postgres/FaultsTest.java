package dev.everfold.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStoreException.Stored;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.OutcomeUnknownException;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.StorageFullException;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.eventstore.StoreUri;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Connections that end, servers that die, disks that are full: what callers are told, and that nothing is lost.
@Timeout(120)
@Isolated // what it measures or ends is the server that all share
class FaultsTest {

    private static final int CYCLES = Integer.getInteger("everfold.postgres.cycles", 3);

    private static final PostgresOptions QUICK =
            PostgresOptions.DEFAULTS.withTimes(Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofSeconds(10));

    @TempDir
    Path folder;

    private static EventStore open(StoreUri store) {
        return PostgresEventStore.open(store, QUICK, Clock.systemUTC());
    }

    private static Append placed() {
        return Append.of(NewEvent.of("order-17", "order.placed", "{}"));
    }

    @Test
    void connections_that_the_server_ends_lose_and_repeat_nothing() throws Exception {
        StoreUri uri = PostgresServer.V18.newStore();
        try (EventStore store = open(uri.with("ApplicationName", "doomed"))) {
            Writers writers = new Writers(store, 6);
            try (writers) {
                for (int cycle = 0; cycle < CYCLES * 5; cycle++) {
                    writers.awaitMore(20);
                    PostgresServer.V18.run("select pg_terminate_backend(pid) from pg_stat_activity"
                            + " where application_name = 'doomed'");
                }
                writers.awaitMore(20);
            }
            writers.check(store);
        }
    }

    @Test
    void a_server_that_is_killed_and_started_again_has_all_that_was_acknowledged() throws Exception {
        try (OwnServer server = new OwnServer(folder, false);
                EventStore store = open(server.store("everfold"))) {
            Writers writers = new Writers(store, 6);
            try (writers) {
                for (int cycle = 0; cycle < CYCLES; cycle++) {
                    writers.awaitMore(50);
                    server.kill();
                    server.start();
                }
                writers.awaitMore(50);
            }
            writers.check(store);
            assertThat(writers.refusals.get())
                    .as("appends that met a dead server")
                    .isPositive();
        }
    }

    /// After the first append it is not known how the log ends, and after some more it is.
    @ParameterizedTest
    @CsvSource({"1, false", "5, false", "5, true"})
    void a_process_of_the_server_that_falls_silent_costs_its_time_and_appends_nothing_twice(
            int before, boolean isCallerVirtual) throws Exception {
        PostgresOptions impatient =
                QUICK.withTimes(Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofSeconds(1));
        try (OwnServer server = new OwnServer(folder, false);
                EventStore store = PostgresEventStore.open(server.store("everfold"), impatient, Clock.systemUTC())) {
            for (int i = 0; i < before; i++) {
                store.append(placed());
            }
            List<Long> silent = server.processes("everfold");
            signal("STOP", silent);

            FutureTask<Appended> append = new FutureTask<>(() -> store.append(placed()));
            (isCallerVirtual ? Thread.ofVirtual() : Thread.ofPlatform()).start(append);
            assertThat(append.get().fromPosition()).isEqualTo(before);

            signal("CONT", silent);
            assertThat(store.append(placed()).fromPosition()).isEqualTo(before + 1);
            assertThat(store.read(Read.all()).toList()).hasSize(before + 2);
        }
    }

    private static void signal(String name, List<Long> processes) throws Exception {
        assertThat(processes).isNotEmpty();
        List<String> command = new ArrayList<>(List.of("kill", "-" + name));
        processes.forEach(process -> command.add(process.toString()));
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    @Test
    void a_host_that_is_not_known_is_named() {
        assertThatThrownBy(() -> open(StoreUri.parse("postgresql://alice@nowhere.invalid/shop")))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessage(
                        "The store in schema \"everfold\" of postgresql://nowhere.invalid/shop cannot be reached: the"
                                + " host \"nowhere.invalid\" is not known here. Nothing was stored. Correct the URI, or"
                                + " see that the name can be looked up.");
    }

    @Test
    void wrong_logins_and_missing_servers_are_said_in_one_line() throws Exception {
        try (OwnServer server = new OwnServer(folder, false)) {
            assertThatThrownBy(() -> open(server.uri("postgres:guess@", "postgres", "everfold")))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessage("The store in schema \"everfold\" of postgresql://127.0.0.1:" + server.port()
                            + "/postgres cannot be opened: password authentication failed for user \"postgres\"."
                            + " Correct user, password or database of the URI.");
            assertThatThrownBy(() -> open(server.uri("postgres:secret@", "nowhere", "everfold")))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessage("The store in schema \"everfold\" of postgresql://127.0.0.1:" + server.port()
                            + "/nowhere cannot be opened: database \"nowhere\" does not exist."
                            + " Correct user, password or database of the URI.");
            server.kill();
            assertThatThrownBy(() -> open(server.store("everfold")))
                    .isInstanceOfSatisfying(StoreUnavailableException.class, refused -> {
                        assertThat(refused.retryable()).isTrue();
                        assertThat(refused.stored()).isEqualTo(Stored.NO);
                    })
                    .hasMessageStartingWith("The store in schema \"everfold\" of postgresql://127.0.0.1:"
                            + server.port() + "/postgres cannot be reached: Connection to 127.0.0.1:")
                    .hasMessageEndingWith(" Nothing was stored. It goes on as soon as the server answers.");
            server.start();
        }
    }

    @Test
    void a_full_disk_refuses_appends_and_takes_them_again_once_there_is_room() throws Exception {
        try (OwnServer server = new OwnServer(folder, true);
                EventStore store = open(server.store("everfold"))) {
            store.append(placed());
            server.run("create table filler (data bytea)");
            server.run("alter table filler alter column data set storage external");
            List<StorageFullException> full = new ArrayList<>();
            byte[] bytes = new byte[400_000];
            Append large =
                    Append.of(NewEvent.of("file-1", "stored", "{}").withContent(NewEvent.BINARY, Bytes.of(bytes)));
            fill(server);

            for (int i = 0; i < 40 && full.isEmpty(); i++) {
                try {
                    store.append(large.withId(UUID.randomUUID()));
                } catch (StorageFullException refused) {
                    full.add(refused);
                }
            }
            long before = store.nextPosition();
            server.run("drop table filler");
            store.append(placed());

            assertThat(full).hasSize(1);
            assertThat(full.getFirst())
                    .hasMessage("No space left for appends in schema \"everfold\" of postgresql://127.0.0.1:"
                            + server.port()
                            + "/postgres; nothing was stored. Free space there; appends then go on.");
            assertThat(store.nextPosition()).isEqualTo(before + 1);
            assertThat(store.read(Read.all()).toList()).hasSize((int) before + 1);
        }
    }

    /// Takes most of the disk, by rows of which no log is written.
    private static void fill(OwnServer server) throws Exception {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("alter table filler set unlogged");
            String row = "insert into filler select string_agg(decode(md5(i::text), 'hex'), '')"
                    + " from generate_series(1, 65536) i";
            for (int i = 0; i < 300; i++) {
                statement.execute(row);
            }
        } catch (SQLException full) {
            assertThat(full.getSQLState()).isEqualTo("53100");
        }
    }

    @Test
    void a_transaction_of_another_isolation_is_refused_by_name() throws Exception {
        StoreUri uri = PostgresServer.V18.newStore();
        open(uri).close();
        PostgresServer.V18.run(
                "drop role if exists strict",
                "create role strict superuser login",
                "alter role strict set default_transaction_isolation = 'repeatable read'");

        try (EventStore store = open(uri.with("user", "strict"))) {
            assertThatThrownBy(() -> store.append(placed()))
                    .isInstanceOfSatisfying(StoreUnavailableException.class, refused -> {
                        assertThat(refused.stored()).isEqualTo(Stored.NO);
                        assertThat(refused.retryable()).isFalse();
                    })
                    .hasMessage("The store in schema \"" + uri.parameters().get("schema")
                            + "\" of postgresql://localhost:" + PostgresServer.V18.port()
                            + "/postgres was given a transaction of isolation \"repeatable read\"; expected read"
                            + " committed, since others do not see what was committed while they wait. Nothing was"
                            + " stored. Correct default_transaction_isolation or the pool.");
            assertThat(store.nextPosition()).isZero();
        }
    }

    @Test
    void a_transaction_that_holds_the_sequencer_for_long_makes_others_fail_in_time_and_by_name() throws Exception {
        StoreUri uri = PostgresServer.V18.newStore();
        try (EventStore store = open(uri);
                Connection holder = PostgresServer.V18.connect();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute(
                    "select pg_advisory_xact_lock(" + new Sql(uri.parameters().get("schema")).sequencer() + ")");

            assertThatThrownBy(() -> store.append(placed()))
                    .isInstanceOfSatisfying(
                            StoreUnavailableException.class,
                            refused -> assertThat(refused.retryable()).isTrue())
                    .hasMessageContaining("took no append in time, since another transaction holds its sequencer");
            holder.rollback();

            assertThat(store.append(placed()).fromPosition()).isZero();
        }
    }

    /// Whoever waits in a virtual thread does not talk to the server itself: interrupting it would end the
    /// connection.
    @Test
    void an_append_whose_virtual_caller_is_interrupted_is_stored_all_the_same() throws Exception {
        StoreUri uri = PostgresServer.V18.newStore();
        long sequencer = new Sql(uri.parameters().get("schema")).sequencer();
        String waiting =
                "select pid from pg_stat_activity where wait_event = 'advisory' and query like '%" + sequencer + "%'";
        try (EventStore store = open(uri);
                Connection holder = PostgresServer.V18.connect();
                Statement statement = holder.createStatement()) {
            store.append(placed());
            statement.execute("select pg_advisory_lock(" + sequencer + ")");
            FutureTask<Appended> append = new FutureTask<>(() -> store.append(placed()));
            Thread caller = Thread.ofVirtual().start(append);
            List<String> process = List.of();
            while (process.isEmpty() && !append.isDone()) {
                process = PostgresServer.V18.strings(waiting);
            }

            caller.interrupt();
            assertThatThrownBy(append::get).hasCauseInstanceOf(OutcomeUnknownException.class);
            assertThat(PostgresServer.V18.strings(waiting)).hasSize(1).isEqualTo(process);

            statement.execute("select pg_advisory_unlock(" + sequencer + ")");
            assertThat(store.append(placed()).fromPosition()).isEqualTo(2);
        }
    }

    /// After the first append it is not known how the log ends, and after some more it is.
    @ParameterizedTest
    @ValueSource(ints = {1, 5})
    void a_partition_that_is_locked_for_long_makes_appends_fail_as_soon_as_the_sequencer_would(int before)
            throws Exception {
        StoreUri uri = PostgresServer.V18.newStore();
        try (EventStore store = open(uri);
                Connection holder = PostgresServer.V18.connect();
                Statement statement = holder.createStatement()) {
            for (int i = 0; i < before; i++) {
                store.append(placed());
            }
            holder.setAutoCommit(false);
            statement.execute(
                    "lock table " + uri.parameters().get("schema") + ".event_000000 in access exclusive mode");

            assertThatThrownBy(() -> store.append(placed()))
                    .isInstanceOfSatisfying(
                            StoreUnavailableException.class,
                            refused -> assertThat(refused.retryable()).isTrue())
                    .hasMessage("The store in schema \"" + uri.parameters().get("schema")
                            + "\" of postgresql://localhost:" + PostgresServer.V18.port()
                            + "/postgres took no append in time, since another transaction holds its sequencer or one"
                            + " of its tables; nothing was stored. Repeat the append; end what holds it if it lasts.");
            holder.rollback();

            assertThat(store.append(placed()).fromPosition()).isEqualTo(before);
        }
    }
}
