package dev.everfold.testkit.history;

/// One call of one client: what it asked, when, and what came of it.
///
/// Times are nanoseconds on a clock that never falls and that all clients of a history share.
///
/// @param client who called; a client makes one call after another
/// @param number the client's own counting, from 0
/// @param call what it asked
/// @param answer what came of it
/// @param invokedNanos before the call was made
/// @param overNanos after it was answered. With [Answer.Unknown]: when it could no longer have an effect,
///     [Long#MAX_VALUE] = never
public record ClientCall(String client, int number, Call call, Answer answer, long invokedNanos, long overNanos) {

    /// No call can be known to be over at this time.
    static final long NEVER = Long.MAX_VALUE;

    /// @throws IllegalArgumentException when the call was over before it was made
    public ClientCall {
        if (overNanos < invokedNanos) {
            throw new IllegalArgumentException("Call " + number + " of " + client + " is over at " + overNanos
                    + " ns, before it was made at " + invokedNanos + " ns; expected times that never fall.");
        }
    }

    /// Whether it is known that the call had all the effect it will ever have.
    boolean isOver() {
        return overNanos < NEVER;
    }

    /// The same call at other times.
    ClientCall at(long newInvokedNanos, long newOverNanos) {
        return new ClientCall(client, number, call, answer, newInvokedNanos, newOverNanos);
    }

    /// The same call with another answer.
    ClientCall answered(Answer other) {
        return new ClientCall(client, number, call, other, invokedNanos, overNanos);
    }

    /// As it stands in messages.
    String operation() {
        return "call " + number + " (" + call + ")";
    }
}
