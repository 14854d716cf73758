package dev.everfold.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendCondition.NothingMatching;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.StoreUri;
import dev.everfold.postgres.AppendCall.Stored;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a process knows of the end of the log counts while the log ends so, and spares the server a look-up.
@Timeout(60)
class KnownEndTest {

    private static final int APPENDS = 300;

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
    void a_log_that_ends_as_it_was_known_goes_on_from_what_was_known() throws Exception {
        try (EventStore store = open();
                Connection connection = connect()) {
            Append first = two("order-1");
            store.append(first);

            Optional<Stored> stored = call(connection, two("order-1"), known(0, first.id(), "order-1", 41));

            assertThat(stored).map(Stored::unchanged).contains(true);
            assertThat(stored).map(by -> by.found().revisions()).contains(Map.of("order-1", 41L));
        }
    }

    @Test
    void a_log_that_others_have_appended_to_is_looked_up() throws Exception {
        try (EventStore store = open();
                Connection connection = connect()) {
            Append first = two("order-1");
            store.append(first);
            store.append(one("order-1"));

            for (Append next : List.of(two("order-1"), one("order-1"))) {
                Optional<Stored> stored = call(connection, next, known(0, first.id(), "order-1", 41));

                assertThat(stored).map(Stored::unchanged).contains(false);
                assertThat(stored.orElseThrow().found().revisions().get("order-1"))
                        .isLessThan(41);
            }
        }
    }

    @Test
    void an_append_of_the_same_number_and_another_id_is_of_another_log() throws Exception {
        try (EventStore store = open();
                Connection connection = connect()) {
            store.append(two("order-1"));

            Optional<Stored> stored = call(connection, two("order-1"), known(0, new UUID(1, 2), "order-1", 41));

            assertThat(stored).map(Stored::unchanged).contains(false);
            assertThat(stored).map(by -> by.found().revisions()).contains(Map.of("order-1", 1L));
        }
    }

    @Test
    void what_is_known_of_another_server_counts_for_nothing() throws Exception {
        try (EventStore store = open();
                Connection connection = connect()) {
            Append first = two("order-1");
            store.append(first);
            KnownEnd ofAnother = known(serverStarted() - 1, 0, first.id(), "order-1", 41);

            Optional<Stored> stored = call(connection, two("order-1"), ofAnother);

            assertThat(stored).map(Stored::unchanged).contains(false);
            assertThat(stored).map(by -> by.found().revisions()).contains(Map.of("order-1", 1L));
        }
    }

    @Test
    void what_is_likely_and_turns_out_otherwise_stores_nothing() throws Exception {
        try (EventStore store = open();
                Connection connection = connect()) {
            Append first = two("order-1");
            store.append(first);
            KnownEnd likely = likely(0, first.id(), "order-1", 1);
            store.append(one("order-1"));

            assertThat(call(connection, one("order-1"), likely)).isEmpty();
            assertThat(store.nextPosition()).isEqualTo(3);
        }
    }

    @Test
    void what_is_likely_and_is_so_is_not_looked_up() throws Exception {
        try (EventStore store = open();
                Connection connection = connect()) {
            Append first = two("order-1");
            store.append(first);

            Optional<Stored> stored = call(connection, one("order-1"), likely(0, first.id(), "order-1", 41));

            assertThat(stored).map(by -> by.found().revisions()).contains(Map.of("order-1", 41L));
        }
    }

    @Test
    void a_condition_that_holds_behind_what_is_known_stores_nothing_when_somebody_else_appended() throws Exception {
        try (EventStore store = open();
                Connection connection = connect()) {
            Append first = two("order-1");
            store.append(first);
            store.append(one("order-2"));

            for (Append next : List.of(one("order-1"), one("order-3"), two("order-3"))) {
                KnownEnd likely = likely(0, first.id(), "order-1", 1);
                NothingMatching nothing = new NothingMatching(Query.stream("order-2"), 1);
                assertThat(likely.fulfils(nothing)).isTrue();

                Append unless = next.unless(nothing.query(), nothing.fromPosition());
                assertThat(call(connection, unless, likely)).isEmpty();
            }
            assertThat(store.nextPosition()).isEqualTo(3);
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

        assertThat(scans("event_000000_type_position_idx")).isLessThan(10);
    }

    @Test
    void a_condition_is_known_to_hold_only_as_far_back_as_everything_is_known() {
        KnownEnd known = known(1, 7, new UUID(1, 2), "order-1", 41);
        learn(known, 1, 8, UUID.randomUUID(), "order-2", 0, true);

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

        known.doubt();
        assertThat(known.fulfils(new NothingMatching(Query.stream("order-1"), 8)))
                .isFalse();
    }

    @Test
    void what_is_known_is_likely_until_somebody_else_appends() {
        KnownEnd known = known(1, 0, new UUID(1, 2), "order-1", 41);
        assertThat(known.isLikely()).isFalse();

        learn(known, 1, 1, UUID.randomUUID(), "order-1", 42, true);
        assertThat(known.isLikely()).isTrue();

        learn(known, 1, 5, UUID.randomUUID(), "order-1", 43, false);
        assertThat(known.isLikely()).isFalse();

        learn(known, 1, 6, UUID.randomUUID(), "order-1", 44, true);
        known.forget();
        assertThat(known.isLikely()).isFalse();
    }

    @Test
    void what_is_known_is_carried_on_only_behind_what_was_known() {
        KnownEnd known = known(1, 0, new UUID(1, 2), "order-1", 41);

        learn(known, 1, 1, UUID.randomUUID(), "order-2", 7, true);
        assertThat(known.revisions(List.of("order-1", "order-2", "order-3"))).containsExactly(41L, 7L, null);
        assertThat(known.number()).isEqualTo(1);

        learn(known, 1, 5, UUID.randomUUID(), "order-2", 9, false);
        assertThat(known.revisions(List.of("order-1", "order-2", "order-3"))).containsExactly(null, 9L, null);
        assertThat(known.number()).isEqualTo(5);

        known.forget();
        assertThat(known.revisions(List.of("order-2"))).containsExactly((Long) null);
        assertThat(known.number()).isNull();
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

    private KnownEnd known(long number, UUID id, String stream, long revision) throws SQLException {
        return known(serverStarted(), number, id, stream, revision);
    }

    private static KnownEnd known(long server, long number, UUID id, String stream, long revision) {
        KnownEnd known = new KnownEnd();
        learn(known, server, number, id, stream, revision, false);
        return known;
    }

    /// Knows it since its last append, and nobody else appended before that.
    private static KnownEnd likely(long number, UUID id, String stream, long revision) throws SQLException {
        KnownEnd known = new KnownEnd();
        learn(known, serverStarted(), number, id, stream, revision, true);
        return known;
    }

    /// Learns of an append of one event.
    private static void learn(
            KnownEnd known, long server, long number, UUID id, String stream, long revision, boolean unchanged) {
        Found found =
                new Found(number, Long.MIN_VALUE, number, Map.of(), Map.of(stream, revision - 1), Map.of(), Map.of());
        AppendDecisions decisions = new AppendDecisions(found, 100);
        var _ = decisions.decide(PendingAppend.of(one(stream).withId(id), 0, true));
        known.learn(new Stored(found, unchanged, server), decisions);
    }

    private static long serverStarted() throws SQLException {
        return Long.parseLong(PostgresServer.V18
                .strings("select (extract(epoch from pg_postmaster_start_time()) * 1000000)::bigint")
                .getFirst());
    }

    private Optional<Stored> call(Connection connection, Append append, KnownEnd known) throws SQLException {
        CallSql sql = CallSql.of(new Sql(uri.parameters().get("schema")), Duration.ofSeconds(10));
        return AppendCall.of(List.of(PendingAppend.of(append, 0, true)), known)
                .orElseThrow()
                .run(sql, connection, 1_000);
    }

    private Connection connect() throws SQLException {
        return PostgresUri.parse(uri, PostgresOptions.DEFAULTS).dataSource().getConnection();
    }
}
