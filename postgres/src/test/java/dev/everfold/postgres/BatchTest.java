package dev.everfold.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendCondition.StreamAt;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.StoreUri;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Of a batch, every append is remembered by its own id, whichever way it is stored.
@Timeout(60)
class BatchTest {

    /// So many that what is known of the end is likely.
    private static final int EARLIER = 4;

    private static final StreamAt NEW_STREAM = new StreamAt("order-1", Expected.noStream());

    private final List<Append> batch =
            List.of(Append.check(NEW_STREAM), Append.of(NewEvent.of("order-1", "placed", "{}")));
    private final List<PendingAppend> pending =
            batch.stream().map(append -> PendingAppend.of(append, 0, true)).toList();
    private StoreUri uri;
    private AppendSql sql;

    @BeforeEach
    void name() {
        uri = PostgresServer.V18.newStore();
        sql = AppendSql.of(new Sql(uri.parameters().get("schema")), Duration.ofSeconds(10));
    }

    @Test
    void a_check_before_an_event_is_remembered_and_so_is_the_event_in_one_call() throws Exception {
        try (EventStore store = EventStores.open(uri.toString());
                Connection connection = connect()) {
            assertThat(AppendCall.of(pending).orElseThrow().run(sql, connection, 1_000))
                    .isPresent();

            assertThatBothAreRemembered(0);
            assertThat(batch.stream().map(store::append).map(again -> again.revisions()))
                    .containsExactly(List.of(), List.of(0L));
            assertThat(store.nextPosition()).isEqualTo(1);
        }
    }

    @Test
    void a_check_before_an_event_is_remembered_and_so_is_the_event_behind_the_known_end() throws Exception {
        try (EventStore store = EventStores.open(uri.toString());
                Connection connection = connect()) {
            KnownEnd known = new KnownEnd();
            for (int i = 0; i < EARLIER; i++) {
                List<PendingAppend> other =
                        List.of(PendingAppend.of(Append.of(NewEvent.of("order-0", "placed", "{}")), 0, true));
                Found found = AppendCall.of(other)
                        .orElseThrow()
                        .run(sql, connection, 1_000)
                        .orElseThrow();
                AppendDecisions decisions = new AppendDecisions(found, 100);
                other.forEach(decisions::decide);
                known.learn(decisions);
            }

            assertThat(AppendBehind.of(pending, known).orElseThrow().run(sql, connection, 1_000, 100))
                    .isPresent();

            assertThatBothAreRemembered(EARLIER);
            assertThat(batch.stream().map(store::append).map(again -> again.revisions()))
                    .containsExactly(List.of(), List.of(0L));
            assertThat(store.nextPosition()).isEqualTo(EARLIER + 1);
        }
    }

    @Test
    void checks_without_events_are_one_call() throws Exception {
        try (EventStore store = EventStores.open(uri.toString());
                Connection connection = connect()) {
            List<PendingAppend> checks = List.of(
                    PendingAppend.of(Append.check(NEW_STREAM), 0, true),
                    PendingAppend.of(Append.check(NEW_STREAM), 0, true));

            assertThat(AppendCall.of(checks).orElseThrow().run(sql, connection, 1_000))
                    .isPresent();
            assertThat(store.nextPosition()).isZero();
        }
    }

    private void assertThatBothAreRemembered(int earlier) throws Exception {
        String schema = uri.parameters().get("schema");
        assertThat(PostgresServer.V18.strings(
                        "select b.number + a.n - 1 || ' ' || a.id || ' ' || a.position || ' ' || a.events from "
                                + schema
                                + ".batch b, unnest(b.ids, b.positions, b.events) with ordinality"
                                + " a(id, position, events, n) where b.number >= " + earlier
                                + " order by b.number, a.n"))
                .containsExactlyElementsOf(Stream.of(
                                earlier + " " + batch.getFirst().id() + " " + earlier + " 0",
                                earlier + 1 + " " + batch.getLast().id() + " " + earlier + " 1")
                        .toList());
    }

    private Connection connect() throws Exception {
        return PostgresUri.parse(uri, PostgresOptions.DEFAULTS).dataSource().getConnection();
    }
}
