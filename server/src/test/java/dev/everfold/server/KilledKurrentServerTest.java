package dev.everfold.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.testkit.ChildJvm;
import io.kurrent.dbclient.AppendToStreamOptions;
import io.kurrent.dbclient.EventData;
import io.kurrent.dbclient.EventDataBuilder;
import io.kurrent.dbclient.KurrentDBClient;
import io.kurrent.dbclient.KurrentDBConnectionString;
import io.kurrent.dbclient.Position;
import io.kurrent.dbclient.ResolvedEvent;
import io.kurrent.dbclient.StreamState;
import io.kurrent.dbclient.SubscribeToAllOptions;
import io.kurrent.dbclient.Subscription;
import io.kurrent.dbclient.SubscriptionListener;
import io.kurrent.dbclient.WrongExpectedVersionException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A real server is killed again and again while KurrentDB's client and ours append to it, and a subscription and a
/// group of KurrentDB's client follow: nothing acknowledged is lost, nothing is stored twice, the subscription goes on
/// after its last position without a gap, and the group gives again what its client did not answer.
///
/// Each writer repeats what it was not answered, as it was, when the server is there again. System property:
/// `everfold.seed` decides when the server is killed.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class KilledKurrentServerTest {

    private static final long SEED = Long.getLong("everfold.seed", 29);
    private static final int CYCLES = 2;
    private static final int CYCLES_OF_HEAVY = 20;
    private static final int WRITERS = 4;

    /// Answers after which the server is killed.
    private static final int ANSWERS_MAX = 600;

    private final Follower follower = new Follower();
    private final GroupMember member = new GroupMember("kurrent-0");

    @TempDir
    Path temporary;

    @Test
    void a_server_that_is_killed_loses_nothing_and_those_who_follow_it_miss_nothing() throws Exception {
        killed(CYCLES);
    }

    @Test
    @Tag("heavy") // a minute and more
    void the_same_for_twenty_kills() throws Exception {
        killed(CYCLES_OF_HEAVY);
    }

    private void killed(int cycles) throws Exception {
        Random random = new Random(SEED);
        List<Writer> writers = IntStream.range(0, WRITERS)
                .mapToObj(number -> number % 2 == 0 ? new KurrentWriter(number) : new NativeWriter(number))
                .map(Writer.class::cast)
                .toList();
        for (int cycle = 0; cycle < cycles; cycle++) {
            Process server = start();
            int port = port(server);
            CountDownLatch told = new CountDownLatch(random.nextInt(50, ANSWERS_MAX));
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                CompletableFuture<Void> isFollowing = follower.follow(port);
                member.join(port);
                List<Future<?>> running = new ArrayList<>();
                writers.forEach(writer -> running.add(threads.submit(() -> {
                    writer.run(port, told);
                    return writer;
                })));
                assertThat(told.await(60, TimeUnit.SECONDS)).as(as(cycle)).isTrue();
                isFollowing.get(60, TimeUnit.SECONDS);
                server.destroyForcibly();
                for (Future<?> writer : running) {
                    writer.get(60, TimeUnit.SECONDS);
                }
            }
            assertThat(server.waitFor()).as(as(cycle)).isEqualTo(ChildJvm.KILLED);
            follower.leave();
            member.leave();
        }
        int owed = examine(writers);
        System.out.printf(
                "killed the server %d times, seed %d: %d events acknowledged, lost 0, duplicated 0, a subscription of"
                        + " %d events without a gap, a group that owed %d events and gave them again%n",
                cycles,
                SEED,
                writers.stream().mapToInt(writer -> writer.acknowledged.size()).sum(),
                follower.events.size(),
                owed);
    }

    /// @return how many events the group owed to its client
    private int examine(List<Writer> writers) throws Exception {
        Process server = start();
        int port = port(server);
        try (EventStore store = EventStores.open("everfold://localhost:" + port)) {
            for (Writer writer : writers) {
                writer.run(port, new CountDownLatch(0));
                assertThat(store.read(Read.stream(writer.stream)).toList())
                        .as("%s, seed %d", writer.stream, SEED)
                        .extracting(RecordedEvent::id)
                        .containsExactlyElementsOf(writer.acknowledged);
                assertThat(writer.acknowledged).isNotEmpty();
            }
            var _ = follower.follow(port);
            follower.awaitPosition(store.nextPosition());
            assertThat(follower.events)
                    .as("seed %d", SEED)
                    .containsExactlyElementsOf(store.read(Read.all()).toList().stream()
                            .map(event -> event.position() + 1 + " " + event.id())
                            .toList());
            member.answerAll();
            member.join(port);
            return member.awaitAll(writers.getFirst().acknowledged);
        } finally {
            server.destroyForcibly();
            server.waitFor();
            follower.leave();
            member.leave();
        }
    }

    private static String as(int cycle) {
        return "seed " + SEED + ", cycle " + cycle;
    }

    private Process start() throws IOException {
        return ChildJvm.of(ServerProgram.class, "log:" + temporary.resolve("store"), "0")
                .start();
    }

    private static int port(Process server) throws IOException {
        String line = server.inputReader().readLine();
        assertThat(line).as("the port that a server prints").isNotNull();
        return Integer.parseInt(line);
    }

    private static KurrentDBClient client(int port) {
        return KurrentDBClient.create(KurrentDBConnectionString.parseOrThrow(
                "kurrentdb://localhost:" + port + "?tls=false&maxDiscoverAttempts=1&defaultDeadline=20000"));
    }

    /// Appends to a stream of its own and keeps what was acknowledged. One thread at a time.
    private abstract static class Writer {

        final String stream;
        final List<UUID> acknowledged = new ArrayList<>();
        private List<UUID> pending = List.of();

        Writer(String stream) {
            this.stream = stream;
        }

        /// Appends until the server is gone, or, when nothing is left to count down, only what is pending.
        abstract void run(int port, CountDownLatch told) throws Exception;

        /// What was not acknowledged, or something new.
        List<UUID> next() {
            if (pending.isEmpty()) {
                pending = IntStream.rangeClosed(0, acknowledged.size() % 3)
                        .mapToObj(_ -> UUID.randomUUID())
                        .toList();
            }
            return pending;
        }

        boolean goesOn(boolean isFinal) {
            return !isFinal || !pending.isEmpty();
        }

        void acknowledge(long lastRevision, CountDownLatch told) {
            acknowledged.addAll(pending);
            pending = List.of();
            assertThat(lastRevision).as(stream).isEqualTo(acknowledged.size() - 1);
            told.countDown();
        }
    }

    private static final class KurrentWriter extends Writer {

        KurrentWriter(int number) {
            super("kurrent-" + number);
        }

        @Override
        void run(int port, CountDownLatch told) throws Exception {
            KurrentDBClient client = client(port);
            try {
                boolean isFinal = told.getCount() == 0;
                while (goesOn(isFinal)) {
                    StreamState expected = acknowledged.isEmpty()
                            ? StreamState.noStream()
                            : StreamState.streamRevision(acknowledged.size() - 1);
                    List<EventData> events = next().stream()
                            .map(id -> EventDataBuilder.json(id, "Changed", new byte[0])
                                    .build())
                            .toList();
                    long last = client.appendToStream(
                                    stream, AppendToStreamOptions.get().streamState(expected), events.iterator())
                            .get()
                            .getNextExpectedRevision()
                            .toRawLong();
                    acknowledge(last, told);
                }
            } catch (ExecutionException gone) {
                assertThat(gone.getCause()).isNotInstanceOf(WrongExpectedVersionException.class);
            } finally {
                var _ = client.shutdown();
            }
        }
    }

    private static final class NativeWriter extends Writer {

        private Optional<UUID> appendId = Optional.empty();

        NativeWriter(int number) {
            super("native-" + number);
        }

        @Override
        void run(int port, CountDownLatch told) {
            try (EventStore store = EventStores.open("everfold://localhost:" + port)) {
                boolean isFinal = told.getCount() == 0;
                while (goesOn(isFinal)) {
                    UUID id = appendId.orElseGet(UUID::randomUUID);
                    appendId = Optional.of(id);
                    List<NewEvent> events = next().stream()
                            .map(event -> NewEvent.of(stream, "Changed", "{}").withId(event))
                            .toList();
                    Append append = Append.of(events)
                            .withId(id)
                            .expecting(
                                    stream,
                                    acknowledged.isEmpty()
                                            ? Expected.noStream()
                                            : Expected.revision(acknowledged.size() - 1));
                    long last = store.append(append).revisions().getLast();
                    appendId = Optional.empty();
                    acknowledge(last, told);
                }
            } catch (EventStoreException gone) {
                assertThat(gone.retryable()).as(gone.getMessage()).isTrue();
            }
        }
    }

    /// A subscription to the log that goes on after the last position that it saw.
    private static final class Follower extends SubscriptionListener {

        private final ConcurrentLinkedQueue<String> events = new ConcurrentLinkedQueue<>();
        private CompletableFuture<Void> seesEvent = new CompletableFuture<>();
        private Optional<Position> last = Optional.empty();
        private Optional<KurrentDBClient> client = Optional.empty();

        /// Completes when the first event came.
        synchronized CompletableFuture<Void> follow(int port) throws Exception {
            seesEvent = new CompletableFuture<>();
            KurrentDBClient newClient = client(port);
            client = Optional.of(newClient);
            SubscribeToAllOptions options = SubscribeToAllOptions.get();
            var _ = newClient
                    .subscribeToAll(this, last.isPresent() ? options.fromPosition(last.get()) : options.fromStart())
                    .get();
            return seesEvent;
        }

        void leave() throws Exception {
            client.orElseThrow().shutdown().get(30, TimeUnit.SECONDS);
        }

        @Override
        public void onEvent(Subscription subscription, ResolvedEvent event) {
            synchronized (this) {
                Position position = event.getOriginalEvent().getPosition();
                events.add(position.getCommitUnsigned() + " "
                        + event.getOriginalEvent().getEventId());
                last = Optional.of(position);
                seesEvent.complete(null);
                notifyAll();
            }
        }

        synchronized void awaitPosition(long position) throws InterruptedException {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (last.map(Position::getCommitUnsigned).orElse(0L) < position) {
                long millisLeft = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                assertThat(millisLeft).as("events of the subscription come").isPositive();
                wait(millisLeft);
            }
        }
    }
}
