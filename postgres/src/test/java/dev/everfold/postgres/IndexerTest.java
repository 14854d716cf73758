package dev.everfold.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StoreUri;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is written behind an append, and that nobody can tell.
@Timeout(120)
class IndexerTest {

    /// Events behind which the next ones are indexed, once somebody looked something up.
    private static final int BEHIND = 64;

    /// The same as long as nobody did.
    private static final int BEHIND_UNASKED = 512;

    /// Events of which four times as many are more than the index may be behind.
    private static final List<NewEvent> MANY = Collections.nCopies(2_600, NewEvent.of("meter-1", "measured", "{}"));

    private final StoreUri uri = PostgresServer.V18.newStore();
    private final String schema = uri.parameters().get("schema");

    private PostgresEventStore open() {
        return PostgresEventStore.open(uri.toString());
    }

    private static Append noted(int number) {
        return Append.of(
                NewEvent.of("order-" + number % 3, "noted." + number % 2, "{}").withTags("all", "order:" + number % 3));
    }

    private long number(String sql) throws SQLException {
        return Long.parseLong(PostgresServer.V18.strings(sql).getFirst());
    }

    private long rows(String table) throws SQLException {
        return number("select count(*) from " + schema + "." + table);
    }

    private long indexed() throws SQLException {
        return number("select max(position) from " + schema + ".indexed");
    }

    private void awaitIndexed(Predicate<Long> reached) throws SQLException {
        while (!reached.test(indexed())) {
            assertThat(Thread.currentThread().isInterrupted())
                    .as("given up with %d events indexed", indexed())
                    .isFalse();
        }
    }

    private static void lookSomethingUp(EventStore store) {
        assertThat(store.read(Read.matching(Query.tags("none"))).toList()).isEmpty();
    }

    /// Finds each event by whatever it can be found by, and meets conditions on it.
    private static void assertThatAllIsFound(EventStore store, int events) {
        assertThat(store.read(Read.matching(Query.tags("all"))).toList()).hasSize(events);
        assertThat(store.read(Read.matching(Query.tags("all")).backwards().limit(2))
                        .toList())
                .extracting(RecordedEvent::position)
                .containsExactly(events - 1L, events - 2L);
        assertThat(store.read(Read.matching(Query.category("order"))).toList()).hasSize(events);
        assertThat(store.read(Read.matching(Query.types("noted.0", "noted.1"))).toList())
                .hasSize(events);
        assertThat(store.read(Read.matching(Query.of(new Query.Item().onlyFirstOfStream())))
                        .toList())
                .extracting(RecordedEvent::position)
                .containsExactly(0L, 1L, 2L);
        for (int position : List.of(0, events / 2, events - 1)) {
            Append late = noted(0).unless(Query.tags("order:" + position % 3), position);
            assertThatThrownBy(() -> store.append(late))
                    .isInstanceOfSatisfying(
                            AppendConflictException.class,
                            conflict -> assertThat(conflict.getMessage()).contains("position " + position));
        }
    }

    @Test
    void a_few_events_are_found_though_they_are_not_indexed_and_dozens_are_indexed() throws Exception {
        try (EventStore store = open()) {
            for (int i = 0; i < BEHIND - 1; i++) {
                store.append(noted(i));
            }
            assertThat(indexed()).isZero();
            assertThat(rows("entry") + rows("tag") + rows("remembered")).isZero();
            assertThatAllIsFound(store, BEHIND - 1);

            store.append(noted(BEHIND - 1));
            awaitIndexed(position -> position == BEHIND);
            assertThat(rows("entry")).isEqualTo(BEHIND);
            assertThat(rows("tag")).isEqualTo(2 * BEHIND);
            assertThatAllIsFound(store, BEHIND);

            store.append(noted(BEHIND));
            assertThatAllIsFound(store, BEHIND + 1);
            assertThat(indexed()).isEqualTo(BEHIND);
        }
        assertThat(VerifierTest.damages(uri)).isEmpty();
    }

    @Test
    void while_nobody_looks_anything_up_hundreds_of_events_are_indexed_at_once() throws Exception {
        try (EventStore store = open()) {
            int events = appendUntilIndexed(store, 0);
            long before = indexed();
            for (; events < before + BEHIND_UNASKED - 1; events++) {
                store.append(noted(events));
                assertThat(store.read(Read.stream("order-0").limit(1)).toList()).hasSize(1);
                assertThat(store.read(Read.all().limit(1)).toList()).hasSize(1);
            }
            assertThat(indexed()).isEqualTo(before);

            store.append(noted(events));
            awaitIndexed(position -> position == before + BEHIND_UNASKED);
        }
    }

    /// The first appends of a process look for what was appended before, so dozens are enough.
    ///
    /// @return how many events there are
    private int appendUntilIndexed(EventStore store, int before) throws SQLException {
        int events = before;
        for (; indexed() == 0; events++) {
            store.append(noted(events));
        }
        return events;
    }

    /// What looks something up that is written behind appends.
    enum Asking {
        READ {
            @Override
            void ask(PostgresEventStore store) {
                lookSomethingUp(store);
            }
        },
        /// From before this process knew the log: the server has to look.
        OLD_CONDITION {
            @Override
            void ask(PostgresEventStore store) {
                store.append(noted(0).unless(Query.tags("none"), 0));
            }
        },
        /// Of an id that does not rise.
        LOW_APPEND_ID {
            @Override
            void ask(PostgresEventStore store) {
                store.append(noted(0).withId(new UUID(0, 1)));
            }
        },
        ENLISTED {
            @Override
            void ask(PostgresEventStore store) throws SQLException {
                try (Connection connection = PostgresServer.V18.connect()) {
                    connection.setAutoCommit(false);
                    store.append(connection, noted(0));
                    connection.commit();
                }
            }
        };

        abstract void ask(PostgresEventStore store) throws SQLException;
    }

    @ParameterizedTest
    @EnumSource(Asking.class)
    void whoever_looks_something_up_lets_what_is_behind_be_indexed(Asking asking) throws Exception {
        appendHalfOfThem();
        try (PostgresEventStore store = open()) {
            int events = appendUntilIndexed(store, BEHIND / 2);
            long until = indexed() + BEHIND_UNASKED / 2;
            for (; events < until; events++) {
                store.append(noted(events));
            }
            assertThat(indexed()).isLessThan(until - BEHIND);

            asking.ask(store);
            awaitIndexed(position -> position >= until);
        }
    }

    @Test
    void a_stream_is_found_without_what_is_behind() throws Exception {
        try (PostgresEventStore store = open()) {
            int events = appendUntilIndexed(store, 0);
            long before = indexed();
            for (; events < before + BEHIND_UNASKED - 1; events++) {
                store.append(noted(events).unless(Query.stream("order-9"), 0));
                assertThat(store.read(Read.matching(Query.stream("order-9"))).toList())
                        .isEmpty();
            }
            assertThat(indexed()).isEqualTo(before);
        }
    }

    @Test
    void what_one_process_did_not_index_the_next_one_does() throws Exception {
        appendHalfOfThem();
        assertThat(indexed()).isZero();

        try (EventStore store = open()) {
            for (int i = BEHIND / 2; i < BEHIND; i++) {
                store.append(noted(i));
            }
            awaitIndexed(position -> position == BEHIND);
        }
    }

    private void appendHalfOfThem() {
        try (EventStore store = open()) {
            for (int i = 0; i < BEHIND / 2; i++) {
                store.append(noted(i));
            }
        }
    }

    @Test
    void of_many_that_index_at_once_each_event_is_indexed_once() throws Exception {
        int events = 600;
        try (EventStore store = open();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> indexing = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                int some = i + 1;
                indexing.add(threads.submit(() -> {
                    try (Connection connection = PostgresServer.V18.connect();
                            Statement statement = connection.createStatement()) {
                        for (long end = 0; end < events; end = indexed()) {
                            statement.execute("select " + schema + ".index_more(" + some + ")");
                        }
                    }
                    return null;
                }));
            }
            for (int i = 0; i < events; i++) {
                store.append(noted(i));
            }
            for (Future<?> each : indexing) {
                each.get();
            }
            assertThatAllIsFound(store, events);
        }
        assertThat(rows("entry")).isEqualTo(events);
        assertThat(rows("tag")).isEqualTo(2L * events);
        assertThat(rows("remembered")).isEqualTo(events);
        assertThat(VerifierTest.damages(uri)).isEmpty();
    }

    @Test
    void what_was_being_indexed_when_it_failed_is_indexed_by_the_next_one() throws Exception {
        try (EventStore store = open()) {
            for (int i = 0; i < BEHIND / 2; i++) {
                store.append(noted(i));
            }
            try (Connection connection = PostgresServer.V18.connect();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute("select " + schema + ".index_more(1000)");
                connection.rollback();
            }
            assertThat(indexed()).isZero();
            assertThatAllIsFound(store, BEHIND / 2);

            PostgresServer.V18.run("select " + schema + ".index_more(1000)");
            assertThat(indexed()).isEqualTo(BEHIND / 2);
            assertThatAllIsFound(store, BEHIND / 2);
        }
        assertThat(VerifierTest.damages(uri)).isEmpty();
    }

    @Test
    void while_somebody_else_indexes_an_append_does_not_ask_for_a_turn() throws Exception {
        try (EventStore store = open();
                Connection other = PostgresServer.V18.connect()) {
            countCalls();
            holdIndexing(other);
            long began = System.nanoTime();
            for (int i = 0; i < 5 * BEHIND; i++) {
                store.append(noted(i));
                lookSomethingUp(store);
            }
            long pauses = (System.nanoTime() - began) / 50_000_000;

            assertThat(number("select last_value from " + schema + ".calls")).isBetween(1L, pauses + 2);
        }
    }

    @Test
    void while_somebody_else_indexes_the_next_append_waits_for_an_index_that_is_far_behind() throws Exception {
        try (EventStore store = open();
                Connection other = PostgresServer.V18.connect()) {
            holdIndexing(other);
            for (int i = 0; i < 4; i++) {
                store.appendAsync(Append.of(MANY)).join();
            }
            CompletableFuture<Appended> next = store.appendAsync(Append.of(MANY));
            awaitThatSomebodyWaits(next);
            assertThat(next).isNotDone();

            releaseIndexing(other);
            assertThat(next.join().fromPosition()).isEqualTo(4L * MANY.size());
            awaitIndexed(position -> position == 5L * MANY.size());
        }
    }

    @Test
    void who_commits_its_own_append_waits_itself_for_an_index_that_is_far_behind() throws Exception {
        try (EventStore store = open();
                Connection other = PostgresServer.V18.connect()) {
            holdIndexing(other);
            for (int i = 0; i < 3; i++) {
                store.append(Append.of(MANY));
            }
            FutureTask<Appended> tooFar = new FutureTask<>(() -> store.append(Append.of(MANY)));
            Thread.ofPlatform().start(tooFar);
            awaitThatSomebodyWaits(tooFar);
            assertThat(tooFar).isNotDone();

            releaseIndexing(other);
            assertThat(tooFar.get().fromPosition()).isEqualTo(3L * MANY.size());
            awaitIndexed(position -> position == 4L * MANY.size());
        }
    }

    private void holdIndexing(Connection other) throws SQLException {
        execute(other, "select pg_advisory_lock(" + new Sql(schema).indexing() + ")");
    }

    private void releaseIndexing(Connection other) throws SQLException {
        execute(other, "select pg_advisory_unlock(" + new Sql(schema).indexing() + ")");
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /// Until an append waits for the one who indexes, or is answered.
    private void awaitThatSomebodyWaits(Future<?> append) throws SQLException {
        String waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and wait_event ="
                + " 'advisory' and query like '%" + schema + "\".index_more%'";
        while (number(waiting) == 0 && !append.isDone()) {
            Thread.onSpinWait();
        }
    }

    /// Counts in the sequence `calls` how often somebody indexes.
    private void countCalls() throws Exception {
        String parameters = "(a bigint, b bigint, c boolean, out indexed_number bigint, out indexed_position bigint,"
                + " out end_number bigint, out end_position bigint)";
        PostgresServer.V18.run(
                "create sequence " + schema + ".calls",
                "alter function " + schema + ".index_more rename to index_more_of_old",
                "create function " + schema + ".index_more" + parameters + " language sql as $$select nextval('"
                        + schema + ".calls'); select * from " + schema + ".index_more_of_old(a, b, c)$$");
    }

    @Test
    void who_may_not_index_appends_and_finds_all() throws Exception {
        open().close();
        String writer = schema + "_writer";
        PostgresServer.V18.run(
                "create role " + writer + " login",
                "grant usage on schema " + schema + " to " + writer,
                "grant select on all tables in schema " + schema + " to " + writer,
                "grant select, update on sequence " + schema + ".newest to " + writer,
                "grant insert on " + schema + ".event, " + schema + ".batch to " + writer);
        try (EventStore store = PostgresEventStore.open(uri.with("user", writer).toString())) {
            for (int i = 0; i < 3 * BEHIND; i++) {
                store.append(noted(i));
            }
            assertThatAllIsFound(store, 3 * BEHIND);
        }
        assertThat(indexed()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void the_batches_that_are_indexed_and_the_appends_that_are_forgotten_go(boolean isAsked) throws Exception {
        int remembered = 100;
        int behind = isAsked ? BEHIND : BEHIND_UNASKED;
        PostgresOptions options =
                PostgresOptions.DEFAULTS.withLimits(Limits.DEFAULTS.withRememberedAppends(remembered));
        try (EventStore store = PostgresEventStore.open(uri.toString(), options)) {
            Append first = noted(0);
            store.append(first);
            for (int i = 1; i < 2_000; i++) {
                store.append(noted(i));
                if (isAsked) {
                    lookSomethingUp(store);
                }
            }
            awaitIndexed(position -> position > 2_000 - behind);

            assertThat(rows("batch")).isLessThan(2 * behind + 2 * BEHIND);
            assertThat(rows("indexed")).isLessThanOrEqualTo(2);
            assertThat(rows("remembered")).isLessThan(2 * remembered + 2 * behind + 2 * BEHIND);
            assertThat(store.append(first).fromPosition()).as("forgotten").isEqualTo(2_000);
        }
    }

    @Test
    void a_log_that_grows_fast_is_some_thousand_events_ahead_of_its_index_at_most() throws Exception {
        int appends = 30;
        long each = 2_000;
        try (EventStore store = open()) {
            List<NewEvent> events = Collections.nCopies(
                    (int) each, NewEvent.of("meter-1", "measured", "{}").withTags("a", "b", "c", "d", "e", "f"));
            List<CompletableFuture<?>> answers = new ArrayList<>();
            for (int i = 0; i < appends; i++) {
                answers.add(store.appendAsync(Append.of(events)));
            }
            for (int i = 0; i < appends; i++) {
                answers.get(i).join();
                assertThat((i + 1) * each - indexed()).isLessThanOrEqualTo(10_000 + 2 * each);
            }
        }
    }
}
