package dev.everfold.jdbc;

import static dev.everfold.eventsourcing.Decision.accept;
import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.Decider;
import dev.everfold.eventsourcing.DeciderHandler;
import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.EverfoldOptions;
import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventType;
import dev.everfold.eventsourcing.snapshot.InMemorySnapshotStore;
import dev.everfold.eventsourcing.snapshot.SnapshotStore;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.postgres.PostgresEventStore;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Deciders whose older events are in a partition that was detached.
@Timeout(60)
class DetachedEventsTest {

    private static final int PARTITION_EVENTS = 1_000;

    @EventType("account.deposited")
    record Deposited(long cents) {}

    record Balance(long cents) {}

    private final Decider<Long, Balance, Deposited> balances = Decider.of(
            new Balance(0),
            (cents, _) -> accept(new Deposited(cents)),
            (balance, deposited) -> new Balance(balance.cents() + deposited.cents()));

    @Test
    void a_state_is_folded_on_from_the_snapshot_of_events_that_were_detached() throws Exception {
        String url = PostgresServer.V18.url();
        SnapshotStore snapshots = new InMemorySnapshotStore();
        try (EventStore store = PostgresEventStore.open(
                url.substring("jdbc:".length()) + "&schema=detached&partition=" + PARTITION_EVENTS)) {
            try (Everfold everfold = process(store, snapshots)) {
                accounts(everfold).handle("gone", 7L);
                accounts(everfold).handle("gone", 8L);
                accounts(everfold).handle("old", 1L);
                accounts(everfold).handle("old", 2L);
            }
            store.append(Append.of(Collections.nCopies(PARTITION_EVENTS, NewEvent.of("meter-1", "measured", "{}"))));
            try (Everfold everfold = process(store, new InMemorySnapshotStore())) {
                accounts(everfold).handle("old", 4L);
            }
            detach(url);

            try (Everfold everfold = process(store, snapshots)) {
                assertThat(accounts(everfold).state("old")).isEqualTo(new Balance(7));
                assertThat(accounts(everfold).state("gone")).isEqualTo(new Balance(15));
            }
        }
    }

    private DeciderHandler<Long, Balance, Deposited> accounts(Everfold everfold) {
        return everfold.decider("account", balances, EventCodec.of(Deposited.class))
                .snapshotEvery(2);
    }

    private static Everfold process(EventStore store, SnapshotStore snapshots) {
        return Everfold.on(store, EverfoldOptions.defaults().withSnapshots(snapshots));
    }

    private static void detach(String url) throws Exception {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("alter table detached.entry detach partition detached.entry_000000");
            statement.execute("alter table detached.tag detach partition detached.tag_000000");
            statement.execute("alter table detached.event detach partition detached.event_000000");
        }
    }
}
