/// Typed events to bytes and back.
///
/// Start with [EventCodec]: a sealed interface whose records carry [EventType] is the registry.
/// [EventMetadata] is what every event carries beside its data. [PayloadFormat] makes the bytes;
/// [JsonFormat] is the one that is used unless another is given.
///
/// Stored bytes never change, so old forms are read by [Upcaster]s on their way out. [SchemaLock] is a test that
/// notices when a form changes, [EventLogCheck] reads a whole store before a release does.
@NullMarked
package dev.everfold.eventsourcing.codec;

import org.jspecify.annotations.NullMarked;
