package dev.everfold.testkit.history;

import dev.everfold.eventstore.AppendCondition;
import dev.everfold.eventstore.AppendCondition.NothingMatching;
import dev.everfold.eventstore.AppendCondition.StreamAt;
import java.util.List;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/// Whether the appends that are stored may stand where they stand.
final class DecisionChecks {

    private final Evidence evidence;
    private final Trackings trackings;
    private final List<Violation> violations;

    DecisionChecks(Evidence evidence, Trackings trackings, List<Violation> violations) {
        this.evidence = evidence;
        this.trackings = trackings;
        this.violations = violations;
    }

    void check() {
        for (Attempts attempts : evidence.appends()) {
            if (attempts.fromPosition().isPresent()) {
                checkRealTime(attempts);
                for (AppendCondition condition : attempts.append().conditions()) {
                    checkHeld(attempts, condition);
                }
            }
        }
        trackings.stored().forEach(this::checkRising);
    }

    private void checkRealTime(Attempts attempts) {
        long from = attempts.fromPosition().orElseThrow();
        evidence.knownBefore(attempts.first().invokedNanos()).ifPresent(known -> {
            if (from < known.value()) {
                report(
                        Rule.REAL_TIME,
                        attempts.witness(),
                        "position " + known.value() + " or later, since "
                                + known.source().client() + ", "
                                + known.source().operation() + " was answered before",
                        "position " + from);
            }
        });
    }

    private void checkHeld(Attempts attempts, AppendCondition condition) {
        long from = attempts.fromPosition().orElseThrow();
        LogModel log = evidence.log();
        if (log.holds(condition).contains(from)) {
            return;
        }
        switch (condition) {
            case StreamAt streamAt ->
                report(
                        Rule.STREAM_CONDITION,
                        attempts.witness(),
                        streamAt.expected() + " of stream \"" + streamAt.stream() + "\" before position " + from,
                        "last revision " + log.lastRevision(streamAt.stream(), from));
            case NothingMatching nothing ->
                report(
                        Rule.QUERY_CONDITION,
                        attempts.witness(),
                        "nothing matching " + nothing.query() + " in positions [" + nothing.fromPosition() + ", " + from
                                + ")",
                        "an event at position " + log.firstMatch(nothing.query(), nothing.fromPosition()));
        }
    }

    private void checkRising(String source, NavigableMap<Long, List<Attempts>> byTracked) {
        @Nullable Attempts last = null;
        for (var entry : byTracked.entrySet()) {
            for (Attempts attempts : entry.getValue()) {
                if (last != null && (sameTracking(last, attempts) || last.toPosition() > from(attempts))) {
                    report(
                            Rule.TRACKING_RISES,
                            attempts.witness(),
                            "position " + entry.getKey() + " of source \"" + source + "\" once, and after the event at "
                                    + (last.toPosition() - 1) + ", which tracks "
                                    + last.append().tracking().orElseThrow().position(),
                            "position " + from(attempts) + " in the log");
                }
                last = attempts;
            }
        }
    }

    private static boolean sameTracking(Attempts one, Attempts other) {
        return one.append().tracking().equals(other.append().tracking());
    }

    private static long from(Attempts attempts) {
        return attempts.fromPosition().orElseThrow();
    }

    private void report(Rule rule, ClientCall call, String expected, String found) {
        violations.add(Violation.of(rule, call, expected, found));
    }
}
