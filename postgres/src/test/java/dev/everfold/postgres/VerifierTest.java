package dev.everfold.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.StoreUri;
import dev.everfold.eventstore.Verification;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What looks through all of a store.
@Timeout(60)
class VerifierTest {

    @Test
    void a_verification_may_take_longer_than_any_other_answer() throws Exception {
        StoreUri uri = PostgresServer.V18.newStore();
        try (EventStore store = EventStores.open(uri.toString())) {
            store.append(Append.of(NewEvent.of("order-17", "order.placed", "{}")));
        }
        PostgresUri parsed = PostgresUri.parse(uri, PostgresOptions.DEFAULTS);
        List<Integer> millisMax = new ArrayList<>();
        try (Connection connection = parsed.dataSource().getConnection()) {
            Sql sql = new Sql(parsed.options().schema());
            StoreVerifier verifier =
                    new StoreVerifier(connection, sql, _ -> millisMax.add(answerMillisMax(connection)));

            assertThat(verifier.verify().damages()).isEmpty();
        }
        assertThat(millisMax).isNotEmpty().containsOnly(0); // without a limit
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            delete from entry where position = 2 | entry, position 2 | its entry is missing
            update entry set category = 'parcel' where position = 1 | entry, position 1 | its entry is missing
            insert into entry select * from entry where position = 0 | entry, position 0 | 2 entries and 2 event
            delete from event where position = 2 | entry, position 2 | an entry and 0 event
            delete from tag where position = 1 | tag, position 1 | its tag 'all' is missing
            insert into tag values ('other', 1) | tag, position 1 | the event does not carry 'other'
            update remembered set events = 9 where number = 1 | remembered, position 1 | ends beyond the log
            update indexed set position = 9 | indexed, position 9 | and ends before
            delete from batch where number = 1 | batch, position 1 | the batch behind that of number 0
            delete from batch where number = 2 | event, position 2 | the newest remembered append ends before it
            """)
    void what_is_damaged_is_told(String damage, String where, String what) throws Exception {
        StoreUri uri = PostgresServer.V18.newStore();
        String schema = uri.parameters().get("schema");
        try (EventStore store = EventStores.open(uri.toString())) {
            for (int i = 0; i < 3; i++) {
                store.append(
                        Append.of(NewEvent.of("order-17", "order.placed", "{}").withTags("all")));
            }
        }
        PostgresServer.V18.run("select " + schema + ".index_more(1000)");
        assertThat(damages(uri)).isEmpty();

        PostgresServer.V18.run("set search_path = " + schema, damage);

        assertThat(damages(uri))
                .anySatisfy(found ->
                        assertThat(found.toString()).contains("." + where).contains(what));
    }

    /// What a verification finds.
    static List<Verification.Damage> damages(StoreUri uri) throws SQLException {
        PostgresUri parsed = PostgresUri.parse(uri, PostgresOptions.DEFAULTS);
        try (Connection connection = parsed.dataSource().getConnection()) {
            return new StoreVerifier(connection, new Sql(parsed.options().schema()), _ -> {})
                    .verify()
                    .damages();
        }
    }

    private static int answerMillisMax(Connection connection) {
        try {
            return connection.getNetworkTimeout();
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
