package dev.everfold.log;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Named places where a test may stop the process or make the engine fail.
///
/// Off unless the system property `everfold.failpoint` is set: `NAME:kill@N` ends the process at once,
/// without any cleaning up, when the place is passed for the N-th time; `NAME:fail@N` throws there.
enum Failpoint {
    /// A frame is complete in memory; nothing of it is written.
    LOG_BEFORE_WRITE,
    /// A frame is written and not synced.
    LOG_AFTER_WRITE,
    /// A frame is durable; nobody knows of it.
    LOG_AFTER_SYNC,
    /// A frame is published; callers are not answered.
    LOG_AFTER_PUBLISH,
    /// A new segment is durable; it has no frame.
    SEGMENT_CREATED,
    /// A sealed segment has its name; the open one is still there.
    SEGMENT_SEALED,
    /// The store is marked as open; nothing was appended since.
    STORE_OPENED,
    /// Everything is written; the store is not marked as closed.
    STORE_CLOSING;

    private static final Plan PLAN = Plan.parse(System.getProperty("everfold.failpoint", ""));

    /// Does nothing, unless this is the place and the time.
    void pass() {
        if (PLAN.at == this) {
            PLAN.pass();
        }
    }

    private static final class Plan {

        private final @Nullable Failpoint at;
        private final boolean kill;
        private final AtomicLong passesLeft;

        private Plan(@Nullable Failpoint at, boolean kill, long passes) {
            this.at = at;
            this.kill = kill;
            this.passesLeft = new AtomicLong(passes);
        }

        static Plan parse(String text) {
            if (text.isEmpty()) {
                return new Plan(null, false, 0);
            }
            int colon = text.indexOf(':');
            int at = text.indexOf('@');
            if (colon < 0 || at < colon) {
                throw new IllegalArgumentException(
                        "everfold.failpoint is \"" + text + "\"; expected NAME:kill@N or NAME:fail@N.");
            }
            return new Plan(
                    Failpoint.valueOf(text.substring(0, colon)),
                    text.substring(colon + 1, at).equals("kill"),
                    Long.parseLong(text.substring(at + 1)));
        }

        void pass() {
            if (passesLeft.decrementAndGet() == 0) {
                if (kill) {
                    Runtime.getRuntime().halt(137);
                }
                throw new IllegalStateException("Failpoint " + at + " was reached.");
            }
        }
    }
}
