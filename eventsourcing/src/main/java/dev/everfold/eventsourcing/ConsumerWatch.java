package dev.everfold.eventsourcing;

/// Somebody who is told which consumers run ([Everfold#watchConsumers]).
@FunctionalInterface
public interface ConsumerWatch extends AutoCloseable {

    /// Ends it: once this has returned nothing more is told. May be called more than once.
    @Override
    void close();
}
