package dev.everfold.eventsourcing.reaction;

import dev.everfold.eventsourcing.subscription.Claim;
import dev.everfold.eventsourcing.subscription.Step;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/// Renews the lease of a claim that has carried out no step yet, while it prepares for the first. Does nothing
/// for a consumer without a checkpoint, for which there is nothing to prepare. For one thread.
final class Renewal implements Runnable {

    private final Claim claim;
    private final Duration every;
    private final Clock clock;

    private Instant renewed;

    Renewal(Claim claim, Duration every, Clock clock) {
        this.claim = claim;
        this.every = every;
        this.clock = clock;
        this.renewed = clock.instant();
    }

    @Override
    public void run() {
        Instant now = clock.instant();
        if (now.isBefore(renewed) || Duration.between(renewed, now).compareTo(every) > 0) {
            claim.checkpoint().ifPresent(reached -> claim.commit(Step.to(reached)));
            renewed = now;
        }
    }
}
