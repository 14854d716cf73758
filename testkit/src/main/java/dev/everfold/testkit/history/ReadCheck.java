package dev.everfold.testkit.history;

import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.Read.Direction;
import dev.everfold.eventstore.Read.Source;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Whether one read returned what the log holds, as of a state that it may have seen.
final class ReadCheck {

    private final Evidence evidence;
    private final LogModel log;
    private final ClientCall call;
    private final Read read;
    private final Answer.Seen seen;
    private final List<Violation> violations;

    ReadCheck(Evidence evidence, ClientCall call, Read read, Answer.Seen seen, List<Violation> violations) {
        this.evidence = evidence;
        this.log = evidence.log();
        this.call = call;
        this.read = read;
        this.seen = seen;
        this.violations = violations;
    }

    void check() {
        checkEnd();
        List<Integer> expected = expected();
        if (expected.equals(positions())) {
            checkBytes();
        } else {
            explain(expected);
        }
        checkNextPosition();
    }

    private void checkEnd() {
        long askedFor = read.source() instanceof Source.Matching(var _, var _, long to) ? to : Long.MAX_VALUE;
        Span during = evidence.during(call);
        if (seen.end() < Math.min(askedFor, during.from()) || seen.end() >= during.to()) {
            String known = evidence.knownBefore(call.invokedNanos())
                    .map(fact -> ", as " + fact.source().client() + ", "
                            + fact.source().operation() + " had shown before")
                    .orElse("");
            report(Rule.READ_FRESH, "an end " + during + known, "end " + seen.end());
        } else if (seen.end() != askedFor && !evidence.isBoundary(seen.end())) {
            report(Rule.READ_ALL_OR_NONE, "an end between two appends", "end " + seen.end());
        }
    }

    /// Positions that such a read of the log returns below the end that the cursor had.
    private List<Integer> expected() {
        List<Integer> all = switch (read.source()) {
            case Source.Matching(var query, long from, long to) -> log.matches(query, from, Math.min(to, seen.end()));
            case Source.Revisions(String stream, long from, long to) -> {
                List<Integer> ofStream = log.ofStream(stream);
                int visible = LogModel.countBelow(ofStream, seen.end());
                int end = (int) Math.min(visible, to);
                yield ofStream.subList((int) Math.min(from, end), end);
            }
        };
        List<Integer> inOrder = read.direction() == Direction.BACKWARDS ? all.reversed() : all;
        long count = seen.exhausted()
                ? read.limit()
                : Math.min(read.limit(), seen.events().size());
        return inOrder.subList(0, (int) Math.min(count, inOrder.size()));
    }

    private List<Integer> positions() {
        return seen.events().stream().map(event -> (int) event.position()).toList();
    }

    private void checkBytes() {
        for (Sighting sighting : seen.events()) {
            if (!log.sighting((int) sighting.position()).equals(sighting)) {
                report(Rule.READ_BYTES, "the bytes of the log at position " + sighting.position(), "other bytes");
            }
        }
    }

    private void explain(List<Integer> expected) {
        Set<Integer> expectedSet = new HashSet<>(expected);
        Set<Integer> found = new HashSet<>();
        boolean explained = false;
        for (int position : positions()) {
            if (!found.add(position)) {
                report(Rule.READ_DUPLICATE, "position " + position + " once", "it again");
                explained = true;
            } else if (seen.exhausted() && !expectedSet.contains(position)) {
                report(Rule.READ_STRANGER, "matches of the log", "position " + position);
                explained = true;
            }
        }
        for (int position : expected) {
            if (!found.contains(position)) {
                report(Rule.READ_GAP, "position " + position, "it left out of " + shortened(positions()));
                explained = true;
                break;
            }
        }
        if (!explained) {
            report(Rule.READ_ORDER, "positions " + shortened(expected), "positions " + shortened(positions()));
        }
    }

    private void checkNextPosition() {
        boolean forwards = read.direction() == Direction.FORWARDS;
        boolean limited = seen.events().size() >= read.limit();
        if (!forwards || (seen.exhausted() && !limited)) {
            expectNext(seen.end());
        } else if (!seen.events().isEmpty()) {
            expectNext(seen.events().getLast().position() + 1);
        }
    }

    private void expectNext(long expected) {
        if (seen.nextPosition() != expected) {
            report(Rule.READ_RESUMES, "to go on from " + expected, "from " + seen.nextPosition());
        }
    }

    private void report(Rule rule, String expected, String found) {
        violations.add(Violation.of(rule, call, expected, found));
    }

    private static String shortened(List<Integer> positions) {
        return positions.size() <= 20
                ? positions.toString()
                : positions.subList(0, 20) + " and " + (positions.size() - 20) + " more";
    }
}
