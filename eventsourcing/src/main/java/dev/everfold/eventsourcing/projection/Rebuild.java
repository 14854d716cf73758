package dev.everfold.eventsourcing.projection;

import java.time.Duration;
import java.util.Optional;

/// How far a build is that is made beside the one that serves.
///
/// @param build which
/// @param position everything below is in it
/// @param end next position of the log now
/// @param eventsPerSecond that it takes
/// @param left until it has caught up at that rate; empty while there is none
public record Rebuild(Build build, long position, long end, double eventsPerSecond, Optional<Duration> left) {

    static Rebuild of(Build build, long position, long end, double eventsPerSecond) {
        long missing = Math.max(0, end - position);
        Optional<Duration> left = eventsPerSecond < 1
                ? Optional.empty()
                : Optional.of(Duration.ofMillis((long) (missing * 1_000.0 / eventsPerSecond)));
        return new Rebuild(build, position, end, eventsPerSecond, left);
    }
}
