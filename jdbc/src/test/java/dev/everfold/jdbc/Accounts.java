package dev.everfold.jdbc;

import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventMetadata;
import dev.everfold.eventsourcing.codec.EventType;
import dev.everfold.eventsourcing.projection.Build;
import dev.everfold.eventsourcing.projection.ModelSnapshot;
import dev.everfold.eventsourcing.projection.Projection;
import dev.everfold.eventsourcing.subscription.Backoff;
import dev.everfold.eventsourcing.subscription.ConsumerOptions;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;

/// Accounts with a balance and a number of events: what the tests of read models project.
final class Accounts {

    static final Duration SOON = Duration.ofSeconds(30);

    static final String[] SCHEMA = {
        "create table {balances} (account text not null primary key, cents bigint not null, events bigint not null)",
        "create index {balances_by_cents} on {balances} (cents)"
    };

    static final String INSERT = "insert into {balances} (account, cents, events) values (?, 0, 1)";
    static final String UPDATE = "update {balances} set cents = cents + ?, events = events + 1 where account = ?";

    static final ConsumerOptions OPTIONS = ConsumerOptions.DEFAULTS
            .withBackoff(new Backoff(Duration.ofMillis(1), Duration.ofMillis(20)))
            .withCheckpointEvery(Duration.ofMillis(100));

    sealed interface AccountEvent {}

    @EventType("account.opened")
    record Opened(String account) implements AccountEvent {}

    @EventType("account.deposited")
    record Deposited(String account, long cents) implements AccountEvent {}

    static final EventCodec<AccountEvent> CODEC = EventCodec.of(AccountEvent.class);

    private Accounts() {}

    static Projection<SqlModel> projection() {
        return Projection.<SqlModel, AccountEvent>of("balances", CODEC, (model, event, _) -> {
                    switch (event) {
                        case Opened opened -> model.update(INSERT, opened.account());
                        case Deposited deposited -> model.update(UPDATE, deposited.cents(), deposited.account());
                    }
                })
                .options(OPTIONS);
    }

    static long open(EventStore store, String account) {
        return append(store, account, new Opened(account));
    }

    static long deposit(EventStore store, String account, long cents) {
        return append(store, account, new Deposited(account, cents));
    }

    static long append(EventStore store, String account, AccountEvent event) {
        return store.append(Append.of(CODEC.encode("account-" + account, event, EventMetadata.none())))
                .fromPosition();
    }

    /// Rows as the first events make them, as text.
    static List<String> fold(EventStore store, long toPosition) {
        return fold(store, toPosition, Set.of());
    }

    /// The same without events that are parked.
    static List<String> fold(EventStore store, long toPosition, Set<Long> parked) {
        Map<String, long[]> rows = new TreeMap<>();
        for (RecordedEvent recorded :
                store.read(Read.matching(Query.all()).toPosition(toPosition)).toList()) {
            for (AccountEvent event :
                    parked.contains(recorded.position()) ? List.<AccountEvent>of() : CODEC.decode(recorded)) {
                switch (event) {
                    case Opened opened -> rows.put(opened.account(), new long[] {0, 1});
                    case Deposited deposited -> {
                        long[] row = rows.get(deposited.account());
                        row[0] += deposited.cents();
                        row[1]++;
                    }
                }
            }
        }
        return rows.entrySet().stream()
                .map(row -> row.getKey() + " " + row.getValue()[0] + " " + row.getValue()[1])
                .toList();
    }

    /// What a build holds, with the position of the same moment.
    static Held held(JdbcReadModel model, Build build) {
        try (ModelSnapshot snapshot = model.snapshot(build)) {
            List<String> rows = new ArrayList<>();
            snapshot.rows()
                    .forEachRemaining(row -> rows.add(row.key() + " "
                            + row.values().get("cents") + " " + row.values().get("events")));
            return new Held(snapshot.position(), rows);
        }
    }

    /// @param rows as those of [#fold]
    record Held(long position, List<String> rows) {}

    /// Waits for what no position tells.
    static void await(BooleanSupplier condition) {
        Instant end = Clock.systemUTC().instant().plus(SOON);
        while (!condition.getAsBoolean()) {
            if (Clock.systemUTC().instant().isAfter(end)) {
                throw new AssertionError("not within " + SOON);
            }
            LockSupport.parkNanos(2_000_000);
        }
    }

    /// Rows of the view.
    static List<String> rows(DataSource database) throws SQLException {
        return rows(database, "balances");
    }

    static List<String> rows(DataSource database, String table) throws SQLException {
        return TestDatabase.strings(
                database,
                "select account || ' ' || cast(cents as text) || ' ' || cast(events as text) from " + table
                        + " order by account");
    }
}
