/// One store for other processes.
///
/// [EverfoldServer] assembles it: gRPC at one port, HTTP with health and metrics at another ([ServerOptions]).
/// Both doors lead to the same [MeteredEventStore], which counts what comes through.
@NullMarked
package dev.everfold.server;

import org.jspecify.annotations.NullMarked;
