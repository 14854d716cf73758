package dev.everfold.server;

import io.kurrent.dbclient.KurrentDBClient;
import io.kurrent.dbclient.KurrentDBConnectionString;
import io.kurrent.dbclient.Position;
import io.kurrent.dbclient.ResolvedEvent;
import io.kurrent.dbclient.SubscribeToAllOptions;
import io.kurrent.dbclient.SubscribeToStreamOptions;
import io.kurrent.dbclient.Subscription;
import io.kurrent.dbclient.SubscriptionListener;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/// What a user does with KurrentDB's client.
final class KurrentUser {

    private KurrentUser() {}

    static KurrentDBClient client(SecuredServer secured, String user) {
        return KurrentDBClient.create(KurrentDBConnectionString.parseOrThrow(connection(secured, user)));
    }

    static String connection(SecuredServer secured, String user) {
        String password = user.equals("admin") ? SecuredServer.PASSWORD.replace(" ", "%20") : "secret";
        return "kurrentdb://" + user + ":" + password + "@localhost:" + secured.server.grpcPort() + "?tls=false";
    }

    /// What a subscription from the start has given when it has caught up; then it ends.
    ///
    /// @param stream or `$all`
    static List<ResolvedEvent> subscribed(KurrentDBClient client, String stream) throws Exception {
        Listener listener = new Listener();
        Subscription subscription = subscribe(client, stream, listener);
        try {
            listener.caughtUp.get(30, TimeUnit.SECONDS);
            return List.copyOf(listener.events);
        } finally {
            subscription.stop();
        }
    }

    static Subscription subscribe(KurrentDBClient client, String stream, Listener listener)
            throws InterruptedException, ExecutionException {
        return stream.equals("$all")
                ? client.subscribeToAll(listener, SubscribeToAllOptions.get().fromStart())
                        .get()
                : client.subscribeToStream(
                                stream, listener, SubscribeToStreamOptions.get().fromStart())
                        .get();
    }

    /// Keeps what comes.
    static final class Listener extends SubscriptionListener {

        final List<ResolvedEvent> events = new CopyOnWriteArrayList<>();
        final CompletableFuture<Void> caughtUp = new CompletableFuture<>();
        final CompletableFuture<Throwable> ended = new CompletableFuture<>();

        /// Waits for an event of a stream.
        synchronized void await(String stream) throws InterruptedException {
            while (events.stream()
                    .noneMatch(event -> event.getOriginalEvent().getStreamId().equals(stream))) {
                wait();
            }
        }

        @Override
        public synchronized void onEvent(Subscription subscription, ResolvedEvent event) {
            events.add(event);
            notifyAll();
        }

        @Override
        public void onCaughtUp(Subscription subscription, Instant at, Long revision, Position position) {
            caughtUp.complete(null);
        }

        @Override
        public void onCancelled(Subscription subscription, Throwable reason) {
            if (reason != null) {
                ended.complete(reason);
                caughtUp.completeExceptionally(reason);
            }
        }
    }
}
