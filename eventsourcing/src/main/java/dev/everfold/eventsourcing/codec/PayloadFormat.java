package dev.everfold.eventsourcing.codec;

import dev.everfold.eventstore.Bytes;
import tools.jackson.databind.node.ObjectNode;

/// How the data of an event becomes bytes. Implementations are safe for use by many threads.
///
/// Whatever an implementation throws when it reads, [EventCodec] reports as [MalformedEventException]
/// with the place of the event.
public interface PayloadFormat {

    /// Media type that is stored beside the bytes and tells how to read them.
    String contentType();

    /// Called once for each event type when a codec is built, so that what cannot be stored is found then.
    ///
    /// @throws IllegalArgumentException when values of the type cannot be stored, saying which part
    default void prepare(Class<?> type) {}

    /// The bytes of an event.
    Bytes encode(Object event);

    /// The event of this type in the bytes.
    <T> T decode(Bytes data, Class<T> type);

    /// The bytes as a tree, which upcasters change; the caller owns it.
    ObjectNode readTree(Bytes data);

    /// The event of this type in a tree.
    <T> T decode(ObjectNode tree, Class<T> type);
}
