package dev.everfold.eventsourcing.reaction;

import dev.everfold.eventsourcing.subscription.CheckpointStore;
import dev.everfold.eventsourcing.subscription.Claim;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/// Checkpoints that give out no claim before somebody has asked to redrive: so this is what a reaction does first.
final class RedriveFirst implements CheckpointStore {

    private final CheckpointStore below;
    private final Semaphore mayClaim = new Semaphore(0);

    RedriveFirst(CheckpointStore below) {
        this.below = below;
    }

    @Override
    public Optional<Claim> claim(String consumer, String owner, Duration lease) {
        mayClaim.acquireUninterruptibly();
        try {
            return below.claim(consumer, owner, lease);
        } finally {
            mayClaim.release();
        }
    }

    /// Redrives a key as the first thing that the reaction does.
    int redrive(RunningReaction<?> reaction, String key) throws Exception {
        CompletableFuture<Integer> settled = new CompletableFuture<>();
        Thread asker = Thread.ofVirtual().start(() -> settled.complete(reaction.redrive(key)));
        while (asker.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        mayClaim.release();
        return settled.get();
    }
}
