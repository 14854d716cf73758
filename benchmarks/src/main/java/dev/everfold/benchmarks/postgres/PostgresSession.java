package dev.everfold.benchmarks.postgres;

import dev.everfold.eventstore.NewEvent;

/// A peer that is open. Appends by many threads, each to a stream of its own; reads by one, while nobody appends.
interface PostgresSession extends AutoCloseable {

    /// Appends an event and returns when it is durable.
    ///
    /// @param revision how many events its stream has before, and that the append expects where it can expect
    ///     anything
    void append(NewEvent event, long revision) throws Exception;

    /// Reads and decodes all events of a stream.
    ///
    /// @return how many
    long readStream(String stream) throws Exception;

    /// Reads and decodes all events.
    ///
    /// @param events how many there are, for those that never come to an end
    /// @return how many
    long scan(long events) throws Exception;

    @Override
    void close();
}
