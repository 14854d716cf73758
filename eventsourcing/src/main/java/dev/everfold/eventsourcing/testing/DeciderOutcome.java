package dev.everfold.eventsourcing.testing;

import dev.everfold.eventsourcing.Decider;
import dev.everfold.eventsourcing.Decision;
import dev.everfold.eventsourcing.history.Difference;
import dev.everfold.eventsourcing.snapshot.StateCodec;
import dev.everfold.eventstore.Bytes;
import java.util.List;

/// What came of a command, to be compared with what is expected. Each method throws an [AssertionError]
/// that names the differences, or returns this for the next one. Immutable.
public final class DeciderOutcome<C, S, E> {

    private final DeciderSpec<C, S, E> spec;
    private final C command;
    private final SpecAnswer<S, E> found;

    DeciderOutcome(DeciderSpec<C, S, E> spec, C command, SpecAnswer<S, E> found) {
        this.spec = spec;
        this.command = command;
        this.found = found;
    }

    /// The command was accepted with exactly these events, in order.
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    public final DeciderOutcome<C, S, E> then(E... events) {
        return then(List.of(events));
    }

    /// The command was accepted with exactly these events, in order.
    public DeciderOutcome<C, S, E> then(List<? extends E> events) {
        if (!(found instanceof SpecAnswer.Accepted<S, E>)) {
            throw failure(SpecAnswer.describe(events), found.described(), List.of());
        }
        List<Difference> differences = Difference.between("events", events, found.accepted());
        if (!differences.isEmpty()) {
            throw failure(SpecAnswer.describe(events), found.described(), differences);
        }
        return this;
    }

    /// The command was refused, for exactly this reason.
    public DeciderOutcome<C, S, E> thenRejected(String reason) {
        if (!(found instanceof SpecAnswer.Rejected<S, E> rejected)
                || !rejected.reason().equals(reason)) {
            throw failure("rejected: \"" + reason + "\"", found.described(), List.of());
        }
        return this;
    }

    /// The command was refused, for whatever reason.
    public DeciderOutcome<C, S, E> thenRejected() {
        if (!(found instanceof SpecAnswer.Rejected<S, E>)) {
            throw failure("rejected", found.described(), List.of());
        }
        return this;
    }

    /// There was nothing to do.
    public DeciderOutcome<C, S, E> thenNothing() {
        if (!(found instanceof SpecAnswer.Nothing<S, E>)) {
            throw failure("nothing to do", found.described(), List.of());
        }
        return this;
    }

    /// The state after the command.
    public DeciderOutcome<C, S, E> thenState(S state) {
        List<Difference> differences = Difference.between("state", state, found.state());
        if (!differences.isEmpty()) {
            throw failure("state " + state, "state " + found.state(), differences);
        }
        return this;
    }

    /// The decider gives the same answer and the same state when it is asked again.
    ///
    /// A decider that asks a clock or makes ids by itself does not; hand them to it in the command.
    /// Nor does one that changes the initial state in place: all streams begin with it.
    public DeciderOutcome<C, S, E> thenDeterministic() {
        Decider<C, S, E> decider = spec.decider();
        // A state that is changed in place is the same object each time, so its texts are compared.
        String initial = String.valueOf(decider.initial());
        S once = PureRun.fold(decider, decider.initial(), spec.given());
        S again = PureRun.fold(decider, decider.initial(), spec.given());
        same("the same state from the same events", once, again);
        Decision<E> decision = decider.decide(command, once);
        same("the same decision in the same state", decision, decider.decide(command, once));
        same("a state that deciding leaves as it is", again, once);
        List<E> events = new PureRun<>(decider).handle(spec.given(), command).accepted();
        same(
                "the same state after the same decision",
                PureRun.fold(decider, once, events),
                PureRun.fold(decider, again, events));
        same("an initial state that stays as it is", initial, String.valueOf(decider.initial()));
        return this;
    }

    /// The state after the command comes back from a snapshot as it was, by [StateCodec#json].
    public DeciderOutcome<C, S, E> thenSerialisable(Class<S> state) {
        return thenSerialisable(StateCodec.json(state));
    }

    /// The state after the command comes back from a snapshot as it was.
    public DeciderOutcome<C, S, E> thenSerialisable(StateCodec<S> codec) {
        Bytes bytes = codec.encode(found.state());
        same("a state that comes back from a snapshot as it was", found.state(), codec.decode(bytes));
        return this;
    }

    /// Goes on after this command: gives another one, after its events too.
    public DeciderOutcome<C, S, E> when(C next) {
        return spec.given(found.accepted()).when(next);
    }

    private void same(String expectation, Object before, Object after) {
        List<Difference> differences = Difference.between(before, after);
        if (!differences.isEmpty()) {
            throw failure(expectation, before + ", then " + after, differences);
        }
    }

    private AssertionError failure(String expected, String actual, List<Difference> differences) {
        StringBuilder message = new StringBuilder("After ")
                .append(command)
                .append("\n  expected ")
                .append(expected)
                .append("\n  found    ")
                .append(actual);
        for (Difference difference : differences) {
            message.append("\n  ")
                    .append(difference.path().isEmpty() ? "" : difference.path() + ": ")
                    .append("expected ")
                    .append(difference.before().orElse("nothing"))
                    .append(", found ")
                    .append(difference.after().orElse("nothing"));
        }
        message.append("\n  given    ").append(SpecAnswer.describe(spec.given()));
        return new AssertionError(message.toString());
    }
}
