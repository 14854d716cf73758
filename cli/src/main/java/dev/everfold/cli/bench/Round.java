package dev.everfold.cli.bench;

import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;

/// One pass over everything that is measured.
///
/// @param label how it is called in the progress
/// @param duration how long each workload runs
/// @param results where its measurements go
/// @param progress receives what is being done; may throw to end the run
record Round(String label, Duration duration, Results results, Consumer<String> progress) {

    /// Runs a workload and keeps its result for the caller alone.
    Measurement measure(Workload workload) throws Exception {
        progress.accept(label + ": " + workload.name().strip());
        return workload.run(duration);
    }

    /// Runs a workload and adds its result.
    ///
    /// @param limit what it is compared with reached in this round, or [Measurement#NONE]
    /// @param raw syncs a second of the raw disk; 0 = it has nothing to do with the disk
    Measurement add(Results.Section section, Workload workload, Measurement limit, double raw) throws Exception {
        Measurement measured = measure(workload);
        results.add(new Results.Key(section, workload.name(), workload.unit()), measured, limit, raw);
        return measured;
    }

    /// Adds that a store was opened.
    ///
    /// @param micros until its last event was read, in microseconds
    /// @param events how many it holds
    void addOpening(double micros, int events) {
        Results.Key key = new Results.Key(
                Results.Section.READS, String.format(Locale.ROOT, "reopen, %,d events", events), "opens/s");
        results.add(key, new Measurement(1e6 / micros, micros, micros), Measurement.NONE, 0);
    }
}
