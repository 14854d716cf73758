/// Typed events to bytes and back.
///
/// Start with [EventCodec]: a sealed interface whose records carry [EventType] is the registry.
/// [EventMetadata] is what every event carries beside its data. [PayloadFormat] makes the bytes;
/// [JsonFormat] is the one that is used unless another is given.
@NullMarked
package dev.everfold.eventsourcing.codec;

import org.jspecify.annotations.NullMarked;
