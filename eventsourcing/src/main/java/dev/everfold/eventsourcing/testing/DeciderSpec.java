package dev.everfold.eventsourcing.testing;

import dev.everfold.eventsourcing.Decider;
import dev.everfold.eventsourcing.DeciderHandler;
import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventstore.EventStore;
import java.util.List;

/// What a decider does, by example: given events, when a command, then events.
///
/// ```java
/// DeciderSpec.of(Account.DECIDER)
///         .given(new Opened("42", "alice"))
///         .when(new Deposit("42", 500))
///         .then(new Deposited("42", 500))
///         .thenState(new Account(true, 500));
/// ```
///
/// Needs no store and no test library; what is not as expected is an [AssertionError] that says where,
/// field by field. The same specification runs on an engine with [#on]: each command then goes through
/// codec, store and handler, on a stream of its own. Immutable.
public final class DeciderSpec<C, S, E> {

    private static final String CATEGORY = "spec";

    private final Decider<C, S, E> decider;
    private final SpecRun<C, S, E> run;
    private final List<E> given;

    private DeciderSpec(Decider<C, S, E> decider, SpecRun<C, S, E> run, List<E> given) {
        this.decider = decider;
        this.run = run;
        this.given = given;
    }

    /// A specification of this decider, for which nothing has happened yet.
    public static <C, S, E> DeciderSpec<C, S, E> of(Decider<C, S, E> decider) {
        return new DeciderSpec<>(decider, new PureRun<>(decider), List.of());
    }

    /// The same specification on the store of an [Everfold].
    public DeciderSpec<C, S, E> on(Everfold everfold) {
        DeciderHandler<C, S, E> handler = everfold.decider(CATEGORY, decider);
        EventCodec<E> codec = EventCodec.of(decider.eventClass().orElseThrow());
        return new DeciderSpec<>(decider, new StoreRun<>(everfold.store(), codec, handler), given);
    }

    /// The same specification on a store, with a codec.
    public DeciderSpec<C, S, E> on(EventStore store, EventCodec<E> codec) {
        DeciderHandler<C, S, E> handler = Everfold.on(store).decider(CATEGORY, decider, codec);
        return new DeciderSpec<>(decider, new StoreRun<>(store, codec, handler), given);
    }

    /// The same, after these events too.
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    public final DeciderSpec<C, S, E> given(E... events) {
        return given(List.of(events));
    }

    /// The same, after these events too.
    public DeciderSpec<C, S, E> given(List<? extends E> events) {
        return new DeciderSpec<>(decider, run, Lists.concat(given, events));
    }

    /// Gives the command and returns what came of it, to be compared.
    public DeciderOutcome<C, S, E> when(C command) {
        return new DeciderOutcome<>(this, command, run.handle(given, command));
    }

    Decider<C, S, E> decider() {
        return decider;
    }

    List<E> given() {
        return given;
    }
}
