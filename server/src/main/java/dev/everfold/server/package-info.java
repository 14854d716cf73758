/// One store for other processes.
///
/// [EverfoldServer] assembles it: gRPC at one port, HTTP with health and metrics at another ([ServerOptions]).
/// Both doors lead to the same [MeteredEventStore], which counts what comes through. Where the server has users, the
/// package `security` says who comes through at all.
/// The console ([ConsoleRoutes]) is a page that asks the same routes as everybody.
@NullMarked
package dev.everfold.server;

import org.jspecify.annotations.NullMarked;
