package dev.everfold.cli.bench;

import java.time.Duration;

/// Something that is measured, for about a given time, in each round anew.
public interface Workload {

    /// How it is called in the results.
    String name();

    /// What it counts, for example "events/s".
    String unit();

    /// Runs for about so long and says what it reached.
    Measurement run(Duration duration) throws Exception;
}
