package dev.everfold.benchmarks.projections;

import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventMetadata;
import dev.everfold.eventsourcing.codec.EventType;
import dev.everfold.eventsourcing.projection.MemoryRows;
import dev.everfold.eventsourcing.projection.Projection;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.NewEvent;
import java.util.ArrayList;
import java.util.List;

/// Events that are decoded before they are folded: a million deposits to ten thousand accounts.
final class Deposits {

    private static final int EVENTS = 1_000_000;
    private static final int ACCOUNTS = 10_000;
    private static final int EVENTS_PER_APPEND = 500;

    /// What happens to an account.
    sealed interface AccountEvent {

        /// Something was paid in.
        @EventType("account.deposited")
        record Deposited(String account, long cents) implements AccountEvent {}
    }

    private static final EventCodec<AccountEvent> CODEC = EventCodec.of(AccountEvent.class);

    private Deposits() {}

    static void append(EventStore log) {
        for (int done = 0; done < EVENTS; ) {
            List<NewEvent> some = new ArrayList<>(EVENTS_PER_APPEND);
            for (int i = 0; i < EVENTS_PER_APPEND; i++, done++) {
                String account = "a" + done % ACCOUNTS;
                AccountEvent event = new AccountEvent.Deposited(account, done);
                some.add(CODEC.encode("account-" + account, event, EventMetadata.none()));
            }
            log.append(Append.of(some));
        }
    }

    static Projection<MemoryRows<String, Long>> inMemory() {
        return Projection.of("balances", CODEC, (rows, event, _) -> {
            switch (event) {
                case AccountEvent.Deposited(String account, long cents) -> rows.merge(account, cents, Long::sum);
            }
        });
    }
}
