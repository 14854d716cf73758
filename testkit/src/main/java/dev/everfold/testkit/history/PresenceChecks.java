package dev.everfold.testkit.history;

import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.RecordedEvent;
import java.util.ArrayList;
import java.util.List;

/// Whether each append is in the log as often, where and as it should be.
final class PresenceChecks {

    private final Evidence evidence;
    private final LogModel log;
    private final List<Violation> violations;

    PresenceChecks(Evidence evidence, List<Violation> violations) {
        this.evidence = evidence;
        this.log = evidence.log();
        this.violations = violations;
    }

    void check() {
        for (Attempts attempts : evidence.appends()) {
            List<List<Integer>> found = attempts.append().events().stream()
                    .map(event -> log.withId(event.id()))
                    .toList();
            checkPresence(attempts, found);
            checkBytes(attempts, found);
            checkRepeats(attempts);
        }
    }

    private void checkPresence(Attempts attempts, List<List<Integer>> found) {
        boolean nothing = found.stream().allMatch(List::isEmpty);
        boolean everything = found.stream().noneMatch(List::isEmpty);
        boolean twice = found.stream().anyMatch(positions -> positions.size() > 1);
        ClientCall witness = attempts.witness();
        if (attempts.allRefused()) {
            if (!nothing) {
                report(Rule.REFUSED_ABSENT, witness, "nothing of a refused append", at(found));
            }
        } else if (!nothing && !everything) {
            report(Rule.ALL_OR_NONE, witness, "all " + found.size() + " events or none", at(found));
        } else if (attempts.accepted().isPresent()) {
            checkClaim(attempts, found);
        } else if (twice) {
            report(Rule.UNKNOWN_AT_MOST_ONCE, witness, "the append once or not at all", at(found));
        } else if (!nothing && attempts.fromPosition().isEmpty()) {
            report(Rule.ALL_OR_NONE, witness, "events one after another", at(found));
        }
    }

    private void checkClaim(Attempts attempts, List<List<Integer>> found) {
        Appended claimed = attempts.appended().orElseThrow();
        ClientCall witness = attempts.witness();
        List<List<Integer>> expected = new ArrayList<>();
        for (int i = 0; i < found.size(); i++) {
            expected.add(List.of((int) claimed.fromPosition() + i));
        }
        if (!expected.equals(found)) {
            report(Rule.ACCEPTED_ONCE, witness, at(expected), at(found));
            return;
        }
        List<Long> revisions = new ArrayList<>();
        for (List<Integer> positions : found) {
            revisions.add(log.at(positions.getFirst()).revision());
        }
        if (!revisions.equals(claimed.revisions())) {
            report(Rule.ACCEPTED_ONCE, witness, "revisions " + claimed.revisions(), "revisions " + revisions);
        }
    }

    private void checkBytes(Attempts attempts, List<List<Integer>> found) {
        for (int i = 0; i < found.size(); i++) {
            NewEvent given = attempts.append().events().get(i);
            for (int position : found.get(i)) {
                RecordedEvent stored = log.at(position);
                if (!stored.toNewEvent().equals(given)) {
                    report(
                            Rule.SAME_BYTES,
                            attempts.witness(),
                            "event " + i + " as it was given",
                            "other content at position " + position);
                }
            }
        }
    }

    private void checkRepeats(Attempts attempts) {
        for (ClientCall call : attempts.calls()) {
            switch (call.answer()) {
                case Answer.Accepted(Appended appended) -> {
                    Appended first = attempts.appended().orElseThrow();
                    if (!appended.equals(first)) {
                        report(Rule.REPEAT_SAME, call, "the first answer, " + first, appended.toString());
                    }
                }
                case Answer.Refused(Refusal refusal) -> checkRefused(attempts, call, refusal);
                case Answer.Unknown _, Answer.Seen _, Answer.TrackedAt _, Answer.NextAt _ -> {
                    // Says nothing about the other attempts.
                }
            }
        }
    }

    /// A refusal that is about the log cannot come after the append is known to be stored.
    private void checkRefused(Attempts attempts, ClientCall refused, Refusal refusal) {
        boolean aboutTheLog =
                !(refusal instanceof Refusal.Other(String exception)) || exception.equals("AppendIdReusedException");
        if (!aboutTheLog || attempts.fromPosition().isEmpty()) {
            return;
        }
        boolean known = attempts.accepted().isEmpty()
                ? attempts.lastUnknownOver() < refused.invokedNanos()
                : attempts.accepted().get().overNanos() < refused.invokedNanos();
        if (known) {
            report(
                    Rule.REPEAT_SAME,
                    refused,
                    "the first answer, for it is known to be stored at "
                            + attempts.fromPosition().getAsLong(),
                    "a refusal: " + refusal);
        }
    }

    private void report(Rule rule, ClientCall call, String expected, String found) {
        violations.add(Violation.of(rule, call, expected, found));
    }

    private static String at(List<List<Integer>> positions) {
        return "its events at positions " + positions;
    }
}
