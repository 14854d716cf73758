package dev.everfold.eventsourcing.subscription;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// How a consumer does at one moment. Counts are of this process, since the consumer was started.
///
/// @param name of the consumer
/// @param kind `subscription`, `projection` or `reaction`
/// @param state what it is doing
/// @param position the next position that it will read
/// @param lagEvents how many positions of the log are still before it; 0 = everything is handled
/// @param lag how long ago the newest event that it has handled was recorded, while there are more; else zero
/// @param handled events that it has handled
/// @param eventsPerSecond of the last seconds
/// @param retries steps that were tried again
/// @param parked events that are parked now
/// @param lastFailure when and why a step failed last, in one line
public record ConsumerStatus(
        String name,
        String kind,
        ConsumerState state,
        long position,
        long lagEvents,
        Duration lag,
        long handled,
        double eventsPerSecond,
        long retries,
        int parked,
        Optional<Failure> lastFailure) {

    /// Why a step failed.
    ///
    /// @param time when
    /// @param message in one line
    public record Failure(Instant time, String message) {}

    /// One line a consumer, in columns, for people.
    public static String report(Collection<ConsumerStatus> consumers) {
        int width =
                consumers.stream().mapToInt(each -> each.name().length()).max().orElse(0);
        return consumers.stream().map(each -> each.line(width) + "\n").collect(Collectors.joining());
    }

    private String line(int nameWidth) {
        String line = String.format(
                Locale.ROOT,
                "%-" + Math.max(nameWidth, 1) + "s  %-12s %-17s position %,d  lag %,d events, %s  %,.0f/s  handled %,d"
                        + "  retries %,d  parked %,d",
                name,
                kind,
                state.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                position,
                lagEvents,
                words(lag),
                eventsPerSecond,
                handled,
                retries,
                parked);
        return lastFailure
                .map(failure -> line + "  failed " + failure.time() + ": " + failure.message())
                .orElse(line);
    }

    private static String words(Duration time) {
        long millis = time.toMillis();
        if (millis < 1_000) {
            return millis + " ms";
        }
        return millis < 120_000 ? millis / 1_000 + " s" : millis / 60_000 + " min";
    }
}
