package dev.everfold.eventsourcing.internal;

import dev.everfold.eventsourcing.subscription.Checkpoint;
import dev.everfold.eventsourcing.subscription.CheckpointRefusedException;
import dev.everfold.eventsourcing.subscription.Claim;
import dev.everfold.eventsourcing.subscription.ClaimLostException;
import dev.everfold.eventsourcing.subscription.ConsumerOptions;
import dev.everfold.eventsourcing.subscription.ConsumerState;
import dev.everfold.eventsourcing.subscription.ParkedEvent;
import dev.everfold.eventsourcing.subscription.Step;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What a consumer does while one claim is in force. For the thread of its loop.
///
/// A step that fails is tried again as it is while that may help. Otherwise it is halved until the event that fails
/// is alone; this one is tried again, and then stopped at, skipped or parked.
final class ConsumerRun implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(ConsumerRun.class.getName());

    private final ConsumerLoop loop;
    private final ConsumerSource source;
    private final ConsumerSource.Shared shared;
    private final Claim claim;
    private final ConsumerOptions options;
    private final Parking parking;
    private final Feed feed;
    private final Predicate<RecordedEvent> wanted;

    private long position;
    private long saved;
    private Instant savedAt;

    /// Whether the last step had events: a claim may have put off saving that they are handled.
    private boolean mayBeUnsaved;

    ConsumerRun(ConsumerLoop loop, ConsumerSource source, ConsumerSource.Shared shared, Claim claim) {
        this.loop = loop;
        this.source = source;
        this.shared = shared;
        this.claim = claim;
        this.options = loop.options();
        this.parking = new Parking(source.keyOf(), claim.parked());
        this.feed = new Feed(shared.store(), source.selection(), options);
        this.wanted = source.selection().predicate();
        Optional<Checkpoint> found = claim.checkpoint();
        found.ifPresent(this::check);
        this.position =
                found.map(Checkpoint::position).orElseGet(() -> Starts.position(shared.store(), source.start()));
        this.saved = found.isPresent() ? position : -1;
        this.savedAt = shared.clock().instant();
        loop.parked(parking.count());
        loop.gauge().moved(position, List.of());
    }

    private void check(Checkpoint found) {
        if (!found.lineage().equals(shared.store().lineage())) {
            throw CheckpointRefusedException.lineage(
                    source.name(), found, shared.store().lineage());
        }
        long end = shared.store().nextPosition();
        if (found.position() > end) {
            throw CheckpointRefusedException.ahead(source.name(), found, end);
        }
    }

    long position() {
        return position;
    }

    void run() {
        loop.gauge().state(ConsumerState.CATCHING_UP);
        if (saved < 0) {
            // Where it begins is decided once, whatever is appended until the first event of interest.
            handle(List.of(), position);
        }
        int failures = 0;
        while (!loop.isClosing()) {
            loop.answerRequests(this);
            if (loop.isPaused()) {
                rest();
                continue;
            }
            Feed.Batch batch;
            try {
                batch = feed.next(position);
            } catch (EventStoreException failed) {
                feed.close();
                if (!failed.retryable()) {
                    throw failed;
                }
                retry(failed, ++failures);
                continue;
            }
            failures = 0;
            take(batch);
        }
        // Also where nothing moved: a claim may have put off saving what it handled.
        handle(List.of(), position);
    }

    private void take(Feed.Batch batch) {
        if (!batch.events().isEmpty()) {
            if (!handle(batch.events(), batch.nextPosition())) {
                return;
            }
        } else {
            pass(batch.nextPosition());
            saveIfDue(false);
        }
        if (batch.atEnd()) {
            if (saved != position && loop.isAwaited(claim)) {
                handle(List.of(), position);
            }
            loop.caughtUp(claim);
            do {
                waitForEvents();
            } while (isIdle());
        }
    }

    private void pass(long nextPosition) {
        position = nextPosition;
        loop.gauge().moved(position, List.of());
    }

    private void waitForEvents() {
        loop.gauge().state(ConsumerState.LIVE);
        try (Tail.Watch watch = shared.tail().watch(wanted, position, loop.wakeup())) {
            boolean rung = loop.wakeup().await(saveEvery());
            if (watch.clearTo() > position) {
                pass(watch.clearTo());
            }
            saveIfDue(!rung);
        }
    }

    /// Whether there is nothing to do but to wait on, so that an idle consumer reads nothing. Not where the store
    /// cannot say so now: the read that follows meets that and tries again.
    private boolean isIdle() {
        try {
            long end = shared.store().nextPosition();
            if (end > position) {
                loop.gauge().state(ConsumerState.CATCHING_UP);
            }
            return end == position
                    && !loop.isClosing()
                    && !loop.isPaused()
                    && !loop.isAsked()
                    && !loop.isAwaited(claim);
        } catch (EventStoreException failed) {
            if (!failed.retryable()) {
                throw failed;
            }
            loop.gauge().state(ConsumerState.CATCHING_UP);
            return false;
        }
    }

    private void rest() {
        loop.gauge().state(ConsumerState.PAUSED);
        saveIfDue(!loop.wakeup().await(saveEvery()));
        if (!loop.isPaused()) {
            loop.gauge().state(ConsumerState.CATCHING_UP);
        }
    }

    /// Handles events up to a position, in one step unless some of them wait behind parked ones and have other keys
    /// too. Then what waits is a step of its own: it is known to be parked before any event behind it is handled.
    ///
    /// @return false when it was given up
    private boolean handle(List<RecordedEvent> events, long nextPosition) {
        List<RecordedEvent> rest = events;
        while (source.severalKeys()) {
            int alike = parking.alike(rest);
            if (alike == rest.size()) {
                break;
            }
            List<RecordedEvent> first = rest.subList(0, alike);
            if (!handleTogether(first, first.getLast().position() + 1)) {
                return false;
            }
            rest = rest.subList(alike, rest.size());
        }
        return handleTogether(rest, nextPosition);
    }

    /// @return false when it was given up since the loop closes or is paused, or since somebody asks while what
    ///     fails has to pass
    private boolean handleTogether(List<RecordedEvent> events, long nextPosition) {
        Step step = parking.step(events, new Checkpoint(shared.store().lineage(), nextPosition), now());
        requireRoom(step.park().size(), null);
        int tries = 0;
        int passing = 0;
        while (true) {
            try {
                commit(step);
                return true;
            } catch (ClaimLostException lost) {
                throw lost;
            } catch (RuntimeException failed) {
                if (claim.isTransient(failed)) {
                    retry(failed, ++passing);
                    if (loop.isAsked()) {
                        return false;
                    }
                } else if (step.events().size() > 1) {
                    return handleInHalves(events, nextPosition);
                } else if (step.events().isEmpty()) {
                    throw failed;
                } else if (++tries < options.triesMax()) {
                    retry(failed, tries);
                } else {
                    step = giveUp(step, failed, tries);
                }
            }
            if (loop.isClosing() || loop.isPaused()) {
                return false;
            }
        }
    }

    private boolean handleInHalves(List<RecordedEvent> events, long nextPosition) {
        int middle = events.size() / 2;
        List<RecordedEvent> first = events.subList(0, middle);
        return handle(first, first.getLast().position() + 1)
                && handle(events.subList(middle, events.size()), nextPosition);
    }

    /// Saves how far it is, which renews the lease, although it handles nothing: because it has waited for
    /// so long, or because the time has come while it was woken again and again, or passed over events.
    private void saveIfDue(boolean hasWaited) {
        Duration since = Duration.between(savedAt, now());
        if (hasWaited || since.isNegative() || since.compareTo(saveEvery()) > 0) {
            handle(List.of(), position);
        }
    }

    private Duration saveEvery() {
        return saved != position || mayBeUnsaved ? options.saveEvery() : options.renewEvery();
    }

    private void retry(RuntimeException failed, int failures) {
        loop.failed(failed);
        loop.gauge().state(ConsumerState.RETRYING);
        if (!loop.isClosing()) {
            loop.wakeup().await(options.backoff().after(failures, shared.random()));
        }
        loop.gauge().state(ConsumerState.CATCHING_UP);
    }

    private Step giveUp(Step step, RuntimeException failed, int tries) {
        RecordedEvent event = step.events().getFirst();
        loop.gauge().failed(failed, false);
        return switch (options.onFailure()) {
            case STOP -> throw failed;
            case SKIP -> {
                LOG.log(Level.WARNING, "event skipped name=" + source.name() + " position=" + event.position(), failed);
                yield step.withoutEvents();
            }
            case PARK -> {
                requireRoom(step.park().size() + 1, failed);
                LOG.log(Level.WARNING, "event parked name=" + source.name() + " position=" + event.position(), failed);
                // Those that the step parks behind others stay in it: its checkpoint is beyond them too.
                List<ParkedEvent> park = new ArrayList<>(step.park());
                park.add(parking.failed(event, Causes.line(failed), tries, now()));
                yield new Step(List.of(), step.after(), park, List.of());
            }
        };
    }

    private void requireRoom(int more, @Nullable Throwable cause) {
        if (more > 0 && parking.count() + more > options.parkedMax()) {
            throw new IllegalStateException(
                    "Consumer \"" + source.name() + "\" has " + parking.count() + " parked events; the limit is "
                            + options.parkedMax()
                            + " (ConsumerOptions.parkedMax). Raise it, start the consumer again, and"
                            + " redrive or discard some.",
                    cause);
        }
    }

    private void commit(Step step) {
        claim.commit(step);
        loop.passed();
        parking.apply(step);
        loop.parked(parking.count());
        position = step.after().position();
        saved = position;
        savedAt = now();
        mayBeUnsaved = !step.events().isEmpty();
        loop.gauge().moved(position, step.events());
    }

    List<ParkedEvent> parked() {
        return parking.all();
    }

    int redrive(String key) {
        int settled = 0;
        for (ParkedEvent parked : parking.of(key)) {
            RecordedEvent event = read(parked.position());
            try {
                commit(new Step(List.of(event), here(), List.of(), List.of(parked.position())));
                settled++;
            } catch (ClaimLostException lost) {
                throw lost;
            } catch (RuntimeException failed) {
                if (claim.isTransient(failed)) {
                    throw failed;
                }
                // Under its key, also where another one can be told by now: those behind it wait under that.
                ParkedEvent again = new ParkedEvent(
                        key, parked.position(), Optional.of(Causes.line(failed)), parked.tries() + 1, now());
                commit(new Step(List.of(), here(), List.of(again), List.of()));
                break;
            }
        }
        return settled;
    }

    int discard(String key) {
        List<Long> positions =
                parking.of(key).stream().map(ParkedEvent::position).toList();
        commit(new Step(List.of(), here(), List.of(), positions));
        return positions.size();
    }

    /// Begins again from nothing, as the claim does.
    void restart(Runnable emptied) {
        emptied.run();
        parking.clear();
        feed.close();
        position = 0;
        saved = -1;
        loop.parked(0);
        loop.gauge().moved(0, List.of());
    }

    Claim claim() {
        return claim;
    }

    private RecordedEvent read(long at) {
        return shared.store()
                .read(Read.matching(Query.all()).fromPosition(at).toPosition(at + 1))
                .toList()
                .getFirst();
    }

    private Checkpoint here() {
        return new Checkpoint(shared.store().lineage(), position);
    }

    private Instant now() {
        return shared.clock().instant();
    }

    @Override
    public void close() {
        feed.close();
    }
}
