package dev.everfold.eventsourcing.subscription;

import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.RecordedEvent;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Calls a handler with the events of each step, and then saves the checkpoint, sooner or later: an event is handled
/// at least once, and again after a crash that came before its checkpoint.
final class HandlingClaim implements Claim {

    /// How long it waits at once for the consumer that goes before, so that closing is never held up for longer.
    private static final Duration WAIT_MAX = Duration.ofSeconds(1);

    private final Claim progress;
    private final Consumer<List<RecordedEvent>> handler;
    private final Optional<EventConsumer> after;
    private final Duration checkpointEvery;
    private final Clock clock;

    private Instant saved;

    /// The last step whose events were handled: when its checkpoint cannot be saved and it comes again, they
    /// are not handled again.
    private @Nullable Step handled;

    HandlingClaim(
            Claim progress,
            Consumer<List<RecordedEvent>> handler,
            Optional<EventConsumer> after,
            Duration checkpointEvery,
            Clock clock) {
        this.progress = progress;
        this.handler = handler;
        this.after = after;
        this.checkpointEvery = checkpointEvery;
        this.clock = clock;
        this.saved = clock.instant();
    }

    @Override
    public Optional<Checkpoint> checkpoint() {
        return progress.checkpoint();
    }

    @Override
    public List<ParkedEvent> parked() {
        return progress.parked();
    }

    @Override
    public void commit(Step step) {
        if (!step.events().isEmpty() && !isHandled(step)) {
            after.ifPresent(other -> awaitHandled(other, step.events().getLast().position()));
            handle(step.events());
            handled = step;
        }
        Instant now = clock.instant();
        boolean due = !Duration.between(saved, now).minus(checkpointEvery).isNegative() || now.isBefore(saved);
        if (step.events().isEmpty()
                || due
                || !step.park().isEmpty()
                || !step.unpark().isEmpty()) {
            progress.commit(step.withoutEvents());
            saved = now;
        }
    }

    /// A handler that was interrupted leaves the flag of the thread set, as it should. It counts for the
    /// handler only:
    /// no store takes a checkpoint from an interrupted thread.
    private void handle(List<RecordedEvent> events) {
        try {
            handler.accept(events);
        } finally {
            boolean _ = Thread.interrupted();
        }
    }

    @SuppressWarnings("ReferenceEquality") // the very same step, and not one that looks like it
    private boolean isHandled(Step step) {
        return step == handled;
    }

    private static void awaitHandled(EventConsumer other, long position) {
        try {
            if (!other.awaitHandled(position, WAIT_MAX)) {
                throw new NotYetException(other.name(), position);
            }
        } catch (IllegalStateException ended) {
            // It was closed, perhaps a moment before this one, or has failed: that is not the event's fault.
            throw new NotYetException(position, ended);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new NotYetException(other.name(), position);
        }
    }

    /// Also a store or database that the handler uses, wherever checkpoints are: no event is to blame for it.
    @Override
    public boolean isTransient(RuntimeException failure) {
        return failure instanceof NotYetException
                || (failure instanceof EventStoreException cause && cause.retryable())
                || progress.isTransient(failure);
    }

    @Override
    public void close() {
        progress.close();
    }

    private static final class NotYetException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        NotYetException(String consumer, long position) {
            super("Consumer \"" + consumer + "\" has not handled position " + position + " yet; waiting for it.");
        }

        NotYetException(long position, IllegalStateException ended) {
            super("Position " + position + " waits for a consumer that has ended. " + ended.getMessage(), ended);
        }
    }
}
