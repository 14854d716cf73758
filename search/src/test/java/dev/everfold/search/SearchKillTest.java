package dev.everfold.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.projection.Build;
import dev.everfold.eventsourcing.projection.RunningProjection;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.search.Orders.OrderEvent.Added;
import dev.everfold.search.Orders.OrderEvent.Cancelled;
import dev.everfold.search.Orders.OrderEvent.Placed;
import dev.everfold.testkit.ChildJvm;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Processes that project are killed. More kills: `-Dsearch.kills=20`; others: `-Dsearch.seed=18`.
@Timeout(600)
@Execution(ExecutionMode.CONCURRENT)
@ParameterizedClass
@EnumSource
class SearchKillTest {

    private static final int KILLS = Integer.getInteger("search.kills", 5);
    private static final long SEED = Long.getLong("search.seed", 17);
    private static final int ORDERS = 20;
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(50);

    @Parameter
    TestServer server;

    @TempDir
    Path folder;

    private final Random random = new Random(SEED);
    private final String name = Orders.newName();
    private final boolean[] placed = new boolean[ORDERS];
    private EventStore store;
    private SearchReadModel model;

    @BeforeEach
    void create() {
        store = EventStores.open("log:" + folder.resolve("log"));
        model = SearchReadModel.on(server.options(), Orders.DEFINITION);
    }

    @AfterEach
    void close() {
        model.close();
        store.close();
    }

    private long append(int events) {
        long last = 0;
        for (int i = 0; i < events; i++) {
            int order = random.nextInt(ORDERS);
            if (!placed[order]) {
                last = Orders.append(store, new Placed("o" + order, "alice"));
                placed[order] = true;
            } else if (random.nextInt(6) == 0) {
                last = Orders.append(store, new Cancelled("o" + order));
                placed[order] = false;
            } else {
                last = Orders.append(store, new Added("o" + order, random.nextInt(1_000)));
            }
        }
        return last;
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    /// 0 also while the first process makes what it needs.
    private long position() {
        try {
            return model.builds(name).stream()
                    .filter(Build::serving)
                    .mapToLong(Build::position)
                    .findFirst()
                    .orElse(0);
        } catch (SearchFailedException notYet) {
            assertThat(notYet.retryable()).isTrue();
            return 0;
        }
    }

    private void assertModelIsAt(long position) {
        assertThat(OrderIndex.snapshot(
                        model,
                        model.builds(name).getFirst(),
                        at -> assertThat(at).isEqualTo(position)))
                .as("seed %s", SEED)
                .isEqualTo(Orders.fold(store, position));
    }

    @Test
    void a_process_that_is_killed_is_followed_by_one_that_makes_the_documents_what_the_log_says() throws Exception {
        for (int kill = 0; kill < KILLS; kill++) {
            append(150);
            long until = position() + 1 + random.nextInt(100);
            Process child = start();
            try {
                await(() -> position() >= until);
            } finally {
                child.destroyForcibly().waitFor();
            }
        }

        long last = append(1);
        try (Everfold everfold = Everfold.on(store)) {
            RunningProjection<?> orders = everfold.start(Orders.projection(name), model);
            assertThat(orders.awaitHandled(last, SOON)).isTrue();
            assertThat(orders.parked()).isEmpty();
            assertModelIsAt(last + 1);
        }
    }

    private Process start() throws IOException {
        return ChildJvm.of(
                        Projecting.class,
                        folder.resolve("log").toString(),
                        server.options().server().toString(),
                        name)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /// Projects until its parent ends.
    static final class Projecting {

        private Projecting() {}

        public static void main(String[] arguments) throws Exception {
            try (EventStore log = EventStores.open("log:" + arguments[0] + "?mode=read");
                    SearchReadModel orders =
                            SearchReadModel.on(SearchOptions.at(URI.create(arguments[1])), Orders.DEFINITION);
                    Everfold everfold = Everfold.on(log)) {
                everfold.start(Orders.projection(arguments[2]).options(Orders.OPTIONS.withBatchEventsMax(7)), orders);
                while (System.in.read() >= 0) {
                    // Nothing is said; the end is.
                }
            }
        }
    }
}
