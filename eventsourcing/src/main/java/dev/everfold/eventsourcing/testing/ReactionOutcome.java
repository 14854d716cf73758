package dev.everfold.eventsourcing.testing;

import dev.everfold.eventsourcing.history.Difference;
import dev.everfold.eventsourcing.reaction.Action;
import dev.everfold.eventsourcing.reaction.Reacted;
import java.util.List;

/// What came of an input, to be compared with what is expected. Each method throws an [AssertionError] that names
/// the differences, or returns this for the next one. Immutable.
public final class ReactionOutcome<E, S> {

    private final ReactionSpec<E, S> after;
    private final String input;
    private final Reacted<S> found;

    ReactionOutcome(ReactionSpec<E, S> after, String input, Reacted<S> found) {
        this.after = after;
        this.input = input;
        this.found = found;
    }

    /// The specification after this input, to go on with.
    public ReactionSpec<E, S> after() {
        return after;
    }

    /// Exactly these actions, in order.
    public ReactionOutcome<E, S> then(Action... actions) {
        return same("actions", List.of(actions), found.actions());
    }

    /// Nothing is to be done.
    public ReactionOutcome<E, S> thenNothing() {
        return then();
    }

    /// The instance has this state then.
    public ReactionOutcome<E, S> thenState(S state) {
        return same("state", state, found.state());
    }

    /// Exactly these timers are pending then, by name.
    public ReactionOutcome<E, S> thenPending(String... timers) {
        return same("pending timers", List.of(timers).stream().sorted().toList(), after.timers());
    }

    private ReactionOutcome<E, S> same(String what, Object expected, Object actual) {
        List<Difference> differences = Difference.between(what, expected, actual);
        if (expected.equals(actual)) {
            return this;
        }
        StringBuilder message = new StringBuilder("After ")
                .append(input)
                .append("\n  expected ")
                .append(what)
                .append(' ')
                .append(expected)
                .append("\n  found    ")
                .append(what)
                .append(' ')
                .append(actual);
        differences.forEach(difference -> message.append("\n  ").append(difference));
        message.append("\n  given    ").append(SpecAnswer.describe(after.given()));
        throw new AssertionError(message.toString());
    }
}
