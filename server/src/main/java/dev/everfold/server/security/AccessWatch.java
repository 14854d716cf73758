package dev.everfold.server.security;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StoreClosedException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.ObjLongConsumer;

/// Sees that users or the policy were changed, or tokens revoked, whoever did it: this server, another one
/// on the same store, or an import.
///
/// It looks some five times a second while the store grows, and sleeps while it does not.
final class AccessWatch implements AutoCloseable {

    private static final Duration WAIT = Duration.ofSeconds(1);
    private static final long PAUSE_MILLIS = 200;
    private static final Query WATCHED = Query.of(
            new Query.Item().withCategory(Users.CATEGORY),
            new Query.Item().withCategory(ApiTokens.CATEGORY).withTypes(ApiTokens.REVOKED),
            new Query.Item().withStream(Policies.STREAM));

    private final EventStore store;
    private final ObjLongConsumer<String> changed;
    private final ObjLongConsumer<String> revoked;
    private final Policies policies;
    private final Runnable lost;
    private final CountDownLatch closed = new CountDownLatch(1);

    /// @param changed is told the login name of each user that was changed from now on, and where in the log
    /// @param revoked is told the hash of each token that was revoked from now on, and where in the log
    /// @param policies are made to follow, from the time before this returns
    /// @param lost is called when the store could not be asked, so that anything may have changed
    AccessWatch(
            EventStore store,
            ObjLongConsumer<String> changed,
            ObjLongConsumer<String> revoked,
            Policies policies,
            Runnable lost) {
        this.store = store;
        this.changed = changed;
        this.revoked = revoked;
        this.policies = policies;
        this.lost = lost;
        long begin = store.nextPosition();
        policies.follow();
        Thread.ofVirtual().name("everfold-access").start(() -> watch(begin));
    }

    private void watch(long begin) {
        long next = begin;
        try {
            while (!closed.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                try {
                    if (store.awaitPosition(next, WAIT)) {
                        next = look(next);
                    }
                    policies.followIfBehind();
                } catch (StoreClosedException ended) {
                    return;
                } catch (EventStoreException unavailable) {
                    lost.run();
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private long look(long next) {
        try (EventCursor cursor = store.read(Read.matching(WATCHED).fromPosition(next))) {
            while (cursor.hasNext()) {
                RecordedEvent event = cursor.next();
                String stream = event.stream();
                if (stream.startsWith(Users.STREAM_PREFIX)) {
                    changed.accept(stream.substring(Users.STREAM_PREFIX.length()), event.position());
                } else if (stream.equals(Policies.STREAM)) {
                    policies.follow();
                } else if (event.type().equals(ApiTokens.REVOKED)) {
                    revoked.accept(ApiTokens.hash(event), event.position());
                }
            }
            return cursor.nextPosition();
        }
    }

    /// It ends by itself, within a second or when the store is closed.
    @Override
    public void close() {
        closed.countDown();
    }
}
