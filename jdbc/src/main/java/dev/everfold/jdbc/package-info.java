/// Read models, checkpoints and snapshots in SQLite and PostgreSQL.
///
/// Start with [JdbcReadModel] and [SqlModel] for projections, [JdbcCheckpointStore] for subscriptions and
/// [JdbcSnapshotStore] for states: give them a file or a data source, and they make their tables by themselves.
///
/// `Database` runs one short transaction a call and says what its failure means, `VersionedTable` creates and upgrades,
/// `Dialect` is all that differs between databases, and `SqlFailures` reads their error codes. A claim carries out its
/// steps through `StepWriter`, which refuses them when another claim is in force and settles a commit that nobody
/// knows of; `ClaimTable` has the rows. `ModelBuilds` is what happens to builds, with `BuildTable` and `ModelTables`.
@NullMarked
package dev.everfold.jdbc;

import org.jspecify.annotations.NullMarked;
