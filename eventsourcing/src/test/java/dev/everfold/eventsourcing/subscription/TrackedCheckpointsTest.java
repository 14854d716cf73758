package dev.everfold.eventsourcing.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.InMemoryEventStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrackedCheckpointsTest {

    private static final Duration LEASE = Duration.ofSeconds(5);

    private static ParkedEvent parked(long position, Optional<String> failure) {
        return new ParkedEvent("order-1", position, failure, failure.isPresent() ? 3 : 0, Instant.EPOCH);
    }

    private static Step parking(EventStore store, long position) {
        return new Step(
                List.of(),
                new Checkpoint(store.lineage(), position),
                List.of(parked(3, Optional.of("no such product")), parked(4, Optional.empty())),
                List.of());
    }

    @Test
    void checkpoint_and_parked_events_outlive_the_process(@TempDir Path folder) {
        String uri = "log:" + folder.resolve("store");
        try (EventStore store = EventStores.open(uri);
                Claim claim = claim(store)) {
            claim.commit(parking(store, 5));
            claim.commit(new Step(List.of(), new Checkpoint(store.lineage(), 5), List.of(), List.of(3L)));
        }

        try (EventStore store = EventStores.open(uri);
                Claim claim = claim(store)) {
            assertThat(claim.checkpoint()).contains(new Checkpoint(store.lineage(), 5));
            assertThat(claim.parked()).extracting(ParkedEvent::position).containsExactly(4L);
            assertThat(claim.parked().getFirst().failure()).isEmpty();
        }
    }

    private static Claim claim(EventStore store) {
        return new TrackedCheckpoints(store).claim("orders", "test", LEASE).orElseThrow();
    }

    @Test
    void a_consumer_is_claimed_once_in_a_process() {
        try (EventStore store = new InMemoryEventStore()) {
            TrackedCheckpoints checkpoints = new TrackedCheckpoints(store);
            Claim first = checkpoints.claim("orders", "test", LEASE).orElseThrow();

            assertThat(checkpoints.claim("orders", "test", LEASE)).isEmpty();
            first.close();

            assertThat(checkpoints.claim("orders", "test", LEASE)).isPresent();
        }
    }

    @Test
    void a_claim_that_others_have_overtaken_is_refused() {
        try (EventStore store = new InMemoryEventStore();
                Claim slow = claim(store);
                Claim fast = claim(store)) {
            fast.commit(Step.to(new Checkpoint(store.lineage(), 7)));

            assertThatThrownBy(() -> slow.commit(Step.to(new Checkpoint(store.lineage(), 6))))
                    .isInstanceOf(ClaimLostException.class)
                    .hasMessageStartingWith("Consumer \"orders\" does not go on here: it has been run elsewhere (");
            assertThatThrownBy(() -> {
                        fast.commit(parking(store, 8));
                        slow.commit(parking(store, 9));
                    })
                    .isInstanceOf(ClaimLostException.class);
        }
    }

    @Test
    void a_checkpoint_that_does_not_move_stores_nothing() {
        try (EventStore store = new InMemoryEventStore();
                Claim claim = claim(store)) {
            claim.commit(Step.to(new Checkpoint(store.lineage(), 7)));
            claim.commit(Step.to(new Checkpoint(store.lineage(), 7)));

            assertThat(store.nextPosition()).isZero();
            assertThat(store.trackedPosition("$consumer:orders")).hasValue(7);
        }
    }
}
