package dev.everfold.eventsourcing.reaction;

import dev.everfold.eventsourcing.subscription.Checkpoint;
import dev.everfold.eventsourcing.subscription.Claim;
import dev.everfold.eventsourcing.subscription.ParkedEvent;
import dev.everfold.eventsourcing.subscription.Step;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.OutcomeUnknownException;
import java.util.List;
import java.util.Optional;

/// A claim under which a reaction runs: its timers end with it.
record ReactionClaim(Claim handling, ReactionRun<?, ?> run) implements Claim {

    @Override
    public Optional<Checkpoint> checkpoint() {
        return handling.checkpoint();
    }

    @Override
    public List<ParkedEvent> parked() {
        return handling.parked();
    }

    @Override
    public void commit(Step step) {
        run.redriving(!step.unpark().isEmpty());
        handling.commit(step);
    }

    /// A store that cannot for now, and commands that others were faster than: both pass.
    @Override
    public boolean isTransient(RuntimeException failure) {
        return handling.isTransient(failure)
                || failure instanceof AppendConflictException
                || failure instanceof OutcomeUnknownException
                || (failure instanceof EventStoreException cause && cause.retryable());
    }

    @Override
    public void close() {
        try {
            run.close();
        } finally {
            handling.close();
        }
    }
}
