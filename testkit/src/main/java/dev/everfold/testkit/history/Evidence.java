package dev.everfold.testkit.history;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.NewEvent;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// A history and a log, prepared for questions: who knew what when, and where every append is.
final class Evidence {

    private final LogModel log;
    private final List<ClientCall> calls;
    private final List<Attempts> appends;
    private final Known known;
    private final Known later;

    /// Next positions that lie inside an append: no state of the store has them.
    private final BitSet inside = new BitSet();

    Evidence(History history, LogModel log) {
        this.log = log;
        this.calls = history.calls().stream()
                .sorted(Comparator.comparingLong(ClientCall::invokedNanos))
                .toList();
        this.appends = attempts(calls, log);
        List<Known.Fact> facts = new ArrayList<>();
        List<Known.Fact> backwards = new ArrayList<>();
        for (Attempts each : appends) {
            each.fromPosition().ifPresent(from -> {
                markInside(from, each.toPosition());
                addFacts(each, facts);
                backwards.add(new Known.Fact(-each.first().invokedNanos(), -from, each.first()));
            });
        }
        calls.forEach(call -> addFacts(call, facts));
        this.known = new Known(facts);
        this.later = new Known(backwards);
    }

    LogModel log() {
        return log;
    }

    /// By the time when they were made.
    List<ClientCall> calls() {
        return calls;
    }

    /// By the time when they were made first.
    List<Attempts> appends() {
        return appends;
    }

    /// The highest next position that was known before a time.
    Optional<Known.Fact> knownBefore(long nanos) {
        return known.before(nanos);
    }

    /// The states in which the store can have been during a call.
    ///
    /// At least what was known before it was made; at most up to the first of the appends that were made
    /// after it was over.
    Span during(ClientCall call) {
        long from = known.before(call.invokedNanos()).map(Known.Fact::value).orElse(0L);
        // Times and positions are negated, so that "the largest before" is "the smallest after".
        long to = call.isOver()
                ? later.before(-call.overNanos()).map(fact -> -fact.value()).orElse((long) log.size())
                : log.size();
        return new Span(from, to + 1);
    }

    /// Whether some append begins or ends here, or none is around.
    boolean isBoundary(long nextPosition) {
        return nextPosition > Integer.MAX_VALUE || !inside.get((int) nextPosition);
    }

    /// Whether a state of the store lies in the span.
    boolean hasState(Span span) {
        Span within = span.and(new Span(0, log.size() + 1L));
        return !within.isEmpty() && within.contains(inside.nextClearBit((int) within.from()));
    }

    private void markInside(long from, long to) {
        if (from >= 0 && from + 1 < to && to <= log.size()) {
            inside.set((int) from + 1, (int) to);
        }
    }

    /// An accepted call shows where the append is once it is answered; without one, the log does once all
    /// calls that may have stored it are over.
    private static void addFacts(Attempts attempts, List<Known.Fact> facts) {
        for (ClientCall call : attempts.calls()) {
            if (call.answer() instanceof Answer.Accepted) {
                facts.add(new Known.Fact(call.overNanos(), attempts.toPosition(), call));
            }
        }
        if (attempts.accepted().isEmpty() && attempts.lastUnknownOver() < ClientCall.NEVER) {
            facts.add(new Known.Fact(attempts.lastUnknownOver(), attempts.toPosition(), attempts.first()));
        }
    }

    private static void addFacts(ClientCall call, List<Known.Fact> facts) {
        switch (call.answer()) {
            case Answer.Seen seen -> facts.add(new Known.Fact(call.overNanos(), seen.end(), call));
            case Answer.NextAt(long position) -> facts.add(new Known.Fact(call.overNanos(), position, call));
            case Answer.Refused(Refusal.Conflict(List<Finding> findings)) -> {
                for (Finding finding : findings) {
                    if (finding instanceof Finding.Match(var _, long position)) {
                        facts.add(new Known.Fact(call.overNanos(), position + 1, call));
                    }
                }
            }
            case Answer.Accepted _, Answer.Refused _, Answer.Unknown _, Answer.TrackedAt _ -> {
                // Known through the append, or says nothing about positions.
            }
        }
    }

    private static List<Attempts> attempts(List<ClientCall> calls, LogModel log) {
        Map<UUID, List<ClientCall>> byId = new LinkedHashMap<>();
        Map<UUID, Append> appends = new HashMap<>();
        Map<UUID, UUID> appendOfEvent = new HashMap<>();
        for (ClientCall call : calls) {
            if (call.call() instanceof Call.Appending(Append append)) {
                byId.computeIfAbsent(append.id(), unseen -> new ArrayList<>()).add(call);
                Append first = appends.putIfAbsent(append.id(), append);
                require(first == null || first.equals(append), "append " + append.id() + " came with other content");
                for (NewEvent event : append.events()) {
                    UUID other = appendOfEvent.put(event.id(), append.id());
                    boolean own = first != null && append.id().equals(other);
                    require(other == null || own, "event " + event.id() + " was given more than once");
                }
            }
        }
        return byId.values().stream()
                .map(attempts -> new Attempts(attempts, log))
                .toList();
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalArgumentException("The history cannot be checked: " + otherwise
                    + "; expected ids that are never used for anything else.");
        }
    }
}
