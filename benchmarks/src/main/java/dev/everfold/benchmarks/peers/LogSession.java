package dev.everfold.benchmarks.peers;

import dev.everfold.cli.bench.ReadData;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/// The embedded log, through the contract that every application uses.
final class LogSession implements Session {

    private final EventStore store;

    private LogSession(EventStore store) {
        this.store = store;
    }

    static Session open(Path folder) {
        return new LogSession(EventStores.open("log:" + folder));
    }

    @Override
    public void append(String stream, long streamEvents, List<NewEvent> events) {
        Expected expected = streamEvents == 0 ? Expected.noStream() : Expected.revision(streamEvents - 1);
        store.append(Append.of(events).expecting(stream, expected));
    }

    @Override
    public void load(ReadData data) {
        data.fill(store);
    }

    @Override
    public void readStream(String stream, Consumer<RecordedEvent> consumer) {
        try (EventCursor cursor = store.read(Read.stream(stream))) {
            cursor.forEachRemaining(consumer);
        }
    }

    @Override
    public void scan(Consumer<RecordedEvent> consumer) {
        try (EventCursor cursor = store.read(Read.all())) {
            cursor.forEachRemaining(consumer);
        }
    }

    @Override
    public void close() {
        store.close();
    }
}
