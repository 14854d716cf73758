package dev.everfold.cli;

import picocli.CommandLine.Mixin;
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

    @Mixin
    LimitOptions limits = new LimitOptions();
}
