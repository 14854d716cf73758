/// The few calls through which the engine touches files: [Storage] is one directory, [StorageFile] one file
/// in it.
///
/// Each call states what is durable when it returns. [FileStorage] is the real thing; tests put a
/// simulated disk in its place that loses what was not synced, without changing a line of the engine.
@NullMarked
package dev.everfold.log.storage;

import org.jspecify.annotations.NullMarked;
