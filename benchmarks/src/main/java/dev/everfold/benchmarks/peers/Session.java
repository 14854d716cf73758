package dev.everfold.benchmarks.peers;

import dev.everfold.cli.bench.ReadData;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.RecordedEvent;
import java.util.List;
import java.util.function.Consumer;

/// A contender that is open. Appends by many threads; reads by one, while nobody appends.
interface Session extends AutoCloseable {

    /// Appends events to one stream and returns when they are durable.
    ///
    /// @param streamEvents how many events the stream must have before
    void append(String stream, long streamEvents, List<NewEvent> events) throws Exception;

    /// Appends all of the data to an empty store, as fast as it goes.
    void load(ReadData data) throws Exception;

    /// Hands over the events of a stream in order.
    void readStream(String stream, Consumer<RecordedEvent> consumer) throws Exception;

    /// Hands over all events in order.
    void scan(Consumer<RecordedEvent> consumer) throws Exception;

    @Override
    void close();
}
