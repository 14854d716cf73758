package dev.everfold.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.testkit.ChildJvm;
import io.kurrent.dbclient.KurrentDBClient;
import io.kurrent.dbclient.KurrentDBConnectionString;
import io.kurrent.dbclient.ResolvedEvent;
import io.kurrent.dbclient.SubscribeToStreamOptions;
import io.kurrent.dbclient.Subscription;
import io.kurrent.dbclient.SubscriptionListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What many subscriptions cost while nothing happens for them.
@Timeout(120)
class IdleSubscriptionsTest {

    private static final int SUBSCRIPTIONS = 1_000;
    private static final int WAKES = 50;
    private static final long SEED = 31;
    private static final long GROWTH_KIBIBYTES_MAX = 200_000;

    private final BlockingQueue<String> woken = new LinkedBlockingQueue<>();

    @TempDir
    Path folder;

    @Test
    void a_thousand_cost_little_memory_and_only_the_one_that_is_meant_wakes() throws Exception {
        Process server = ChildJvm.of(ServerProgram.class, "log:" + folder.resolve("store"), "0")
                .start();
        int port = Integer.parseInt(server.inputReader().readLine());
        KurrentDBClient client = KurrentDBClient.create(
                KurrentDBConnectionString.parseOrThrow("kurrentdb://localhost:" + port + "?tls=false"));
        try (EventStore store = EventStores.open("everfold://localhost:" + port)) {
            client.subscribeToStream("first", new Waker("first")).get(30, TimeUnit.SECONDS);
            wake(store, "first");
            long before = residentKibibytes(server);

            List<CompletableFuture<Subscription>> subscribed = new ArrayList<>();
            for (int i = 0; i < SUBSCRIPTIONS; i++) {
                subscribed.add(client.subscribeToStream(
                        "idle-" + i,
                        new Waker("idle-" + i),
                        SubscribeToStreamOptions.get().fromStart()));
            }
            for (CompletableFuture<Subscription> each : subscribed) {
                each.get(30, TimeUnit.SECONDS);
            }
            List<Long> micros = new ArrayList<>();
            Random random = new Random(SEED);
            for (int i = 0; i < WAKES; i++) {
                long begunNanos = System.nanoTime();
                wake(store, "idle-" + random.nextInt(SUBSCRIPTIONS));
                micros.add((System.nanoTime() - begunNanos) / 1_000);
            }
            long growth = residentKibibytes(server) - before;

            System.out.printf(
                    "%d idle subscriptions: %d KiB more, an append and its wake in %d µs (median of %d, seed %d)%n",
                    SUBSCRIPTIONS,
                    growth,
                    micros.stream().sorted().skip(WAKES / 2).findFirst().orElseThrow(),
                    WAKES,
                    SEED);
            assertThat(growth).isLessThan(GROWTH_KIBIBYTES_MAX);
        } finally {
            client.shutdown().get(30, TimeUnit.SECONDS);
            server.destroyForcibly().waitFor();
        }
    }

    private void wake(EventStore store, String stream) throws InterruptedException {
        store.append(Append.of(NewEvent.of(stream, "Woke", "{}")));
        assertThat(woken.poll(30, TimeUnit.SECONDS)).isEqualTo(stream);
        assertThat(woken).isEmpty();
    }

    /// What the system counts for it: heap, threads, buffers and code.
    private static long residentKibibytes(Process process) throws IOException {
        Process ps = new ProcessBuilder("ps", "-o", "rss=", "-p", Long.toString(process.pid())).start();
        String text = new String(ps.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return Long.parseLong(text.strip());
    }

    /// Says which stream it was for.
    private final class Waker extends SubscriptionListener {

        private final String stream;

        Waker(String stream) {
            this.stream = stream;
        }

        @Override
        public void onEvent(Subscription subscription, ResolvedEvent event) {
            woken.add(stream);
        }
    }
}
