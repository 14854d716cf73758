/// Events to and from CloudEvents 1.0 (JSON event format), one event a line.
///
/// Start with [CloudEvents]: what maps to what, and the two methods that do it once. [CloudEventReader]
/// and [CloudEventWriter] do it many times with the same buffers. Inside, [JsonObject] finds where the
/// members of a line stand, so that values can be kept as they stand; [MetadataForm] keeps as metadata
/// what has no place of its own in an event.
@NullMarked
package dev.everfold.cloudevents;

import org.jspecify.annotations.NullMarked;
