package dev.everfold.testkit.history;

import dev.everfold.eventstore.RecordedEvent;
import java.util.ArrayList;
import java.util.List;

/// Says whether a history of concurrent clients is one that a correct store can have given.
///
/// Since every accepted append says where it is, the order in which the store decided is visible, and no
/// search for one is needed: each rule ([Rule]) is a comparison with the log, with what was known before a
/// call was made, and with what was asked after it was over. The cost is that of sorting the calls, and of
/// reading again what the clients read.
///
/// # What a history must be
/// All appends to the store are in it. Append ids and event ids are used once, but for repeats of the
/// same append. Nobody brings recorded times. Fewer appends than the store remembers. The log is read
/// after the last call.
///
/// # What is not checked
/// Waits for positions, statistics, limits, and when an append without events whose outcome is unknown
/// took effect, if it did.
public final class HistoryChecker {

    private HistoryChecker() {}

    /// Everything that the history and the log break; empty when they are right.
    ///
    /// @param history what the clients did
    /// @param log every event of the store, by rising position, read after the last call
    /// @throws IllegalArgumentException when the history uses an id for two things
    public static List<Violation> check(History history, List<RecordedEvent> log) {
        List<Violation> violations = new ArrayList<>();
        Evidence evidence = new Evidence(history, new LogModel(log));
        Trackings trackings = new Trackings(evidence.appends());
        new LogChecks(evidence, violations).check();
        new PresenceChecks(evidence, violations).check();
        new DecisionChecks(evidence, trackings, violations).check();
        new AnswerChecks(evidence, trackings, violations).check();
        for (ClientCall call : evidence.calls()) {
            if (call.call() instanceof Call.Reading(var read) && call.answer() instanceof Answer.Seen seen) {
                new ReadCheck(evidence, call, read, seen, violations).check();
            }
        }
        return List.copyOf(violations);
    }
}
