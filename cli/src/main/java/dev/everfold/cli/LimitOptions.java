package dev.everfold.cli;

import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine.Option;

/// How many events, and by when: the options that mean the same for every command that reads.
final class LimitOptions {

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
