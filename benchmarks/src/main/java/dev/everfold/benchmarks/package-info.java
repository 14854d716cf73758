/// Measurements that need more than the command line brings: parts (JMH), growth, in
/// `dev.everfold.benchmarks.peers` other stores, in `dev.everfold.benchmarks.postgres` what shares a PostgreSQL
/// server, and in `dev.everfold.benchmarks.commands` commands and loading. `everfold bench` measures the log itself.
///
/// Everything that is needed is in `benchmarks/target/lib` after `./mvnw -pl benchmarks -am package`; the
/// commands are in `docs/benchmarks.md`.
@NullMarked
package dev.everfold.benchmarks;

import org.jspecify.annotations.NullMarked;
