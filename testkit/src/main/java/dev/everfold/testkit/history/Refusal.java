package dev.everfold.testkit.history;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendCondition;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.AppendConflictException.Failure;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.PositionAheadException;
import java.util.ArrayList;
import java.util.List;

/// Why an append was refused, and what the store said that it found.
public sealed interface Refusal {

    /// Some conditions did not hold; the others did.
    ///
    /// @param findings in the order of the request
    record Conflict(List<Finding> findings) implements Refusal {
        /// Copies the list.
        public Conflict {
            findings = List.copyOf(findings);
        }
    }

    /// A condition begins beyond the log.
    ///
    /// @param position where it begins
    /// @param nextPosition where the log ended
    record Ahead(long position, long nextPosition) implements Refusal {}

    /// Something that says nothing about the log: a limit, a full disk, a store that is closed.
    ///
    /// @param exception simple name of the exception's class
    record Other(String exception) implements Refusal {}

    /// What is remembered of an exception that says that nothing was stored.
    static Refusal of(Append append, EventStoreException exception) {
        return switch (exception) {
            case AppendConflictException conflict -> new Conflict(findings(append.conditions(), conflict.failures()));
            case PositionAheadException ahead -> new Ahead(ahead.position(), ahead.nextPosition());
            default -> new Other(exception.getClass().getSimpleName());
        };
    }

    /// Failures come in the order of the conditions, so each of two equal ones finds its own.
    private static List<Finding> findings(List<AppendCondition> conditions, List<Failure> failures) {
        List<Finding> findings = new ArrayList<>();
        int from = 0;
        for (Failure failure : failures) {
            switch (failure) {
                case Failure.StreamMoved(var condition, var last) -> {
                    int index = indexOf(conditions, from, condition);
                    findings.add(new Finding.LastRevision(index, last.orElse(-1)));
                    from = index + 1;
                }
                case Failure.QueryMatched(var condition, long position) -> {
                    int index = indexOf(conditions, from, condition);
                    findings.add(new Finding.Match(index, position));
                    from = index + 1;
                }
                case Failure.TrackingNotRising(var _, long found) -> findings.add(new Finding.Tracked(found));
                case Failure.RecordedTimeFalling _ -> findings.add(new Finding.RecordedTime());
            }
        }
        return findings;
    }

    /// -1 when the append has no such condition from there on.
    private static int indexOf(List<AppendCondition> conditions, int from, AppendCondition condition) {
        for (int i = from; i < conditions.size(); i++) {
            if (conditions.get(i).equals(condition)) {
                return i;
            }
        }
        return -1;
    }
}
