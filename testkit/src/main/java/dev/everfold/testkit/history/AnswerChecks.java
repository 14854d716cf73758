package dev.everfold.testkit.history;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendCondition;
import dev.everfold.eventstore.AppendCondition.NothingMatching;
import dev.everfold.eventstore.AppendCondition.StreamAt;
import dev.everfold.eventstore.Query;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// Whether what clients were told about the store was so at some moment of the call.
final class AnswerChecks {

    private final Evidence evidence;
    private final LogModel log;
    private final Trackings trackings;
    private final List<Violation> violations;

    /// By source, what was known to be tracked.
    private final Map<String, Known> tracked = new HashMap<>();

    AnswerChecks(Evidence evidence, Trackings trackings, List<Violation> violations) {
        this.evidence = evidence;
        this.log = evidence.log();
        this.trackings = trackings;
        this.violations = violations;
    }

    void check() {
        learnTracked();
        for (ClientCall call : evidence.calls()) {
            switch (call.answer()) {
                case Answer.Refused(Refusal.Conflict(var findings)) -> checkConflict(call, append(call), findings);
                case Answer.Refused(Refusal.Ahead ahead) -> checkAhead(call, ahead);
                case Answer.NextAt(long position) -> checkNext(call, position);
                case Answer.TrackedAt(OptionalLong position) -> checkTracked(call, position);
                case Answer.Refused _, Answer.Accepted _, Answer.Unknown _, Answer.Seen _ -> {
                    // Says nothing, or is checked elsewhere.
                }
            }
        }
    }

    /// Every finding and every condition that was not complained of must be so in one and the same state.
    private void checkConflict(ClientCall call, Append append, List<Finding> findings) {
        Span during = evidence.during(call);
        Span agreed = during;
        StringBuilder found = new StringBuilder();
        Map<Integer, Finding> byCondition = new HashMap<>();
        boolean trackingFound = false;
        for (Finding finding : findings) {
            switch (finding) {
                case Finding.LastRevision(int condition, var _) -> byCondition.put(condition, finding);
                case Finding.Match(int condition, var _) -> byCondition.put(condition, finding);
                case Finding.Tracked(long position) -> {
                    trackingFound = true;
                    String source = append.tracking().orElseThrow().source();
                    Span span = trackings.mayBe(source, OptionalLong.of(position));
                    boolean wouldRise = append.tracking().orElseThrow().position() > position;
                    agreed = agreed.and(wouldRise ? new Span(0, 0) : span);
                    found.append(finding).append(" so ").append(span).append("; ");
                }
                case Finding.RecordedTime _ -> found.append(finding).append("; ");
            }
        }
        for (int i = 0; i < append.conditions().size(); i++) {
            AppendCondition condition = append.conditions().get(i);
            Finding finding = byCondition.get(i);
            Span span = finding == null ? log.holds(condition) : isSo(condition, finding);
            agreed = agreed.and(span);
            found.append(finding == null ? "condition " + i + " not refused" : finding)
                    .append(" so ")
                    .append(span)
                    .append("; ");
        }
        if (byCondition.containsKey(-1)) {
            agreed = new Span(0, 0);
            found.append("a condition that the append does not have; ");
        }
        if (!trackingFound && append.tracking().isPresent()) {
            agreed = agreed.and(trackings.mayRise(append.tracking().get()));
        }
        if (findings.isEmpty() || !evidence.hasState(agreed)) {
            report(
                    Rule.REFUSAL_TRUE,
                    call,
                    "a refusal that is so " + during,
                    found.append("never all").toString());
        }
    }

    /// The states in which a condition is refused with exactly this finding.
    private Span isSo(AppendCondition condition, Finding finding) {
        return switch (condition) {
            case StreamAt streamAt
            when finding instanceof Finding.LastRevision(var _, long revision) ->
                streamAt.expected().holdsFor(revision)
                        ? new Span(0, 0)
                        : log.lastRevisionIs(streamAt.stream(), revision);
            case NothingMatching(Query query, long from)
            when finding instanceof Finding.Match(var _, long position) ->
                log.firstMatch(query, from) == position ? new Span(position + 1, Long.MAX_VALUE) : new Span(0, 0);
            case StreamAt _, NothingMatching _ -> new Span(0, 0);
        };
    }

    private void checkAhead(ClientCall call, Refusal.Ahead ahead) {
        Span during = evidence.during(call);
        long end = ahead.nextPosition();
        if (ahead.position() <= end || !evidence.isBoundary(end) || !during.contains(end)) {
            report(
                    Rule.REFUSAL_TRUE,
                    call,
                    "a log that ends before " + ahead.position() + " " + during,
                    "next position " + end);
        }
    }

    private void checkNext(ClientCall call, long position) {
        Span during = evidence.during(call);
        if (!during.contains(position)) {
            report(Rule.READ_FRESH, call, "a store that is " + during, "next position " + position);
        } else if (!evidence.isBoundary(position)) {
            report(Rule.READ_ALL_OR_NONE, call, "a position between two appends", "next position " + position);
        }
    }

    private void checkTracked(ClientCall call, OptionalLong position) {
        String source = ((Call.AskingTracked) call.call()).source();
        Span during = evidence.during(call);
        Span span = trackings.mayBe(source, position);
        String found = position.isPresent() ? "position " + position.getAsLong() : "none";
        if (!evidence.hasState(span.and(during))) {
            report(Rule.TRACKING_RISES, call, "what is tracked " + during, found + ", which is so " + span);
        }
        Known known = tracked.getOrDefault(source, new Known(List.of()));
        known.before(call.invokedNanos()).ifPresent(fact -> {
            if (position.orElse(-1) < fact.value()) {
                report(
                        Rule.TRACKING_RISES,
                        call,
                        "position " + fact.value() + " or later, since "
                                + fact.source().client() + ", " + fact.source().operation() + " was answered before",
                        found);
            }
        });
    }

    private void learnTracked() {
        Map<String, List<Known.Fact>> facts = new HashMap<>();
        for (ClientCall call : evidence.calls()) {
            if (call.call() instanceof Call.AskingTracked(String source)
                    && call.answer() instanceof Answer.TrackedAt(OptionalLong position)) {
                facts.computeIfAbsent(source, unseen -> new ArrayList<>())
                        .add(new Known.Fact(call.overNanos(), position.orElse(-1), call));
            }
            if (call.call() instanceof Call.Appending(Append append) && call.answer() instanceof Answer.Accepted) {
                append.tracking()
                        .ifPresent(tracking -> facts.computeIfAbsent(tracking.source(), unseen -> new ArrayList<>())
                                .add(new Known.Fact(call.overNanos(), tracking.position(), call)));
            }
        }
        facts.forEach((source, of) -> tracked.put(source, new Known(of)));
    }

    private static Append append(ClientCall call) {
        return ((Call.Appending) call.call()).append();
    }

    private void report(Rule rule, ClientCall call, String expected, String found) {
        violations.add(Violation.of(rule, call, expected, found));
    }
}
