/// Snapshots in SQLite and PostgreSQL.
///
/// Start with [JdbcSnapshotStore]: give it a file or a data source, and it makes its table by itself.
/// Behind it, `Database` runs one short transaction a call and says what its failure means,
/// `SnapshotTable` holds the statements and the format of a row, `VersionedTable` creates and upgrades,
/// `Dialect` is all that differs between databases, and `SqlFailures` reads their error codes.
@NullMarked
package dev.everfold.jdbc;

import org.jspecify.annotations.NullMarked;
