package dev.everfold.kurrent;

import io.kurrent.dbclient.NackAction;
import io.kurrent.dbclient.PersistentSubscription;
import io.kurrent.dbclient.PersistentSubscriptionListener;
import io.kurrent.dbclient.RecordedEvent;
import io.kurrent.dbclient.ResolvedEvent;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/// A client of a group that keeps what it gets until the test looks at it.
final class GroupListener extends PersistentSubscriptionListener {

    private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
    private final CompletableFuture<Throwable> ended = new CompletableFuture<>();

    /// A message as it came.
    record Received(PersistentSubscription subscription, int retryCount, ResolvedEvent resolved) {

        /// Where its event is, as text.
        String name() {
            RecordedEvent event = resolved.getEvent();
            return event.getRevision() + "@" + event.getStreamId();
        }

        Received ack() {
            subscription.ack(resolved);
            return this;
        }

        void nack(NackAction action, String reason) {
            subscription.nack(action, reason, resolved);
        }
    }

    @Override
    public void onEvent(PersistentSubscription subscription, int retryCount, ResolvedEvent event) {
        received.add(new Received(subscription, retryCount, event));
    }

    @Override
    public void onCancelled(PersistentSubscription subscription, Throwable exception) {
        if (exception != null) {
            ended.complete(exception);
        }
    }

    Received next() {
        try {
            Received next = received.poll(30, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("Nothing came within 30 s.");
            }
            return next;
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    /// The next messages, each acknowledged, as text.
    List<String> ack(int count) {
        return IntStream.range(0, count).mapToObj(_ -> next().ack().name()).toList();
    }

    /// The next messages, not answered, as text.
    List<String> take(int count) {
        return IntStream.range(0, count).mapToObj(_ -> next().name()).toList();
    }

    int waiting() {
        return received.size();
    }

    /// Why the server ended it.
    Throwable ended() throws Exception {
        return ended.get(30, TimeUnit.SECONDS);
    }
}
