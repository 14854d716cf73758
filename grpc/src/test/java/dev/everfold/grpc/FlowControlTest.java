package dev.everfold.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.grpc.service.EventStoreService;
import dev.everfold.protocol.v1.EventStoreGrpc;
import dev.everfold.protocol.v1.Wire;
import dev.everfold.testkit.ForwardingCursor;
import dev.everfold.testkit.ForwardingEventStore;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Nobody is held up by one who does not read, and nobody holds without bound what another does not take.
@Timeout(30)
class FlowControlTest {

    private static final int EVENT_BYTES = 16 << 10;
    private static final int EVENTS = 300;

    @Test
    void cursors_that_stand_still_hold_up_neither_each_other_nor_appends() {
        try (ServedStore served = ServedStore.of(filled());
                GrpcEventStore store = served.client(GrpcOptions.DEFAULTS)) {
            List<EventCursor> cursors = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                cursors.add(store.read(Read.all()));
                skip(cursors.getLast(), 10);
            }

            Appended appended = store.append(Append.of(event()));

            assertThat(appended.fromPosition()).isEqualTo(EVENTS);
            for (EventCursor cursor : cursors) {
                assertThat(skip(cursor, EVENTS)).isEqualTo(EVENTS - 10);
                cursor.close();
            }
        }
    }

    @Test
    void a_client_that_never_reads_gets_a_bounded_number_of_bytes_and_is_then_left() throws Exception {
        AtomicLong taken = new AtomicLong();
        CountDownLatch left = new CountDownLatch(1);
        ForwardingEventStore watched = new ForwardingEventStore(filled()) {
            @Override
            public EventCursor read(Read read) {
                return new ForwardingCursor(delegate.read(read)) {
                    @Override
                    public RecordedEvent next() {
                        taken.incrementAndGet();
                        return super.next();
                    }

                    @Override
                    public void close() {
                        super.close();
                        left.countDown();
                    }
                };
            }
        };
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            EventStoreService service =
                    new EventStoreService(watched, threads, 8 << 20).withPatience(Duration.ofMillis(200));
            Server server = serverOf(service, threads);
            ManagedChannel channel = channelTo(server);
            ClientCall<Wire.ReadRequest, Wire.ReadResponse> call =
                    channel.newCall(EventStoreGrpc.getReadMethod(), CallOptions.DEFAULT);

            call.start(new ClientCall.Listener<>() {}, new Metadata());
            call.sendMessage(Wire.ReadRequest.newBuilder()
                    .setMatching(Wire.Matching.newBuilder()
                            .setQuery(Wire.Query.newBuilder().addItems(Wire.Query.Item.getDefaultInstance())))
                    .build());
            call.halfClose();

            assertThat(left.await(20, TimeUnit.SECONDS)).isTrue();
            // A window of at most 8 MiB, and what the server holds before it waits.
            assertThat(taken.get() * EVENT_BYTES).isLessThan(10 << 20);
            channel.shutdownNow();
            server.shutdownNow();
        }
    }

    @Test
    void where_many_wait_one_message_carries_many_appends() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        ForwardingEventStore gated = new ForwardingEventStore(new InMemoryEventStore()) {
            @Override
            public CompletableFuture<Appended> appendAsync(Append append) {
                try {
                    gate.await();
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                }
                return super.appendAsync(append);
            }
        };
        List<Integer> sizes = new CopyOnWriteArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            EventStoreService service = new EventStoreService(gated, threads, 8 << 20);
            Server server = serverOf(new CountingService(service, sizes), threads);
            try (GrpcEventStore store = GrpcEventStore.open("localhost", server.getPort(), GrpcOptions.DEFAULTS)) {
                List<CompletableFuture<Appended>> answers = new ArrayList<>();
                for (int i = 0; i < 500; i++) {
                    answers.add(store.appendAsync(Append.of(NewEvent.of("order-17", "step." + i, "{}"))));
                }

                gate.countDown();

                for (int i = 0; i < 500; i++) {
                    assertThat(answers.get(i).get().fromPosition()).isEqualTo(i);
                }
            }
            server.shutdownNow();
        }
        assertThat(sizes.stream().mapToInt(Integer::intValue).sum()).isEqualTo(500);
        assertThat(sizes).hasSizeLessThanOrEqualTo(10);
    }

    @Test
    void a_message_waits_until_half_of_what_is_unanswered_would_be_in_it() throws Exception {
        List<CompletableFuture<Void>> gates = new ArrayList<>();
        for (int i = 0; i < 14; i++) {
            gates.add(new CompletableFuture<>());
        }
        ForwardingEventStore gated = new ForwardingEventStore(new InMemoryEventStore()) {
            @Override
            public CompletableFuture<Appended> appendAsync(Append append) {
                int number = Integer.parseInt(append.events().getFirst().type());
                return gates.get(number).thenCompose(_ -> super.appendAsync(append));
            }
        };
        List<Integer> sizes = new CopyOnWriteArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            EventStoreService service = new EventStoreService(gated, threads, 8 << 20);
            Server server = serverOf(new CountingService(service, sizes), threads);
            try (GrpcEventStore store = GrpcEventStore.open("localhost", server.getPort(), GrpcOptions.DEFAULTS)) {
                List<CompletableFuture<Appended>> answers = new ArrayList<>();
                answers.add(append(store, 0));
                // The stream is there from now on, so that what follows is sent at once or not.
                gates.get(0).complete(null);
                answers.get(0).get();
                for (int i = 1; i < 9; i++) {
                    answers.add(append(store, i));
                }
                gates.get(1).complete(null);
                answers.get(1).get();
                answers.add(append(store, 9));
                gates.get(2).complete(null);
                answers.get(2).get();

                for (int i = 10; i < 14; i++) {
                    answers.add(append(store, i));
                }
                gates.forEach(gate -> gate.complete(null));
                for (CompletableFuture<Appended> answer : answers) {
                    answer.get();
                }
            }
            server.shutdownNow();
        }
        // Four wait for nobody, and four more for the first answer; five are half of what is unanswered after the
        // third.
        assertThat(sizes).containsExactly(1, 1, 1, 1, 1, 4, 5);
    }

    private static CompletableFuture<Appended> append(GrpcEventStore store, int number) {
        return store.appendAsync(Append.of(NewEvent.of("order-17", Integer.toString(number), "{}")));
    }

    @Test
    void appends_wait_before_they_are_sent_when_too_many_bytes_wait_already() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        AtomicLong arrived = new AtomicLong();
        ForwardingEventStore gated = new ForwardingEventStore(new InMemoryEventStore()) {
            @Override
            public CompletableFuture<Appended> appendAsync(Append append) {
                arrived.incrementAndGet();
                try {
                    gate.await();
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                }
                return super.appendAsync(append);
            }
        };
        try (ServedStore served = ServedStore.of(gated);
                GrpcEventStore store = served.client(GrpcOptions.DEFAULTS.withWaitingBytesMax(2 * EVENT_BYTES))) {
            AtomicLong given = new AtomicLong();
            List<CompletableFuture<Appended>> answers = new CopyOnWriteArrayList<>();
            Thread writer = Thread.ofVirtual().start(() -> {
                for (int i = 0; i < 10; i++) {
                    answers.add(store.appendAsync(Append.of(event())));
                    given.incrementAndGet();
                }
            });
            while (writer.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }

            assertThat(given.get()).isLessThan(3);
            gate.countDown();
            writer.join();
            for (CompletableFuture<Appended> answer : answers) {
                answer.get();
            }

            assertThat(arrived.get()).isEqualTo(10);
        }
    }

    /// Hands calls on, and writes down how many appends each message holds.
    private static final class CountingService extends EventStoreGrpc.EventStoreImplBase {

        private final EventStoreService service;
        private final List<Integer> sizes;

        CountingService(EventStoreService service, List<Integer> sizes) {
            this.service = service;
            this.sizes = sizes;
        }

        @Override
        public void describe(Wire.DescribeRequest request, StreamObserver<Wire.DescribeResponse> client) {
            service.describe(request, client);
        }

        @Override
        public StreamObserver<Wire.AppendManyRequest> appendMany(StreamObserver<Wire.AppendManyResponse> client) {
            StreamObserver<Wire.AppendManyRequest> stream = service.appendMany(client);
            return new StreamObserver<>() {
                @Override
                public void onNext(Wire.AppendManyRequest request) {
                    sizes.add(request.getAppendsCount());
                    stream.onNext(request);
                }

                @Override
                public void onError(Throwable lost) {
                    stream.onError(lost);
                }

                @Override
                public void onCompleted() {
                    stream.onCompleted();
                }
            };
        }
    }

    private static Server serverOf(EventStoreGrpc.EventStoreImplBase service, ExecutorService threads)
            throws Exception {
        return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .executor(threads)
                .addService(service)
                .build()
                .start();
    }

    private static ManagedChannel channelTo(Server server) {
        return NettyChannelBuilder.forAddress("localhost", server.getPort())
                .usePlaintext()
                .build();
    }

    private static InMemoryEventStore filled() {
        InMemoryEventStore store = new InMemoryEventStore();
        for (int i = 0; i < EVENTS; i++) {
            store.append(Append.of(event()));
        }
        return store;
    }

    private static NewEvent event() {
        return NewEvent.of("order-17", "order.placed", Bytes.of(new byte[EVENT_BYTES - 200]))
                .withContent(NewEvent.BINARY, Bytes.of(new byte[EVENT_BYTES - 200]));
    }

    /// Reads at most so many events.
    private static int skip(EventCursor cursor, int atMost) {
        int skipped = 0;
        while (skipped < atMost && cursor.hasNext()) {
            cursor.next();
            skipped++;
        }
        return skipped;
    }
}
