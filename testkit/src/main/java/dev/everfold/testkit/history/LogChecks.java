package dev.everfold.testkit.history;

import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.RecordedEvent;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/// What can be said about the log alone, and whose events are in it.
final class LogChecks {

    private final Evidence evidence;
    private final List<Violation> violations;

    LogChecks(Evidence evidence, List<Violation> violations) {
        this.evidence = evidence;
        this.violations = violations;
    }

    void check() {
        Set<UUID> given = new HashSet<>();
        for (Attempts attempts : evidence.appends()) {
            for (NewEvent event : attempts.append().events()) {
                given.add(event.id());
            }
        }
        Map<String, Long> nextRevisions = new HashMap<>();
        long recordedMicros = Long.MIN_VALUE;
        for (int position = 0; position < evidence.log().size(); position++) {
            RecordedEvent event = evidence.log().at(position);
            long revision = nextRevisions.merge(event.stream(), 1L, Long::sum) - 1;
            expect(position, "position " + position, position, "position " + event.position(), event.position());
            expect(position, "revision " + revision, revision, "revision " + event.revision(), event.revision());
            if (event.recordedMicros() < recordedMicros) {
                violations.add(Violation.ofLog(
                        Rule.LOG_DENSE,
                        "event " + position,
                        "a recorded time of " + recordedMicros + " µs or later",
                        event.recordedMicros() + " µs"));
            }
            recordedMicros = event.recordedMicros();
            if (!given.contains(event.id())) {
                violations.add(Violation.ofLog(
                        Rule.NO_STRANGERS,
                        "event " + position,
                        "an event that a client gave",
                        "event " + event.id() + ", which nobody gave"));
            }
        }
    }

    private void expect(int position, String expectedName, long expected, String foundName, long found) {
        if (expected != found) {
            violations.add(Violation.ofLog(Rule.LOG_DENSE, "event " + position, expectedName, foundName));
        }
    }
}
