package dev.everfold.benchmarks.commands;

import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventMetadata;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.NewEvent;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/// The store by itself: the same events with the same condition, and nobody who decides or encodes.
final class LogAppends implements AccountSession {

    private final EventStore store;
    private final NewEvent event = EventCodec.of(AccountEvent.class)
            .encode("x", new AccountEvent.Deposited("bench-0.0-0", 500), EventMetadata.none());
    private final AtomicLong ids = new AtomicLong();

    private LogAppends(EventStore store) {
        this.store = store;
    }

    static LogAppends open(Path folder) {
        return new LogAppends(EventStores.open("log:" + folder));
    }

    @Override
    public void handle(AccountCommand command, long accountEvents) {
        String stream = "account-" + command.account();
        NewEvent fresh = new NewEvent(
                stream,
                new UUID(0x7000L, ids.incrementAndGet()),
                event.type(),
                event.contentType(),
                event.data(),
                event.metadata(),
                event.tags(),
                event.occurred(),
                event.recorded());
        store.append(Append.of(fresh)
                .expecting(stream, accountEvents == 0 ? Expected.noStream() : Expected.revision(accountEvents - 1)));
    }

    @Override
    public long balance(String account) {
        throw new UnsupportedOperationException("A store folds nothing.");
    }

    @Override
    public void close() {
        store.close();
    }
}
