package dev.everfold.eventsourcing.codec;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What an [EventLogCheck] found.
///
/// @param lines one for each type and version, sorted
public record EventLogReport(List<Line> lines) {

    /// Copies the list.
    public EventLogReport {
        lines = List.copyOf(lines);
    }

    /// One type and version.
    ///
    /// @param type name in the store
    /// @param version 0 for events whose version cannot be read
    /// @param events how many are stored
    /// @param decoded how many events of the application they became; fewer where some were dropped or
    ///     skipped, more where some were split or several codecs read them
    /// @param failure what could not be read; empty when everything could
    public record Line(String type, int version, long events, long decoded, Optional<Failure> failure) {

        /// As it stands in the report.
        @Override
        public String toString() {
            String counts = String.format(
                    Locale.ROOT,
                    "\"%s\" version %s: %,d stored, %,d decoded",
                    type,
                    version == 0 ? "unknown" : version,
                    events,
                    decoded);
            return counts + failure.map(found -> ", " + found).orElse("");
        }
    }

    /// Events of one type and version that cannot be read.
    ///
    /// @param events how many
    /// @param firstPosition where the first of them is
    /// @param reason why that one cannot be read
    public record Failure(long events, long firstPosition, String reason) {

        /// As it stands in the report.
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT, "%,d FAILED, first at position %d\n    %s", events, firstPosition, reason);
        }
    }

    /// Whether every event can be read.
    public boolean passed() {
        return failed() == 0;
    }

    /// How many events were looked at.
    public long events() {
        return lines.stream().mapToLong(Line::events).sum();
    }

    /// How many events cannot be read.
    public long failed() {
        return lines.stream()
                .flatMap(line -> line.failure().stream())
                .mapToLong(Failure::events)
                .sum();
    }

    /// Does nothing when every event can be read.
    ///
    /// @throws EventLogCheckException when some cannot; its message is the report
    public EventLogReport throwIfFailed() {
        if (!passed()) {
            throw new EventLogCheckException(this);
        }
        return this;
    }

    /// The report for people: a summary, then each line.
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%,d events checked, %s",
                events(),
                passed() ? "all can be read" : String.format(Locale.ROOT, "%,d cannot be read", failed())));
        lines.forEach(line -> text.append("\n  ").append(line));
        return text.toString();
    }
}
