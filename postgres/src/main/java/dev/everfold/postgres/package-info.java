/// The engine on PostgreSQL: the log is a table, and one advisory lock puts all appends in order.
///
/// Start with [PostgresEventStore]. An append waits in a queue; one thread takes what waits, and one
/// transaction takes the sequencer, finds what the batch is decided on, decides append by append and
/// stores what was accepted. Waiting readers are woken by a notification that is sent apart from
/// appends. The tables are in `schema.sql`.
@NullMarked
package dev.everfold.postgres;

import org.jspecify.annotations.NullMarked;
