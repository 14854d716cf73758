package dev.everfold.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendCondition.NothingMatching;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StoreUri;
import dev.everfold.postgres.AppendDecisions.Decision.Accepted;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.PGConnection;

/// What a process knows of the end of the log counts while the log ends so, and spares the server a look-up.
@Timeout(60)
class KnownEndTest {

    private static final int APPENDS = 300;

    /// So many calls make an end likely.
    private static final int CALLS = 4;

    /// Number of an advisory lock that holds up whoever looks up conditions.
    private static final long HOLD = 8_140_527;

    private StoreUri uri;

    @BeforeEach
    void name() {
        uri = PostgresServer.V18.newStore();
    }

    private EventStore open() {
        return EventStores.open(uri.toString());
    }

    private static Append one(String stream) {
        return Append.of(NewEvent.of(stream, "noted", "{}"));
    }

    private static Append two(String stream) {
        return Append.of(NewEvent.of(stream, "noted", "{}"), NewEvent.of(stream, "noted", "{}"));
    }

    @Test
    void a_log_that_ends_as_it_is_known_goes_on_from_what_is_known() throws Exception {
        try (EventStore store = open();
                Connection connection = connect()) {
            Append first = two("order-1");
            store.append(first);

            Append second = two("order-1");
            assertThat(behind(connection, known(0, first.id(), 2, "order-1", 41), second))
                    .contains(new Appended(2, List.of(42L, 43L)));
            assertThat(behind(connection, known(1, second.id(), 4, "order-1", 50), one("order-1")))
                    .contains(new Appended(4, List.of(51L)));
        }
    }

    @Test
    void a_log_that_ends_otherwise_takes_nothing() throws Exception {
        try (EventStore store = open();
                Connection connection = connect()) {
            Append first = two("order-1");
            Append second = one("order-1");
            store.append(first);
            store.append(second);

            for (Append next : List.of(one("order-1"), two("order-1"))) {
                assertThat(behind(connection, known(0, first.id(), 2, "order-1", 1), next))
                        .as("others have appended")
                        .isEmpty();
                assertThat(behind(connection, known(1, new UUID(1, 2), 3, "order-1", 2), next))
                        .as("another append of the same number")
                        .isEmpty();
                assertThat(behind(connection, known(2, second.id(), 3, "order-1", 2), next))
                        .as("another number of the same append")
                        .isEmpty();
                LogEnd ofAnother = end(serverStarted() - 1, 1, second.id());
                assertThat(behind(connection, known(ofAnother, 3, "order-1", 2), next))
                        .as("of another server")
                        .isEmpty();
            }
            assertThat(store.nextPosition()).isEqualTo(3);
            assertThat(behind(connection, known(1, second.id(), 3, "order-1", 2), one("order-1")))
                    .as("this is how it ends")
                    .isNotEmpty();
        }
    }

    @Test
    void while_somebody_else_appends_nothing_is_stored_behind_what_is_known() throws Exception {
        try (EventStore store = open();
                Connection connection = connect();
                Connection other = connect()) {
            Append first = two("order-1");
            store.append(first);
            other.setAutoCommit(false);
            String schema = uri.parameters().get("schema");
            other.createStatement().execute("select pg_advisory_xact_lock(" + new Sql(schema).sequencer() + ")");

            for (Append next : List.of(one("order-1"), two("order-1"))) {
                assertThat(behind(connection, known(0, first.id(), 2, "order-1", 1), next))
                        .isEmpty();
            }
            other.rollback();
            assertThat(behind(connection, known(0, first.id(), 2, "order-1", 1), one("order-1")))
                    .isNotEmpty();
        }
    }

    /// Whoever passes by the sequencer leaves a duplicate key.
    @Test
    void a_place_that_was_taken_meanwhile_stores_nothing() throws Exception {
        try (EventStore store = open();
                Connection connection = connect()) {
            Append first = two("order-1");
            store.append(first);
            String schema = uri.parameters().get("schema");
            PostgresServer.V18.run(
                    "insert into " + schema + ".event (position, revision, recorded, id, stream, type, data)"
                            + " values (2, 0, 0, gen_random_uuid(), 'order-2', 'noted', '')");

            for (Append next : List.of(one("order-1"), two("order-1"))) {
                assertThatThrownBy(() -> behind(connection, known(0, first.id(), 2, "order-1", 1), next))
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                failure -> assertThat(SqlFailures.isDuplicate(failure))
                                        .isTrue());
            }
            assertThat(PostgresServer.V18.strings("select count(*) from " + schema + ".batch"))
                    .containsExactly("1");
        }
    }

    @Test
    void appends_that_are_remembered_are_found_behind_what_is_known() throws Exception {
        try (EventStore store = open();
                Connection connection = connect()) {
            Append first = two("order-1");
            Append second = one("order-1");
            store.append(first);
            store.append(second);
            KnownEnd known = known(1, second.id(), 3, "order-1", 2);
            known.learnHighestId(first.id());
            known.learnHighestId(second.id());

            for (Append again : List.of(first, second, one("order-1").withId(first.id()))) {
                assertThat(behind(connection, known, again)).isEmpty();
            }
            assertThat(behind(connection, known, List.of(one("order-1"), second)))
                    .isEmpty();
            assertThat(store.nextPosition()).isEqualTo(3);

            assertThat(behind(connection, known, one("order-1").withId(new UUID(0, 1))))
                    .as("an id below others that is new")
                    .isNotEmpty();
        }
    }

    @Test
    void an_id_above_all_is_new_and_is_compared_as_the_server_does() {
        KnownEnd known = new KnownEnd();
        assertThat(known.mayRemember(new UUID(-1, -1))).as("nothing is known").isTrue();

        known.learnHighestId(new UUID(1, -1));
        assertThat(known.mayRemember(new UUID(1, -1))).isTrue();
        assertThat(known.mayRemember(new UUID(1, Long.MAX_VALUE))).isTrue();
        assertThat(known.mayRemember(new UUID(2, 0))).isFalse();
        assertThat(known.mayRemember(new UUID(-1, 0))).isFalse();

        known.learnHighestId(new UUID(0, 0));
        assertThat(known.mayRemember(new UUID(1, 0)))
                .as("what is highest stays")
                .isTrue();
    }

    @Test
    void revisions_that_are_not_known_are_read() throws Exception {
        try (EventStore store = open();
                Connection connection = connect()) {
            store.append(two("order-2"));
            Append last = one("order-1");
            store.append(last);

            Optional<AppendDecisions> stored = run(
                    connection,
                    known(1, last.id(), 3, "order-1", 0),
                    List.of(
                            one("order-2").expecting("order-2", Expected.revision(1)),
                            one("order-1").expecting("order-3", Expected.noStream()),
                            one("order-3").expecting("order-3", Expected.noStream()),
                            one("order-3").expecting("order-3", Expected.revision(0))));

            assertThat(stored.orElseThrow().revisions()).isEqualTo(Map.of("order-1", 1L, "order-2", 2L, "order-3", 1L));
            assertThat(store.read(Read.stream("order-3")).toList())
                    .extracting(RecordedEvent::position, RecordedEvent::revision)
                    .containsExactly(tuple(5L, 0L), tuple(6L, 1L));
        }
    }

    @Test
    void what_would_be_refused_behind_what_is_known_is_not_stored() throws Exception {
        try (EventStore store = open();
                Connection connection = connect()) {
            Append last = two("order-1");
            store.append(last);
            KnownEnd known = known(0, last.id(), 2, "order-1", 1);

            for (Append refused : List.of(
                    one("order-1").expecting("order-1", Expected.noStream()),
                    one("order-1").unless(Query.types("noted"), 0),
                    two("order-1").unless(Query.stream("order-1"), 1),
                    one("order-1").unless(Query.all(), 1),
                    one("order-1").unless(Query.types("none"), 4))) {
                assertThat(behind(connection, known, refused)).isEmpty();
                assertThat(behind(connection, known, List.of(one("order-3"), refused)))
                        .isEmpty();
            }
            assertThat(store.nextPosition()).isEqualTo(2);
        }
    }

    @Test
    void a_condition_on_older_events_is_looked_up() throws Exception {
        try (EventStore store = open();
                Connection connection = connect()) {
            Append last = two("order-1");
            store.append(last);
            KnownEnd known = known(0, last.id(), 2, "order-1", 1);

            assertThat(behind(connection, known, two("order-1").unless(Query.types("none"), 0)))
                    .contains(new Appended(2, List.of(2L, 3L)));
        }
    }

    @Test
    void appends_of_a_batch_may_bear_on_each_other() throws Exception {
        try (EventStore store = open();
                Connection connection = connect()) {
            Append last = two("order-1");
            store.append(last);

            List<Append> batch = List.of(
                    one("order-1").expecting("order-1", Expected.revision(1)),
                    one("order-1").expecting("order-1", Expected.revision(2)),
                    one("order-2").unless(Query.stream("order-1"), 4));
            assertThat(behind(connection, known(0, last.id(), 2, "order-1", 1), batch))
                    .contains(new Appended(2, List.of(2L)), new Appended(3, List.of(3L)), new Appended(4, List.of(0L)));
        }
    }

    @Test
    void conditions_on_what_came_of_late_are_not_looked_up_while_nobody_else_appends() throws Exception {
        try (EventStore store = open()) {
            for (int i = 0; i < APPENDS; i++) {
                long from = store.nextPosition();
                store.append((i % 2 == 0 ? two("order-1") : one("order-1")).unless(Query.types("noted"), from));
            }
        }

        assertThat(scans("entry_000000_type_position_idx")).isLessThan(10);
    }

    @Test
    void a_condition_is_known_to_hold_only_as_far_back_as_everything_is_known() {
        KnownEnd known = new KnownEnd();
        UUID[] ids = {new UUID(1, 1), new UUID(1, 2), new UUID(1, 3)};
        learn(known, end(1, 6, new UUID(9, 9)), 7, "order-1", 41, ids[0]);
        learn(known, end(1, 7, ids[0]), 8, "order-2", 0, ids[1]);

        assertThat(known.fulfils(new NothingMatching(Query.stream("order-3"), 7)))
                .isTrue();
        assertThat(known.fulfils(new NothingMatching(Query.stream("order-3"), 9)))
                .as("of the end")
                .isTrue();
        assertThat(known.fulfils(new NothingMatching(Query.stream("order-3"), 6)))
                .as("of what came before")
                .isFalse();
        assertThat(known.fulfils(new NothingMatching(Query.stream("order-3"), 10)))
                .as("of what is ahead")
                .isFalse();
        assertThat(known.fulfils(new NothingMatching(Query.stream("order-1"), 7)))
                .isFalse();
        assertThat(known.fulfils(new NothingMatching(Query.stream("order-1"), 8)))
                .isTrue();
    }

    @Test
    void what_is_known_is_carried_on_until_somebody_else_appends() {
        KnownEnd known = new KnownEnd();
        UUID[] ids = {new UUID(1, 1), new UUID(1, 2), new UUID(1, 3)};
        List<String> streams = List.of("order-1", "order-2", "order-3");

        learn(known, end(1, -1, null), 0, "order-1", 41, ids[0]);
        learn(known, end(1, 0, ids[0]), 1, "order-2", 7, ids[1]);
        known.learnHighestId(ids[1]);
        assertThat(known.end()).isEqualTo(end(1, 1, ids[1]));
        assertThat(known.revisions(streams)).isEqualTo(Map.of("order-1", 41L, "order-2", 7L));
        assertThat(known.isHighestIdKnown()).isTrue();

        learn(known, end(1, 4, ids[1]), 5, "order-2", 9, ids[2]);
        assertThat(known.revisions(streams)).isEqualTo(Map.of("order-2", 9L));
        assertThat(known.isHighestIdKnown()).isFalse();
    }

    @Test
    void what_is_known_is_likely_once_nobody_else_has_appended_before_several_calls() {
        KnownEnd known = new KnownEnd();
        LogEnd end = end(1, -1, null);
        for (int call = 0; call < 10; call++) {
            assertThat(known.isLikely()).as("call %s", call).isEqualTo(call >= CALLS);
            UUID id = new UUID(1, call);
            learn(known, end, call, "order-1", call, id);
            end = end(1, call, id);
        }
        known.doubt();
        assertThat(known.isLikely()).as("in doubt").isFalse();

        for (int call = 10; call < 20; call++) {
            assertThat(known.isLikely()).as("call %s", call).isEqualTo(call >= 10 + CALLS - 1);
            UUID id = new UUID(1, call);
            learn(known, end, call, "order-1", call, id);
            end = end(1, call, id);
        }
        learn(known, end(1, 20, new UUID(2, 2)), 21, "order-1", 22, new UUID(3, 3));
        assertThat(known.isLikely()).as("somebody else appended").isFalse();
    }

    @Test
    void somebody_who_appends_before_the_sequencer_is_had_is_met_as_a_duplicate_and_followed() throws Exception {
        String schema = uri.parameters().get("schema");
        try (EventStore store = open();
                Connection other = connect();
                Statement there = other.createStatement()) {
            for (int i = 0; i < CALLS; i++) {
                store.append(one("order-1"));
            }
            other.setAutoCommit(false);
            there.execute("insert into " + schema + ".event (position, revision, recorded, id, stream, type, data)"
                    + " values (4, 4, 0, gen_random_uuid(), 'order-1', 'noted', '')");
            there.execute("insert into " + schema + ".batch (number, next_position, recorded, ids, positions, events)"
                    + " values (4, 5, 0, array[gen_random_uuid()], array[4], array[1])");

            FutureTask<Appended> late = new FutureTask<>(() -> store.append(one("order-1")));
            Thread.ofVirtual().start(late);
            awaitWaitingBehindKnown();
            other.commit();

            assertThat(late.get()).isEqualTo(new Appended(5, List.of(5L)));
        }
    }

    /// What was committed when the statement began is not what there is once it has the sequencer, and the row
    /// of the
    /// newest batch that it knew may be gone by then.
    @Test
    void what_was_appended_while_a_condition_was_looked_up_is_noticed_though_its_traces_are_gone() throws Exception {
        String schema = uri.parameters().get("schema");
        try (EventStore store = open();
                Connection connection = connect();
                Connection holding = connect()) {
            for (int i = 0; i < 2 * CALLS; i++) {
                store.append(one("order-1")); // so that the first of them are not among those that are known
            }
            holding.createStatement().execute("select pg_advisory_lock(" + HOLD + ")");
            PostgresServer.V18.run("do $do$ begin execute replace(pg_get_functiondef('" + schema
                    + ".matches'::regproc), E'\nbegin\n', E'\nbegin perform pg_advisory_lock_shared(" + HOLD
                    + "); perform pg_advisory_unlock_shared(" + HOLD + ");\n'); end $do$");
            Query none = Query.tags("none").or(Query.tags("nowhere"));

            for (Append late : List.of(one("order-1").unless(none, 0), Append.check(new NothingMatching(none, 0)))) {
                long next = store.nextPosition();
                FutureTask<List<Appended>> appending =
                        new FutureTask<>(() -> behind(connection, knownNow(schema, next), late));
                Thread.ofVirtual().start(appending);
                awaitWaiting(
                        "advisory",
                        "pid = " + connection.unwrap(PGConnection.class).getBackendPID());
                for (int i = 0; i < 3; i++) {
                    store.append(Append.track("elsewhere", next * 10 + i));
                    PostgresServer.V18.run("select " + schema + ".index_more(1000)");
                }
                holding.createStatement().execute("select pg_advisory_unlock(" + HOLD + ")");

                assertThat(appending.get()).isEmpty();
                assertThat(store.append(one("order-1")).fromPosition()).isEqualTo(next);
                holding.createStatement().execute("select pg_advisory_lock(" + HOLD + ")");
            }
        }
        assertThat(VerifierTest.damages(uri)).isEmpty();
    }

    /// A sequence may be ahead of the tables: in a dump that was made while somebody appended, and after a crash of
    /// a server that does not sync commits.
    @Test
    void a_log_that_has_lost_what_is_known_takes_nothing_behind_it() throws Exception {
        String schema = uri.parameters().get("schema");
        try (EventStore store = open();
                Connection connection = connect()) {
            Append first = two("order-1");
            Append lost = one("order-1");
            store.append(first);
            store.append(lost);
            PostgresServer.V18.run(
                    "delete from " + schema + ".event where position = 2",
                    "delete from " + schema + ".batch where number = 1");

            for (Append next : List.of(one("order-1"), two("order-1"))) {
                assertThat(behind(connection, known(1, lost.id(), 3, "order-1", 2), next))
                        .isEmpty();
            }
            assertThat(store.append(one("order-1"))).isEqualTo(new Appended(2, List.of(2L)));
        }
        assertThat(VerifierTest.damages(uri)).isEmpty();
    }

    /// What is told outside of transactions stays when one is rolled back.
    @Test
    void an_append_that_is_rolled_back_leaves_the_log_as_it_was_for_who_knows_its_end() throws Exception {
        try (EventStore store = open();
                Connection other = connect()) {
            other.setAutoCommit(false);
            for (int i = 0; i < 4 * CALLS; i++) {
                if (i % (CALLS + 2) == CALLS + 1) {
                    ((PostgresEventStore) store).append(other, two("order-2"));
                    other.rollback();
                }
                assertThat(store.append(one("order-1"))).isEqualTo(new Appended(i, List.of((long) i)));
            }
        }
        assertThat(VerifierTest.damages(uri)).isEmpty();
    }

    /// Knows how the log ends by now.
    private KnownEnd knownNow(String schema, long next) throws SQLException {
        String newest = " from " + schema + ".batch order by number desc limit 1";
        long number = Long.parseLong(
                PostgresServer.V18.strings("select number" + newest).getFirst());
        UUID id = UUID.fromString(
                PostgresServer.V18.strings("select ids[1]" + newest).getFirst());
        return known(number, id, next, "order-1", next - 1);
    }

    private static void awaitWaitingBehindKnown() throws SQLException {
        awaitWaiting("transactionid", "query like '%pg_try_advisory_xact_lock%'");
    }

    private static void awaitWaiting(String event, String who) throws SQLException {
        String waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and wait_event = '"
                + event + "' and " + who;
        while (!PostgresServer.V18.strings(waiting).equals(List.of("1"))) {
            Thread.onSpinWait();
        }
    }

    @Test
    void a_lone_append_to_a_stream_that_is_not_known_is_looked_up_in_one_round_trip_and_of_a_batch_apart() {
        KnownEnd known = known(end(1, 9, new UUID(1, 1)), 10, "order-1", 3);
        PendingAppend unknown = PendingAppend.of(one("order-2"), 0, true);
        PendingAppend there = PendingAppend.of(one("order-1"), 0, true);

        assertThat(AppendBehind.of(List.of(unknown), known)).isEmpty();
        assertThat(AppendBehind.of(List.of(there), known)).isPresent();
        assertThat(AppendBehind.of(List.of(there, unknown), known)).isPresent();
    }

    @Test
    void stores_that_take_turns_at_a_stream_count_on_from_each_other() {
        try (EventStore here = open();
                EventStore there = open()) {
            long next = 0;
            for (int i = 0; i < 60; i++) {
                EventStore store = i % 3 == 0 ? there : here;
                Appended appended = store.append(i % 2 == 0 ? two("order-1") : one("order-1"));
                assertThat(appended.revisions().getFirst()).isEqualTo(next);
                next += appended.revisions().size();
            }
        }
    }

    @Test
    void revisions_of_streams_that_nobody_else_appends_to_are_looked_up_once() throws Exception {
        try (EventStore store = open()) {
            for (int i = 0; i < APPENDS; i++) {
                store.append(i % 2 == 0 ? two("order-1") : one("order-1"));
            }
        }

        assertThat(scans("event_000000_stream_revision_idx")).isLessThan(10);
    }

    /// How often an index was searched. What a connection did is counted for sure once it has ended.
    private long scans(String index) throws SQLException {
        String scans = "select idx_scan from pg_stat_user_indexes where schemaname = '"
                + uri.parameters().get("schema") + "' and indexrelname = '" + index + "'";
        return Long.parseLong(PostgresServer.V18.strings(scans).getFirst());
    }

    private KnownEnd known(long number, UUID id, long nextPosition, String stream, long revision) throws SQLException {
        return known(end(serverStarted(), number, id), nextPosition, stream, revision);
    }

    /// The end of a log whose appends were batches of their own.
    private static LogEnd end(long server, long number, @Nullable UUID id) {
        return new LogEnd(server, number, number + 1, id);
    }

    /// Knows it since its last append, and nobody else appended before each of the last calls.
    private static KnownEnd known(LogEnd end, long nextPosition, String stream, long revision) {
        KnownEnd known = new KnownEnd();
        LogEnd before = end(end.server(), end.batch() - CALLS, null);
        for (int left = CALLS - 1; left >= 0; left--) {
            UUID id = left == 0 ? Objects.requireNonNull(end.id()) : new UUID(7, left);
            learn(known, before, nextPosition - left - 1, stream, revision - left, id);
            before = end(end.server(), before.batch() + 1, id);
        }
        return known;
    }

    /// Learns of an append of one event.
    private static void learn(
            KnownEnd known, LogEnd before, long position, String stream, long revision, UUID appendId) {
        Found found = Found.clear(position, Long.MIN_VALUE, before, Map.of(stream, revision - 1));
        AppendDecisions decisions = new AppendDecisions(found, 100);
        var _ = decisions.decide(PendingAppend.of(one(stream).withId(appendId), 0, true));
        known.learn(decisions);
    }

    private static long serverStarted() throws SQLException {
        return Long.parseLong(PostgresServer.V18
                .strings("select (extract(epoch from pg_postmaster_start_time()) * 1000000)::bigint")
                .getFirst());
    }

    private List<Appended> behind(Connection connection, KnownEnd known, Append append) throws SQLException {
        return behind(connection, known, List.of(append));
    }

    /// What the appends were given; nothing when nothing is stored.
    private List<Appended> behind(Connection connection, KnownEnd known, List<Append> batch) throws SQLException {
        return run(connection, known, batch).stream()
                .flatMap(stored -> stored.decided().stream())
                .map(decision -> ((Accepted) decision).appended())
                .toList();
    }

    private Optional<AppendDecisions> run(Connection connection, KnownEnd known, List<Append> batch)
            throws SQLException {
        AppendSql sql = AppendSql.of(new Sql(uri.parameters().get("schema")), Duration.ofSeconds(10));
        return AppendBehind.of(
                        batch.stream()
                                .map(append -> PendingAppend.of(append, 0, true))
                                .toList(),
                        known)
                .orElseThrow()
                .run(sql, connection, 1_000, 100);
    }

    private Connection connect() throws SQLException {
        return PostgresUri.parse(uri, PostgresOptions.DEFAULTS).dataSource().getConnection();
    }
}
