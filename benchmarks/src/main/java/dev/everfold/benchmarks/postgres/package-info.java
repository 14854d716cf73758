/// Durable appends to one PostgreSQL server, ours beside those of others, in one run.
///
/// [PostgresComparison] is the program; [PostgresPeers] says what is compared, and [PostgresServer] is where
/// all of it is stored. Each peer has a database of its own, and whoever is not measured is closed.
@NullMarked
package dev.everfold.benchmarks.postgres;

import org.jspecify.annotations.NullMarked;
