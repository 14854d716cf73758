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
