package dev.everfold.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.StoreUri;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Racers for one boundary, each with a store of its own. One is held up in a phase of its append, and then the others
/// come: whichever phase it is, one wins and the others are told.
@Timeout(60)
@Isolated // counts who waits on the server that all share
class RacersTest {

    private static final int RACERS = 4;
    private static final PostgresOptions PATIENT =
            PostgresOptions.DEFAULTS.withTimes(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofSeconds(40));

    /// Taken in whichever phase is to be held up.
    private static final String HOLD = "pg_advisory_xact_lock_shared(8_140_526)";

    /// Where an append is held up.
    enum Phase {
        /// It has not got the sequencer.
        WAITING("select pg_advisory_lock({sequencer})"),
        /// It has the sequencer and has not looked.
        LOOKING("begin", "lock table {schema}.batch in access exclusive mode"),
        /// It has looked, and stores.
        STORING(
                "create function {schema}.hold() returns trigger language plpgsql as 'begin perform " + HOLD
                        + "; return new; end'",
                "create trigger hold before insert on {schema}.event for each row execute function {schema}.hold()",
                "select pg_advisory_lock(8_140_526)"),
        /// It has stored all, and commits.
        COMMITTING(
                "create function {schema}.hold() returns trigger language plpgsql as 'begin perform " + HOLD
                        + "; return null; end'",
                "create constraint trigger hold after insert on {schema}.batch deferrable initially deferred"
                        + " for each row execute function {schema}.hold()",
                "select pg_advisory_lock(8_140_526)");

        @SuppressWarnings("ImmutableEnumChecker") // unmodifiable
        private final List<String> holdUp;

        Phase(String... holdUp) {
            this.holdUp = List.of(holdUp);
        }
    }

    /// What the racers expect.
    enum Expecting {
        NO_STREAM,
        NOTHING_MATCHING,
        BOTH_FOR_TWO_EVENTS;

        Append append(int racer) {
            NewEvent placed = NewEvent.of("order-17", "order.placed", "{\"racer\":" + racer + "}")
                    .withTags("order:17");
            return switch (this) {
                case NO_STREAM -> Append.of(placed).expecting("order-17", Expected.noStream());
                case NOTHING_MATCHING -> Append.of(placed).unless(Query.tags("order:17"), 0);
                case BOTH_FOR_TWO_EVENTS ->
                    Append.of(placed, NewEvent.of("customer-4", "customer.ordered", "{}"))
                            .expecting("order-17", Expected.noStream())
                            .unless(Query.tags("order:17"), 0);
            };
        }
    }

    static Stream<Arguments> races() {
        return Stream.of(Phase.values())
                .flatMap(phase -> Stream.of(Expecting.values()).map(expecting -> Arguments.of(phase, expecting)));
    }

    private final List<EventStore> stores = new ArrayList<>();
    private StoreUri uri;
    private Connection holder;

    @BeforeEach
    void open() throws SQLException {
        uri = PostgresServer.V18.newStore();
        for (int racer = 0; racer < RACERS; racer++) {
            StoreUri named = uri.with("ApplicationName", "racer-" + racer);
            EventStore store = PostgresEventStore.open(named, PATIENT, Clock.systemUTC());
            stores.add(store);
            store.append(Append.of(NewEvent.of("warm-" + racer, "warmed", "{}"))); // it has its connection
        }
        holder = PostgresServer.V18.connect();
    }

    @AfterEach
    void close() throws SQLException {
        holder.close();
        stores.forEach(EventStore::close);
    }

    @ParameterizedTest
    @MethodSource("races")
    void of_racers_that_come_while_one_is_held_up_exactly_one_wins(Phase phase, Expecting expecting) throws Exception {
        List<FutureTask<Appended>> racers = race(phase, expecting);

        release();

        assertThat(winners(racers)).hasSize(1);
        assertThat(stores.getFirst().read(Read.stream("order-17")).toList()).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("races")
    void one_wins_too_when_the_connection_of_the_one_held_up_ends(Phase phase, Expecting expecting) throws Exception {
        List<FutureTask<Appended>> racers = race(phase, expecting);

        PostgresServer.V18.run("select pg_terminate_backend(pid) from pg_stat_activity"
                + " where application_name = 'racer-0' and wait_event_type = 'Lock'");
        release();

        assertThat(winners(racers)).hasSize(1);
        assertThat(stores.getFirst().read(Read.stream("order-17")).toList()).hasSize(1);
    }

    /// Starts all racers, of which the first is held up in the phase by then and the others wait behind it.
    private List<FutureTask<Appended>> race(Phase phase, Expecting expecting) throws SQLException {
        Sql sql = new Sql(uri.parameters().get("schema"));
        try (Statement statement = holder.createStatement()) {
            for (String text : phase.holdUp) {
                statement.execute(sql.in(text).replace("{sequencer}", String.valueOf(sql.sequencer())));
            }
        }
        List<FutureTask<Appended>> racers = new ArrayList<>();
        for (int racer = 0; racer < RACERS; racer++) {
            EventStore store = stores.get(racer);
            Append append = expecting.append(racer);
            Callable<Appended> call = () -> store.append(append);
            FutureTask<Appended> task = new FutureTask<>(call);
            racers.add(task);
            Thread.ofVirtual().start(task);
            awaitWaiting(racer + 1);
        }
        return racers;
    }

    private static void awaitWaiting(int racers) throws SQLException {
        String waiting = "select 1 from pg_stat_activity where application_name like 'racer-%'"
                + " and wait_event_type = 'Lock' having count(*) = " + racers;
        try (Connection connection = PostgresServer.V18.connect();
                Statement statement = connection.createStatement()) {
            while (!statement.executeQuery(waiting).next()) {
                LockSupport.parkNanos(2_000_000);
            }
        }
    }

    private void release() throws SQLException {
        try (Statement statement = holder.createStatement()) {
            statement.execute("rollback; select pg_advisory_unlock_all()");
        }
    }

    /// Those that were acknowledged; each of the others was told that somebody was faster.
    private static List<Appended> winners(List<FutureTask<Appended>> racers) throws InterruptedException {
        List<Appended> winners = new ArrayList<>();
        for (FutureTask<Appended> racer : racers) {
            try {
                winners.add(racer.get());
            } catch (ExecutionException refused) {
                assertThat(refused.getCause())
                        .isInstanceOf(AppendConflictException.class)
                        .isInstanceOf(EventStoreException.class);
            }
        }
        return winners;
    }
}
