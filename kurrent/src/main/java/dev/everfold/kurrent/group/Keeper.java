package dev.everfold.kurrent.group;

import dev.everfold.eventstore.EventStore;
import dev.everfold.kurrent.stream.RefusedException;
import java.util.Optional;

/// Keeps what a group must not forget: it parks, writes checkpoints when they are due, ends replays, and notices when
/// the group was changed or taken over, or a client may not read its stream any more. For one thread.
final class Keeper {

    /// How long it may be unnoticed that another server changed the group or took it over, or that rights changed.
    private static final long LOOK_MILLIS = 1_000;

    /// Events left out by the filter that are worth a checkpoint, so that they need not be read again.
    private static final long PASSED_MAX = 10_000;

    private final GroupDefinition group;
    private final GroupCatalog catalog;
    private final EventStore store;
    private final Checkpoints checkpoints;
    private final ParkedMessages parked;
    private final Dispatcher dispatcher;
    private final Intake intake;
    private long checkpointedAtMillis;
    private long lookedAtMillis;
    private long lookedAtPosition = -1;
    private boolean isLookWanted;
    private long passed;
    private long replayedTo;

    Keeper(
            GroupDefinition group,
            GroupCatalog catalog,
            EventStore store,
            Checkpoints checkpoints,
            ParkedMessages parked,
            Dispatcher dispatcher,
            Intake intake,
            long nowMillis) {
        this.group = group;
        this.catalog = catalog;
        this.store = store;
        this.checkpoints = checkpoints;
        this.parked = parked;
        this.dispatcher = dispatcher;
        this.intake = intake;
        this.replayedTo = dispatcher.replayed().lowest();
        this.checkpointedAtMillis = nowMillis;
        this.lookedAtMillis = nowMillis;
    }

    /// Does what is due.
    ///
    /// @return why clients have to leave: the group was deleted or updated; empty when it was not
    /// @throws ClaimLostException when another server has taken the group over
    Optional<GroupException> keep(long nowMillis) {
        park();
        passed += intake.takePassed();
        if (isDue(nowMillis)) {
            checkpoint(nowMillis);
        }
        if (intake.hasReplayed()) {
            truncate();
        }
        boolean isLookDue = isLookWanted || nowMillis - lookedAtMillis >= LOOK_MILLIS;
        return isLookDue ? look(nowMillis) : Optional.empty();
    }

    /// When something will be due.
    long dueAtMillis() {
        GroupSettings settings = group.settings();
        boolean isWorth = isWorth(dispatcher.done());
        long look = lookedAtMillis + LOOK_MILLIS;
        return isWorth ? Math.min(look, checkpointedAtMillis + settings.checkpointAfterMillis()) : look;
    }

    /// Keeps everything, due or not.
    void finish(long nowMillis) {
        park();
        if (dispatcher.isChanged()) {
            checkpoint(nowMillis);
        }
        truncate();
    }

    /// Something about the group may have changed; [#keep] is to look, however short the time.
    void wantLook() {
        isLookWanted = true;
    }

    /// Looks for what others may have changed: the group, who serves it, who may read.
    private Optional<GroupException> look(long nowMillis) {
        isLookWanted = false;
        lookedAtMillis = nowMillis;
        long position = store.nextPosition();
        if (position == lookedAtPosition) {
            return Optional.empty();
        }
        lookedAtPosition = position;
        checkpoints.verify();
        Optional<GroupDefinition> known =
                catalog.find(group.key()).filter(one -> one.generation() == group.generation());
        if (known.isEmpty()) {
            return Optional.of(GroupException.dropped(group.key(), "was deleted"));
        }
        if (known.get().version() != group.version()) {
            return Optional.of(GroupException.dropped(group.key(), "was updated"));
        }
        intake.replayTo(known.get().replayTo());
        expelWhoMayNotRead();
        return Optional.empty();
    }

    private void expelWhoMayNotRead() {
        for (Subscriber subscriber : dispatcher.all()) {
            try {
                subscriber.requireMayRead();
            } catch (RefusedException refused) {
                if (dispatcher.leave(subscriber)) {
                    subscriber.end(Optional.of(refused));
                }
            }
        }
    }

    private boolean isDue(long nowMillis) {
        long done = dispatcher.done();
        boolean isTime = nowMillis - checkpointedAtMillis >= group.settings().checkpointAfterMillis();
        boolean isMuch = done > 0 && done >= group.settings().maxCheckpointCount();
        return isMuch || (isTime && (isWorth(done) || passed >= PASSED_MAX));
    }

    private boolean isWorth(long done) {
        return done > 0 && done >= group.settings().minCheckpointCount();
    }

    private void checkpoint(long nowMillis) {
        checkpoints.append(dispatcher.checkpoint(group.generation()));
        dispatcher.checkpointed();
        checkpointedAtMillis = nowMillis;
        passed = 0;
    }

    private void park() {
        if (!dispatcher.parking().isEmpty()) {
            parked.append(dispatcher.parking(), checkpoints.lastRevision());
            dispatcher.parked();
        }
    }

    /// What was given again and is done is not parked any more.
    private void truncate() {
        long lowest = dispatcher.replayed().lowest();
        if (lowest > replayedTo) {
            parked.truncate(lowest);
            replayedTo = lowest;
        }
    }
}
