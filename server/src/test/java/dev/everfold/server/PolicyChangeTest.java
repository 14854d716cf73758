package dev.everfold.server;

import static dev.everfold.server.ServedByHttp.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.protocol.kurrent.Shared;
import dev.everfold.protocol.kurrent.StreamsGrpc;
import dev.everfold.protocol.kurrent.StreamsWire;
import dev.everfold.protocol.v1.EventStoreGrpc;
import dev.everfold.protocol.v1.Wire;
import dev.everfold.server.security.Permission;
import dev.everfold.testkit.ForwardingEventStore;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.kurrent.dbclient.CreatePersistentSubscriptionToAllOptions;
import io.kurrent.dbclient.KurrentDBClient;
import io.kurrent.dbclient.KurrentDBPersistentSubscriptionsClient;
import io.kurrent.dbclient.PersistentSubscription;
import io.kurrent.dbclient.PersistentSubscriptionListener;
import io.kurrent.dbclient.ResolvedEvent;
import io.kurrent.dbclient.SubscriptionFilter;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What goes on while the policy changes: it ends for those who see less, here and at other servers of the store, and
/// goes on for all others.
@Timeout(60)
class PolicyChangeTest {

    private static final String HIDES_ORDERS =
            "[{\"prefix\":\"order-\",\"readers\":[\"finance\"],\"appenders\":[\"$all\"]}]";
    private static final String CHANGED = "The policy was changed; call again.";

    private final SecuredServer secured = new SecuredServer();

    @BeforeEach
    void appendSome() {
        secured.create("fiona", Permission.READERS, Permission.WRITERS, "finance");
        secured.create("clerk", Permission.READERS, Permission.WRITERS);
        secured.store.append(
                Append.of(NewEvent.of("$settings", "$settings", "{\"$systemStreamAcl\":{\"$r\":\"$all\"}}")));
        secured.store.append(
                Append.of(NewEvent.of("order-1", "order.placed", "{}"), NewEvent.of("news-1", "news.told", "{}")));
    }

    @AfterEach
    void end() {
        secured.close();
    }

    @Test
    void subscriptions_end_for_who_sees_less_and_go_on_for_who_does_not() throws Exception {
        KurrentDBClient clerk = KurrentUser.client(secured, "clerk");
        KurrentDBClient fiona = KurrentUser.client(secured, "fiona");
        KurrentUser.Listener clerks = new KurrentUser.Listener();
        KurrentUser.Listener fionas = new KurrentUser.Listener();
        var _ = KurrentUser.subscribe(clerk, "order-1", clerks);
        var _ = KurrentUser.subscribe(fiona, "$all", fionas);
        clerks.caughtUp.get();
        fionas.caughtUp.get();

        secured.setPolicy(-1, HIDES_ORDERS);

        assertThat(clerks.ended.get(30, TimeUnit.SECONDS)).hasMessageContaining(CHANGED);
        assertThat(fionas.ended).isNotDone();
        assertThat(KurrentUser.subscribed(fiona, "order-1")).hasSize(1);
        assertThatThrownBy(() -> KurrentUser.subscribed(clerk, "order-1")).isInstanceOf(Exception.class);
        var _ = clerk.shutdown();
        var _ = fiona.shutdown();
    }

    @Test
    void a_policy_that_hides_nothing_more_ends_nothing() throws Exception {
        secured.setPolicy(-1, HIDES_ORDERS);
        KurrentDBClient clerk = KurrentUser.client(secured, "clerk");
        KurrentUser.Listener clerks = new KurrentUser.Listener();
        var _ = KurrentUser.subscribe(clerk, "$all", clerks);
        clerks.caughtUp.get();

        secured.setPolicy(0, "[]");
        secured.store.append(Append.of(NewEvent.of("order-2", "order.placed", "{}")));

        clerks.await("order-2");
        assertThat(clerks.ended).isNotDone();
        assertThat(clerks.events)
                .noneMatch(event -> event.getEvent().getStreamId().equals("order-1"));
        var _ = clerk.shutdown();
    }

    @Test
    void live_events_by_http_end_with_a_word_why() throws Exception {
        HttpResponse<InputStream> live = live("clerk");
        assertThat(live.body().read()).isEqualTo(':');

        secured.setPolicy(-1, HIDES_ORDERS);

        assertThat(new String(live.body().readAllBytes(), StandardCharsets.UTF_8))
                .endsWith(": " + CHANGED + "\n\n");
        try (InputStream again = live("clerk").body()) {
            assertThat(again.read()).isEqualTo(':');
        }
    }

    @Test
    void live_events_of_a_hidden_stream_are_refused_as_others_are() throws Exception {
        secured.setPolicy(-1, HIDES_ORDERS);

        for (String path : new String[] {"/events/live?stream=order-1", "/events?stream=order-1"}) {
            assertProblem(
                    403,
                    "User \\\"clerk\\\" may not read stream \\\"order-1\\\", as the policy says.",
                    secured.send(secured.request(path, "clerk", "secret")));
        }
    }

    @Test
    void a_read_that_its_client_takes_slowly_ends() throws Exception {
        for (int i = 0; i < 64; i++) {
            secured.store.append(Append.of(NewEvent.of("order-1", "order.grown", "{}")
                    .withContent(NewEvent.BINARY, Bytes.of(new byte[128 << 10]))));
        }
        ManagedChannel channel = NettyChannelBuilder.forAddress("localhost", secured.server.grpcPort())
                .usePlaintext()
                .intercept(MetadataUtils.newAttachHeadersInterceptor(asClerk()))
                .build();
        SlowReader reader = new SlowReader();
        EventStoreGrpc.newStub(channel)
                .read(
                        Wire.ReadRequest.newBuilder()
                                .setRevisions(Wire.Revisions.newBuilder().setStream("order-1"))
                                .build(),
                        reader);
        reader.first.get();

        secured.setPolicy(-1, HIDES_ORDERS);
        reader.takeAll();

        assertThat(reader.ended.get()).isInstanceOfSatisfying(StatusRuntimeException.class, ended -> {
            assertThat(ended.getStatus().getCode()).isEqualTo(Status.Code.ABORTED);
            assertThat(ended.getStatus().getDescription()).isEqualTo(CHANGED);
        });
        channel.shutdownNow();
    }

    @Test
    void an_append_that_began_before_its_stream_was_closed_is_refused_when_it_is_complete() throws Exception {
        ManagedChannel channel = NettyChannelBuilder.forAddress("localhost", secured.server.grpcPort())
                .usePlaintext()
                .intercept(MetadataUtils.newAttachHeadersInterceptor(asClerk()))
                .build();
        Answer<StreamsWire.AppendResp> appended = new Answer<>();
        Answer<StreamsWire.BatchAppendResp> batched = new Answer<>();
        StreamObserver<StreamsWire.AppendReq> append =
                StreamsGrpc.newStub(channel).append(appended);
        StreamObserver<StreamsWire.BatchAppendReq> batch =
                StreamsGrpc.newStub(channel).batchAppend(batched);
        Shared.UUID id =
                Shared.UUID.newBuilder().setString(UUID.randomUUID().toString()).build();
        append.onNext(StreamsWire.AppendReq.newBuilder().setOptions(toOrders()).build());
        batch.onNext(StreamsWire.BatchAppendReq.newBuilder()
                .setCorrelationId(id)
                .setOptions(toOrders())
                .build());
        // Another append of the same call is answered, so the server has seen the first message of the one above.
        batch.onNext(StreamsWire.BatchAppendReq.newBuilder()
                .setCorrelationId(
                        Shared.UUID.newBuilder().setString(UUID.randomUUID().toString()))
                .setOptions(toOrders())
                .addProposedMessages(message())
                .setIsFinal(true)
                .build());
        assertThat(batched.next().hasSuccess()).isTrue();

        secured.setPolicy(-1, "[{\"prefix\":\"order-\",\"readers\":[\"$all\"],\"appenders\":[]}]");
        long end = secured.store.nextPosition();
        append.onNext(
                StreamsWire.AppendReq.newBuilder().setProposedMessage(message()).build());
        append.onCompleted();
        batch.onNext(StreamsWire.BatchAppendReq.newBuilder()
                .setCorrelationId(id)
                .addProposedMessages(message())
                .setIsFinal(true)
                .build());

        assertThat(batched.next().getError().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED.value());
        assertThat(Status.fromThrowable(appended.ended.get()).getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(secured.store.nextPosition()).isEqualTo(end);
        channel.shutdownNow();
    }

    @Test
    void a_group_gives_each_client_what_it_may_see_and_leaves_out_what_none_may() throws Exception {
        secured.setPolicy(-1, HIDES_ORDERS);
        KurrentDBPersistentSubscriptionsClient admin = groups("admin");
        KurrentDBPersistentSubscriptionsClient clerk = groups("clerk");
        KurrentDBPersistentSubscriptionsClient fiona = groups("fiona");
        admin.createToAll(
                        "shop",
                        CreatePersistentSubscriptionToAllOptions.get()
                                .fromStart()
                                .filter(SubscriptionFilter.newBuilder()
                                        .withStreamNameRegularExpression("^(order|news)-")
                                        .build()))
                .get();
        Member clerks = new Member();
        var _ = clerk.subscribeToAll("shop", clerks).get();
        String first = clerks.next();
        Member fionas = new Member();
        var _ = fiona.subscribeToAll("shop", fionas).get();

        secured.store.append(Append.of(NewEvent.of("order-2", "order.placed", "{}")));
        String second = fionas.next();
        secured.setPolicy(0, "[{\"prefix\":\"\",\"readers\":[\"finance\"],\"appenders\":[]}]");

        assertThat(first).isEqualTo("news-1");
        assertThat(second).isEqualTo("order-2");
        assertThat(clerks.ended.get(30, TimeUnit.SECONDS)).hasMessageContaining(CHANGED);
        assertThat(clerks.received).isEmpty();
        assertThat(fionas.ended).isNotDone();
        for (var client : new KurrentDBPersistentSubscriptionsClient[] {admin, clerk, fiona}) {
            var _ = client.shutdown();
        }
    }

    @Test
    void another_server_of_the_store_follows_and_so_does_one_that_starts_later() throws Exception {
        try (EverfoldServer other = onTheSameStore()) {
            try (EventStore clerk = clerkAt(other)) {
                HttpResponse<InputStream> live = secured.http.send(
                        secured.request("/events/live", "clerk", "secret")
                                .uri(URI.create("http://localhost:" + other.httpPort() + "/events/live"))
                                .build(),
                        BodyHandlers.ofInputStream());
                assertThat(live.body().read()).isEqualTo(':');

                secured.setPolicy(-1, HIDES_ORDERS);

                assertThat(new String(live.body().readAllBytes(), StandardCharsets.UTF_8))
                        .endsWith(": " + CHANGED + "\n\n");
                assertHidden(clerk);
            }
        }
        try (EverfoldServer later = onTheSameStore();
                EventStore clerk = clerkAt(later)) {
            assertHidden(clerk);
        }
    }

    private static void assertHidden(EventStore clerk) {
        assertThat(clerk.read(Read.all()).toList())
                .extracting(RecordedEvent::stream)
                .containsExactly("news-1");
        assertThatThrownBy(() -> clerk.read(Read.stream("order-1")))
                .hasMessage("User \"clerk\" may not read stream \"order-1\", as the policy says."
                        + " Use another stream, or another user.");
    }

    private static Shared.ExpectedStream.Builder toOrders() {
        return Shared.ExpectedStream.newBuilder()
                .setStreamIdentifier(
                        Shared.StreamIdentifier.newBuilder().setStreamName(ByteString.copyFromUtf8("order-7")))
                .setAny(Shared.Empty.getDefaultInstance());
    }

    private static Shared.ProposedMessage.Builder message() {
        return Shared.ProposedMessage.newBuilder()
                .setId(Shared.UUID.newBuilder().setString(UUID.randomUUID().toString()))
                .putMetadata("type", "order.placed")
                .putMetadata("content-type", "application/json")
                .setData(ByteString.copyFromUtf8("{}"));
    }

    private static Metadata asClerk() {
        Metadata headers = new Metadata();
        headers.put(
                Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
                SecuredServer.basic("clerk", "secret"));
        return headers;
    }

    private EverfoldServer onTheSameStore() {
        ForwardingEventStore shared = new ForwardingEventStore(secured.store) {
            @Override
            public void close() {
                // It is the other server's.
            }
        };
        return EverfoldServer.start(
                shared, ServerOptions.DEFAULTS.withPorts(0, 0).withSecurity(SecuredServer.USERS));
    }

    private static EventStore clerkAt(EverfoldServer server) {
        return EventStores.open("everfold://clerk:secret@localhost:" + server.grpcPort());
    }

    private HttpResponse<InputStream> live(String user) throws Exception {
        return secured.http.send(secured.request("/events/live", user, "secret").build(), BodyHandlers.ofInputStream());
    }

    private KurrentDBPersistentSubscriptionsClient groups(String user) {
        return KurrentDBPersistentSubscriptionsClient.from(KurrentUser.client(secured, user));
    }

    /// What a call answers, and why it ends.
    private static final class Answer<A> implements StreamObserver<A> {

        final BlockingQueue<A> answers = new LinkedBlockingQueue<>();
        final CompletableFuture<Throwable> ended = new CompletableFuture<>();

        A next() throws InterruptedException {
            A next = answers.poll(30, TimeUnit.SECONDS);
            return Objects.requireNonNull(next, "nothing came within 30 s");
        }

        @Override
        public void onNext(A answer) {
            answers.add(answer);
        }

        @Override
        public void onError(Throwable failure) {
            ended.complete(failure);
        }

        @Override
        public void onCompleted() {}
    }

    /// Takes one message, and the others when it is told to.
    private static final class SlowReader implements ClientResponseObserver<Wire.ReadRequest, Wire.ReadResponse> {

        final CompletableFuture<Wire.ReadResponse> first = new CompletableFuture<>();
        final CompletableFuture<Throwable> ended = new CompletableFuture<>();
        private ClientCallStreamObserver<Wire.ReadRequest> call;

        @Override
        public void beforeStart(ClientCallStreamObserver<Wire.ReadRequest> begun) {
            call = begun;
            begun.disableAutoRequestWithInitial(1);
        }

        void takeAll() {
            call.request(1_000_000);
        }

        @Override
        public void onNext(Wire.ReadResponse response) {
            first.complete(response);
        }

        @Override
        public void onError(Throwable failure) {
            first.completeExceptionally(failure);
            ended.complete(failure);
        }

        @Override
        public void onCompleted() {
            ended.completeExceptionally(new AssertionError("The read came to its end."));
        }
    }

    /// A client of a group that acknowledges what it gets.
    private static final class Member extends PersistentSubscriptionListener {

        final BlockingQueue<String> received = new LinkedBlockingQueue<>();
        final CompletableFuture<Throwable> ended = new CompletableFuture<>();

        String next() throws InterruptedException {
            String next = received.poll(30, TimeUnit.SECONDS);
            assertThat(next).as("nothing came within 30 s").isNotNull();
            return next;
        }

        @Override
        public void onEvent(PersistentSubscription subscription, int retryCount, ResolvedEvent event) {
            subscription.ack(event);
            received.add(event.getOriginalEvent().getStreamId());
        }

        @Override
        public void onCancelled(PersistentSubscription subscription, Throwable reason) {
            if (reason != null) {
                ended.complete(reason);
            }
        }
    }
}
