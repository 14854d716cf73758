package dev.everfold.kurrent.group;

import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.kurrent.stream.Delivery;
import dev.everfold.kurrent.stream.Feed;
import dev.everfold.kurrent.stream.Interest;
import dev.everfold.kurrent.stream.LiveTail;
import java.util.Optional;

/// Reads for a group, a batch at a time and no more than its dispatcher has room for: what was
/// parked and is to be given again, and what comes. For one thread.
final class Intake {

    /// Events that a filter leaves out, after which the reading pauses so that clients are looked after.
    private static final int PASSED_MAX = 1_000;

    private final Dispatcher dispatcher;
    private final GroupSource source;
    private final ParkedMessages parked;
    private final int batchSize;
    private final Feed feed;
    private Optional<Feed> replays = Optional.empty();
    private long replayTo;
    private boolean isCut = true;
    private long readTo;
    private long passed;

    Intake(Dispatcher dispatcher, GroupSource source, ParkedMessages parked) {
        this.dispatcher = dispatcher;
        this.source = source;
        this.parked = parked;
        this.batchSize = source.group().settings().readBatchSize();
        this.feed = source.from(dispatcher.events().first());
        this.replayTo = source.group().replayTo();
    }

    /// What wakes it.
    Interest interest() {
        return feed.interest();
    }

    /// Parked messages before a revision are to be given again.
    void replayTo(long revision) {
        replayTo = Math.max(replayTo, revision);
    }

    /// Whether all that was to be given again has been read.
    boolean hasReplayed() {
        return dispatcher.replayed().next() >= replayTo;
    }

    /// Events that the filter left out since this was last asked.
    long takePassed() {
        long taken = passed;
        passed = 0;
        return taken;
    }

    /// Whether there is something to read and room for it.
    boolean hasWork(LiveTail.Waiter tail) {
        return dispatcher.wantsBatch() && (isCut || !hasReplayed() || tail.isPast(readTo));
    }

    /// The position to wait for.
    long awaited() {
        return dispatcher.wantsBatch() ? readTo : Long.MAX_VALUE;
    }

    /// Reads a batch of each.
    void read(LiveTail.Waiter tail) throws InterruptedException {
        if (!hasReplayed() && dispatcher.wantsBatch()) {
            readParked();
        }
        if (dispatcher.wantsBatch() && (isCut || tail.isPast(readTo))) {
            Batch batch = new Batch();
            readTo = feed.run(batch);
            isCut = batch.isCut;
            dispatcher.live(!isCut);
            if (!isCut) {
                dispatcher.events().passed(feed.next());
            }
        }
    }

    private void readParked() throws InterruptedException {
        Ledger replayed = dispatcher.replayed();
        Feed from = replays.orElseGet(() -> parked.from(replayed.next()));
        replays = Optional.of(from);
        boolean[] isFull = {false};
        var _ = from.run(found -> {
            long revision = found.found().revision();
            if (revision >= replayTo) {
                return false;
            }
            // A link that leads nowhere is of no use to anybody.
            if (found.event().isPresent()) {
                dispatcher.offerReplayed(detached(found), revision);
            }
            replayed.passed(revision + 1);
            isFull[0] = !dispatcher.wantsMore();
            return !isFull[0];
        });
        if (!isFull[0]) {
            replayed.passed(replayTo);
        }
        if (hasReplayed()) {
            replays = Optional.empty();
        }
    }

    private static Delivery detached(Delivery found) {
        return new Delivery(
                found.event().map(RecordedEvent::detached), found.link().map(RecordedEvent::detached));
    }

    /// Takes a batch of the group's source.
    private final class Batch implements Feed.Sink {

        private int left = batchSize;
        private int leftToPass = PASSED_MAX;
        private boolean isCut;

        @Override
        public boolean accept(Delivery found) {
            dispatcher.offer(detached(found), source.place(found));
            left--;
            return goesOn();
        }

        @Override
        public boolean passed(long nextPosition) {
            dispatcher.events().passed(nextPosition);
            passed++;
            leftToPass--;
            return goesOn();
        }

        private boolean goesOn() {
            isCut = left == 0 || leftToPass == 0 || !dispatcher.wantsMore();
            return !isCut;
        }
    }
}
