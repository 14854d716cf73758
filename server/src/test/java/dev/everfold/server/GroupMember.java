package dev.everfold.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.kurrent.dbclient.CreatePersistentSubscriptionToStreamOptions;
import io.kurrent.dbclient.KurrentDBConnectionString;
import io.kurrent.dbclient.KurrentDBPersistentSubscriptionsClient;
import io.kurrent.dbclient.PersistentSubscription;
import io.kurrent.dbclient.PersistentSubscriptionListener;
import io.kurrent.dbclient.ResolvedEvent;
import io.kurrent.dbclient.SubscribePersistentSubscriptionOptions;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/// The one client of a group, which comes back after each end of its server. In each of its lives it leaves a
/// few events without an answer, so that the group owes them to it.
final class GroupMember extends PersistentSubscriptionListener {

    private static final String GROUP = "shop";
    private static final int BUFFER = 100;

    /// Events without an answer in one life; far fewer than the buffer, so that others go on coming.
    private static final int UNANSWERED_MAX = 5;

    private final String stream;

    // Guarded by this.
    private final Map<UUID, Integer> deliveries = new HashMap<>();
    private final Set<UUID> unanswered = new HashSet<>();
    private int unansweredOfLife;
    private boolean answersAll;

    private Optional<KurrentDBPersistentSubscriptionsClient> client = Optional.empty();

    GroupMember(String stream) {
        this.stream = stream;
    }

    /// Makes the group unless it is there, and joins it.
    void join(int port) throws Exception {
        synchronized (this) {
            unansweredOfLife = 0;
        }
        KurrentDBPersistentSubscriptionsClient joining =
                KurrentDBPersistentSubscriptionsClient.create(KurrentDBConnectionString.parseOrThrow(
                        "kurrentdb://localhost:" + port + "?tls=false&maxDiscoverAttempts=1"));
        client = Optional.of(joining);
        try {
            joining.createToStream(
                            stream,
                            GROUP,
                            CreatePersistentSubscriptionToStreamOptions.get().fromStart())
                    .get(30, TimeUnit.SECONDS);
        } catch (ExecutionException exists) {
            assertThat(exists).hasMessageContaining("ALREADY_EXISTS");
        }
        var _ = joining.subscribeToStream(
                        stream,
                        GROUP,
                        SubscribePersistentSubscriptionOptions.get().bufferSize(BUFFER),
                        this)
                .get(30, TimeUnit.SECONDS);
    }

    /// From now on nothing is left without an answer.
    synchronized void answerAll() {
        answersAll = true;
    }

    void leave() throws Exception {
        if (client.isPresent()) {
            client.get().shutdown().get(30, TimeUnit.SECONDS);
        }
    }

    @Override
    public void onEvent(PersistentSubscription subscription, int retryCount, ResolvedEvent event) {
        UUID id = event.getOriginalEvent().getEventId();
        synchronized (this) {
            boolean isFirst = deliveries.merge(id, 1, Integer::sum) == 1;
            notifyAll();
            if (isFirst && !answersAll && unansweredOfLife < UNANSWERED_MAX) {
                unansweredOfLife++;
                unanswered.add(id);
                return;
            }
        }
        subscription.ack(event);
    }

    /// Waits until each of the events has come, and each that was left without an answer has come again.
    ///
    /// @return how many were owed
    synchronized int awaitAll(Collection<UUID> events) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!deliveries.keySet().containsAll(events)
                || unanswered.stream().anyMatch(id -> deliveries.getOrDefault(id, 0) < 2)) {
            long millisLeft = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            assertThat(millisLeft)
                    .as(
                            "of %d events the group gave %d, and of %d without an answer some not again",
                            events.size(), deliveries.size(), unanswered.size())
                    .isPositive();
            wait(millisLeft);
        }
        return unanswered.size();
    }
}
