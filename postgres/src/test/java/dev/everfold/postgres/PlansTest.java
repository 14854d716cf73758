package dev.everfold.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Query.Item;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.StoreUri;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// No statement looks through the log, neither while it is new nor once it has grown: what each touches is counted
/// by the server.
@Timeout(60)
@Isolated // what it measures or ends is the server that all share
class PlansTest {

    private static final int EVENTS = 20_000;

    private static final List<Query> QUERIES = List.of(
            Query.stream("meter-7"),
            Query.tags("house:3"),
            Query.tags("house:3", "meter:3"),
            Query.types("measured.1"),
            Query.types("measured.1", "rare"),
            Query.category("rare"),
            Query.ids(List.of(new UUID(1, 1), new UUID(2, 2))),
            Query.of(new Item().withCategory("rare").onlyFirstOfStream()),
            Query.of(new Item().withStream("meter-7").withTypes("rare")),
            Query.tags("nobody").or(Query.types("rare")).or(Query.stream("nowhere")));

    private static void appendElsewhere(EventStore other) {
        other.append(Append.of(NewEvent.of("elsewhere-1", "elsewhere", "{}")));
    }

    private static void fill(EventStore store) {
        for (int from = 0; from < EVENTS; from += 1_000) {
            List<NewEvent> events = new ArrayList<>();
            for (int i = from; i < from + 1_000; i++) {
                events.add(NewEvent.of("meter-" + i % 500, "measured." + i % 4, "{\"value\":" + i + "}")
                        .withTags("house:" + i % 100, "meter:" + i % 500));
            }
            store.append(Append.of(events));
        }
        store.append(Append.of(NewEvent.of("rare-1", "rare", "{}").withTags("rare")));
    }

    @ParameterizedTest
    @EnumSource(PostgresServer.class)
    void appends_and_reads_touch_few_rows_whatever_the_log_holds(PostgresServer server) throws Exception {
        StoreUri uri = server.newStore();
        String schema = uri.parameters().get("schema");
        try (EventStore store = PostgresEventStore.open(uri.toString());
                EventStore other = PostgresEventStore.open(uri.toString())) {
            // Plans are made while there is nothing, and are kept.
            for (Query query : QUERIES) {
                // Whoever is not alone has to ask the server.
                appendElsewhere(other);
                store.append(
                        Append.of(NewEvent.of("meter-7", "measured.0", "{}")).unless(query, store.nextPosition()));
                store.read(Read.matching(query).limit(10)).toList();
            }
            fill(store);
            long next = store.nextPosition();
            for (Query query : QUERIES) {
                appendElsewhere(other);
                NewEvent event = NewEvent.of("other-1", "other", "{}");
                store.append(Append.of(event).unless(query, next));
                appendElsewhere(other);
                store.append(Append.of(event, event.withId(UUID.randomUUID())).unless(query, next));
                store.read(Read.matching(query).fromPosition(next - 100).limit(10))
                        .toList();
                store.read(Read.matching(query).backwards().limit(10)).toList();
            }
            store.read(Read.stream("meter-7").fromRevision(30).limit(5)).toList();
            store.read(Read.all().fromPosition(next - 50)).toList();
        }

        // What a connection did is counted for sure once it has ended.
        assertThat(sequentialRows(server, schema)).as("rows read in sequence").isEmpty();
    }

    @ParameterizedTest
    @EnumSource(PostgresServer.class)
    void appends_of_a_store_that_is_alone_touch_few_rows_whatever_the_log_holds(PostgresServer server)
            throws Exception {
        StoreUri uri = server.newStore();
        NewEvent event = NewEvent.of("other-1", "other", "{}");
        try (EventStore store = PostgresEventStore.open(uri.toString())) {
            // Plans are made while there is nothing, and are kept.
            for (int i = 0; i < 10; i++) {
                appendAlone(store, event);
            }
            fill(store);
            for (int i = 0; i < 10; i++) {
                appendAlone(store, event);
            }
        }

        assertThat(sequentialRows(server, uri.parameters().get("schema")))
                .as("rows read in sequence")
                .isEmpty();
    }

    /// With what has to be looked up all the same: conditions on old events, streams that are new, and ids out
    /// of order.
    private static void appendAlone(EventStore store, NewEvent event) {
        for (Query query : List.of(
                Query.tags("nobody"),
                Query.types("none"),
                Query.category("none"),
                Query.stream("none"),
                Query.ids(List.of(new UUID(1, 1))))) {
            store.append(Append.of(event).unless(query, 0));
            store.append(Append.of(event, NewEvent.of("new-" + store.nextPosition(), "new", "{}"))
                    .unless(query, 0));
        }
        store.append(Append.of(event).withId(new UUID(0, store.nextPosition())));
    }

    @ParameterizedTest
    @EnumSource(PostgresServer.class)
    void no_page_of_a_read_is_planned_as_a_sequential_scan_or_a_sort_of_the_log(PostgresServer server)
            throws Exception {
        StoreUri uri = server.newStore();
        Sql sql = new Sql(uri.parameters().get("schema"));
        try (EventStore store = PostgresEventStore.open(uri.toString())) {
            fill(store);
            server.run("analyze");
            try (Connection connection = PostgresUri.parse(uri, PostgresOptions.DEFAULTS)
                    .dataSource()
                    .getConnection()) {
                for (Query query : QUERIES) {
                    for (Read.Direction direction : Read.Direction.values()) {
                        QuerySql page = QuerySql.matching(query, direction, new QuerySql.Page(100, EVENTS, 50));
                        assertThat(plan(connection, sql, page))
                                .as("%s %s", query, direction)
                                .doesNotContain("Seq Scan on event")
                                .doesNotContain("Seq Scan on entry")
                                .doesNotContain("Seq Scan on tag");
                    }
                }
            }
        }
    }

    private static String plan(Connection connection, Sql sql, QuerySql page) throws SQLException {
        QuerySql explained = new QuerySql("explain " + page.text(), page.values());
        StringBuilder plan = new StringBuilder();
        try (PreparedStatement statement = explained.prepare(connection, sql);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                plan.append(rows.getString(1)).append('\n');
            }
        }
        return plan.toString();
    }

    /// Of which tables how many rows were read in sequence, when more than some.
    private static List<String> sequentialRows(PostgresServer server, String schema) throws SQLException {
        return server.strings("select relname || ': ' || seq_tup_read from pg_stat_user_tables where schemaname = '"
                + schema + "' and relname <> 'store' and seq_tup_read >= 100 order by relname");
    }

    @Test
    void a_filter_on_a_kind_that_leads_is_not_asked_twice() {
        assertThat(Kind.of(new Item().withTypes("a").withTags("b"))).isEqualTo(Kind.TAG);
        assertThat(Kind.TAG.isPlain(new Item().withTags("b"))).isTrue();
        assertThat(Kind.TAG.isPlain(new Item().withTags("a", "b"))).isFalse();
        assertThat(Kind.STREAM.isPlain(new Item().withStream("a").withTags("b")))
                .isFalse();
    }
}
