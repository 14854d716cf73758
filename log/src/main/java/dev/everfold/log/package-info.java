/// The embedded engine: an event store in a directory of files.
///
/// [LogEventStore] opens one, [LogOptions] has its settings, [LogEventStoreProvider] makes it known as
/// `log:DIRECTORY`. Inside, one [LogWriter] thread takes appends from a queue, decides each against
/// everything before it, puts the accepted ones into one commit frame, makes the frame durable,
/// publishes the next position and answers. Readers go by the published position only. In `mode=read` a
/// [LogFollower] takes the writer's place and watches the files.
@NullMarked
package dev.everfold.log;

import org.jspecify.annotations.NullMarked;
