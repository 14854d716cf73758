package dev.everfold.benchmarks.postgres;

import dev.everfold.cli.bench.BenchEvents;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// Our engine, by its URI and through the contract alone.
final class EverfoldSession implements PostgresSession {

    /// What an append expects.
    enum Expecting {
        /// Nothing.
        NOTHING,
        /// The revision of its stream.
        STREAM_AT,
        /// The same, of an event without tags.
        STREAM_AT_UNTAGGED,
        /// That nothing with its first tag came since its client's last append.
        NOTHING_MATCHING
    }

    private final EventStore store;
    private final Expecting expecting;

    /// By tag: behind the last event of the client whose tag it is.
    private final ConcurrentMap<String, Long> seen = new ConcurrentHashMap<>();

    EverfoldSession(EventStore store, Expecting expecting) {
        this.store = store;
        this.expecting = expecting;
    }

    static EverfoldSession open(PostgresServer server, String database, Expecting expecting) {
        String uri = "postgresql://" + PostgresServer.USER + "@localhost:" + server.port() + "/" + database;
        return new EverfoldSession(EventStores.open(uri), expecting);
    }

    @Override
    public void append(NewEvent event, long revision) {
        Append append = Append.of(event);
        Expected last = revision == 0 ? Expected.noStream() : Expected.revision(revision - 1);
        switch (expecting) {
            case NOTHING -> store.append(append);
            case STREAM_AT -> store.append(append.expecting(event.stream(), last));
            case STREAM_AT_UNTAGGED -> store.append(Append.of(event.withTags()).expecting(event.stream(), last));
            case NOTHING_MATCHING -> {
                String tag = event.tags().getFirst();
                long from = seen.getOrDefault(tag, 0L);
                Appended appended = store.append(append.unless(Query.tags(tag), from));
                seen.put(tag, appended.toPosition());
            }
        }
    }

    @Override
    public long readStream(String stream) {
        return count(Read.stream(stream));
    }

    @Override
    public long scan(long events) {
        return count(Read.all());
    }

    private long count(Read read) {
        long count = 0;
        long sum = 0;
        try (EventCursor cursor = store.read(read)) {
            while (cursor.hasNext()) {
                sum += BenchEvents.touch(cursor.next());
                count++;
            }
        }
        return sum == Long.MIN_VALUE ? 0 : count;
    }

    @Override
    public void close() {
        store.close();
    }
}
