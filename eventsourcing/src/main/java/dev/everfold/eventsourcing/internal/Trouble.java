package dev.everfold.eventsourcing.internal;

import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/// Failures that are tried again until they pass. One is nothing that anybody need know; a row of them that does not
/// end is told to the log, but not each of them. For the thread of a consumer.
final class Trouble {

    private static final System.Logger LOG = System.getLogger(Trouble.class.getName());

    /// How long a row lasts before it is told, and after which it is told again.
    private static final Duration TOLD_AFTER = Duration.ofSeconds(10);

    private static final Duration TOLD_EVERY = Duration.ofMinutes(1);

    private final String name;
    private final Clock clock;

    /// Failures of the row; 0 = nothing is wrong.
    private int failures;

    private Instant since = Instant.MAX;
    private Instant tellAt = Instant.MAX;

    Trouble(String name, Clock clock) {
        this.name = name;
        this.clock = clock;
    }

    /// Another one, which is tried again.
    void failed(long position, RuntimeException cause) {
        Instant now = clock.instant();
        if (failures++ == 0) {
            since = now;
            tellAt = now.plus(TOLD_AFTER);
        }
        if (now.isBefore(tellAt)) {
            LOG.log(Level.DEBUG, "failed, trying again name=" + name + " position=" + position, cause);
        } else {
            tellAt = now.plus(TOLD_EVERY);
            LOG.log(
                    Level.WARNING,
                    "fails again and again name=" + name + " position=" + position + " failures=" + failures + " since="
                            + since,
                    cause);
        }
    }

    /// A step was carried out.
    void passed() {
        failures = 0;
    }
}
