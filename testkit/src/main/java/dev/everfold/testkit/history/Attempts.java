package dev.everfold.testkit.history;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.NewEvent;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// All calls that made one append, and where it is in the log.
final class Attempts {

    private final Append append;
    private final List<ClientCall> calls;
    private final Optional<ClientCall> accepted;
    private final OptionalLong fromPosition;

    /// @param inAnyOrder calls that make an append, all of the same one
    Attempts(List<ClientCall> inAnyOrder, LogModel log) {
        this.append = ((Call.Appending) inAnyOrder.getFirst().call()).append();
        this.calls = inAnyOrder.stream()
                .sorted(Comparator.comparingLong(ClientCall::invokedNanos))
                .toList();
        this.accepted = calls.stream()
                .filter(call -> call.answer() instanceof Answer.Accepted)
                .findFirst();
        this.fromPosition =
                accepted.isPresent() ? OptionalLong.of(appended().orElseThrow().fromPosition()) : wholeInLog(log);
    }

    Append append() {
        return append;
    }

    /// By the time when they were made.
    List<ClientCall> calls() {
        return calls;
    }

    ClientCall first() {
        return calls.getFirst();
    }

    /// The first call that was accepted.
    Optional<ClientCall> accepted() {
        return accepted;
    }

    /// What the first accepted call was told.
    Optional<Appended> appended() {
        return accepted.map(call -> ((Answer.Accepted) call.answer()).appended());
    }

    /// The call that shows best where the append is: an accepted one, or else the first.
    ClientCall witness() {
        return accepted.orElse(first());
    }

    /// Where it begins, as it was told or else as the log shows; empty when it is not stored, or when it
    /// is unknown and has no events that could show it.
    OptionalLong fromPosition() {
        return fromPosition;
    }

    /// After its last event.
    long toPosition() {
        return fromPosition.orElseThrow() + append.events().size();
    }

    /// Whether every call was refused.
    boolean allRefused() {
        return calls.stream().allMatch(call -> call.answer() instanceof Answer.Refused);
    }

    /// When the last call whose outcome is unknown could no longer have an effect.
    long lastUnknownOver() {
        return calls.stream()
                .filter(call -> call.answer() instanceof Answer.Unknown)
                .mapToLong(ClientCall::overNanos)
                .max()
                .orElse(ClientCall.NEVER);
    }

    private OptionalLong wholeInLog(LogModel log) {
        List<NewEvent> events = append.events();
        if (events.isEmpty()) {
            return OptionalLong.empty();
        }
        List<Integer> first = log.withId(events.getFirst().id());
        for (int i = 0; i < events.size(); i++) {
            List<Integer> found = log.withId(events.get(i).id());
            if (found.size() != 1 || found.getFirst() != first.getFirst() + i) {
                return OptionalLong.empty();
            }
        }
        return OptionalLong.of(first.getFirst());
    }
}
