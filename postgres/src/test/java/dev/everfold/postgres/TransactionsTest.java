package dev.everfold.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Query.Item;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.StoreUri;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// One append is one transaction and one round trip, whatever it expects, and so is a read of one page. Two statements
/// that are sent together must not be parted by the driver, which does so when it has to ask the server for the
/// type of a parameter first.
@Timeout(60)
class TransactionsTest {

    private static final int APPENDS = 400;
    private static final int READS = 100;

    private static final NewEvent PLACED =
            NewEvent.of("order-17", "placed", "{}").withTags("order:17");

    static Stream<Arguments> appends() {
        Append plain = Append.of(PLACED);
        return Stream.of(
                Arguments.of("nothing", plain),
                Arguments.of("two events", Append.of(PLACED, PLACED.withId(new UUID(1, 2)))),
                Arguments.of("StreamAt", plain.expecting("order-17", Expected.any())),
                Arguments.of("a tag", plain.unless(Query.tags("nobody"), 0)),
                Arguments.of("two tags", plain.unless(Query.tags("order:17", "nobody"), 0)),
                Arguments.of(
                        "a type and a tag",
                        plain.unless(Query.of(new Item().withTypes("none").withTags("order:17")), 0)),
                Arguments.of("a type", plain.unless(Query.types("none"), 0)),
                Arguments.of("a category", plain.unless(Query.category("none"), 0)),
                Arguments.of("a stream", plain.unless(Query.stream("none-1"), 0)),
                Arguments.of("an id", plain.unless(Query.ids(List.of(new UUID(3, 4))), 0)),
                Arguments.of(
                        "the first of a stream",
                        plain.unless(Query.of(new Item().withCategory("none").onlyFirstOfStream()), 0)),
                Arguments.of("either of two", plain.unless(Query.tags("nobody").or(Query.types("none")), 0)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("appends")
    void an_append_is_one_transaction(String what, Append append) throws Exception {
        String database = "transactions_" + Integer.toUnsignedString(what.hashCode());
        PostgresServer.V18.run("create database " + database);
        StoreUri uri = StoreUri.parse("postgresql://postgres@localhost:" + PostgresServer.V18.port() + "/" + database);
        EventStores.open(uri.toString()).close();
        AppendSql sql = AppendSql.of(new Sql("everfold"), Duration.ofSeconds(10));
        KnownEnd known = new KnownEnd();
        long before = commits(database);
        try (Connection connection =
                PostgresUri.parse(uri, PostgresOptions.DEFAULTS).dataSource().getConnection()) {
            for (int i = 0; i < APPENDS; i++) {
                Append next = append.withId(UUID.randomUUID());
                List<PendingAppend> batch = List.of(PendingAppend.of(next, 0, true));
                known.learn(stored(batch, known, sql, connection));
                if (i % 10 == 9) {
                    // One does not know at all times how the log ends.
                    known.doubt();
                }
            }
        }

        // What a connection did is counted for sure once it has ended; a few are of opening the store.
        assertThat(commits(database) - before).isBetween((long) APPENDS, APPENDS * 5L / 4);
        PostgresServer.V18.run("drop database " + database + " with (force)");
    }

    static Stream<Arguments> reads() {
        return Stream.of(
                Arguments.of("a stream", Read.stream("order-17"), 60),
                Arguments.of("a stream backwards", Read.stream("order-17").backwards(), 60),
                Arguments.of(
                        "the newest of a stream",
                        Read.stream("order-17").backwards().limit(1),
                        1),
                Arguments.of("a stream that there is not", Read.stream("none-1"), 0),
                Arguments.of("a tag", Read.matching(Query.tags("order:17")), 60),
                Arguments.of("everything from the end", Read.all().fromPosition(60), 0),
                Arguments.of("nothing", Read.matching(Query.nothing()), 0));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("reads")
    void a_read_of_one_page_is_one_transaction(String what, Read read, int events) throws Exception {
        String database = "transactions_" + Integer.toUnsignedString(what.hashCode(), 36);
        PostgresServer.V18.run("create database " + database);
        String uri = "postgresql://postgres@localhost:" + PostgresServer.V18.port() + "/" + database;
        try (EventStore store = EventStores.open(uri)) {
            store.append(Append.of(IntStream.range(0, 60)
                    .mapToObj(i -> PLACED.withId(new UUID(1, i)))
                    .toList()));
        }
        long before = commits(database);
        try (EventStore store = EventStores.open(uri)) {
            for (int i = 0; i < READS; i++) {
                assertThat(store.read(read).toList()).hasSize(events);
            }
        }

        assertThat(commits(database) - before).isBetween((long) READS, READS * 5L / 4);
        PostgresServer.V18.run("drop database " + database + " with (force)");
    }

    private static AppendDecisions stored(
            List<PendingAppend> batch, KnownEnd known, AppendSql sql, Connection connection) throws SQLException {
        Optional<AppendBehind> behind = AppendBehind.of(batch, known);
        if (behind.isPresent()) {
            return behind.get().run(sql, connection, 1_000, APPENDS).orElseThrow();
        }
        Found found =
                AppendCall.of(batch).orElseThrow().run(sql, connection, 1_000).orElseThrow();
        AppendDecisions decisions = new AppendDecisions(found, APPENDS);
        batch.forEach(decisions::decide);
        return decisions;
    }

    private static long commits(String database) throws Exception {
        return Long.parseLong(PostgresServer.V18
                .strings("select xact_commit from pg_stat_database where datname = '" + database + "'")
                .getFirst());
    }
}
