package dev.everfold.cli;

import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine.Option;

/// Which events: the options that select by place and time.
final class RangeOptions {

    @Option(
            names = "--from",
            paramLabel = "POSITION",
            converter = Arguments.Position.class,
            description = "Only events at or after this position.")
    long from;

    @Option(
            names = "--to",
            paramLabel = "POSITION",
            converter = Arguments.Position.class,
            description = "Only events before this position.")
    long to = Long.MAX_VALUE;

    @Option(
            names = "--limit",
            paramLabel = "N",
            converter = Arguments.Count.class,
            description = "At most so many events.")
    long limit = Long.MAX_VALUE;

    @Option(
            names = "--as-of",
            paramLabel = "TIME",
            converter = Arguments.Time.class,
            description = "Only what had occurred by then, for example 2026-03-01T00:00:00Z; where an event does not"
                    + " say when it occurred, what had been recorded.")
    Optional<Instant> asOf = Optional.empty();

    @Option(
            names = "--known-at",
            paramLabel = "TIME",
            converter = Arguments.Time.class,
            description = "Only what had been recorded by then.")
    Optional<Instant> knownAt = Optional.empty();
}
