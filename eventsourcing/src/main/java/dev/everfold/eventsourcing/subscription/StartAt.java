package dev.everfold.eventsourcing.subscription;

import java.time.Instant;

/// Where a consumer begins that has no checkpoint yet.
public sealed interface StartAt {

    /// With the first event of the log.
    record Beginning() implements StartAt {}

    /// With the first event that is appended after it was started for the first time.
    record End() implements StartAt {}

    /// With the event at a position, 0 or more.
    record Position(long position) implements StartAt {
        /// @throws IllegalArgumentException when it is negative
        public Position {
            if (position < 0) {
                throw new IllegalArgumentException("Start position " + position + " is negative; expected 0 or more.");
            }
        }
    }

    /// With the first event that was recorded at or after a time.
    record Recorded(Instant time) implements StartAt {}

    /// With the first event of the log.
    static StartAt beginning() {
        return new Beginning();
    }

    /// With the first event that is appended after it was started for the first time.
    static StartAt end() {
        return new End();
    }

    /// With the event at a position, 0 or more.
    static StartAt position(long position) {
        return new Position(position);
    }

    /// With the first event that was recorded at or after a time.
    static StartAt recordedFrom(Instant time) {
        return new Recorded(time);
    }
}
