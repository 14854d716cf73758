package dev.everfold.server;

import com.google.protobuf.ByteString;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.protocol.kurrent.Shared;
import dev.everfold.protocol.kurrent.StreamsGrpc;
import dev.everfold.protocol.kurrent.StreamsWire;
import dev.everfold.protocol.kurrent.StreamsWire.ReadReq.Options.ReadDirection;
import dev.everfold.protocol.v1.EventStoreGrpc;
import dev.everfold.protocol.v1.Wire;
import dev.everfold.server.security.Permission;
import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A call of gRPC whose client has left is given up, also while it finds nothing that could be sent.
@Timeout(60)
class LeftCallsTest {

    private static final Shared.Empty EMPTY = Shared.Empty.getDefaultInstance();
    private static final int COUNT = 1_000;
    private static final int WINDOW_MAX = 1_000_000_000;
    private static final String MIRRORS = "secret-mirrors";
    private static final String LINKS = "$links";
    private static final String TYPE = "mirrored";
    private static final String OF_CATEGORY = "$ce-secret";

    private final AtomicReference<EndlessStore> endless = new AtomicReference<>();
    private final SecuredServer secured =
            new SecuredServer(ServerOptions.DEFAULTS.withPorts(0, 0).withSecurity(SecuredServer.USERS), store -> {
                endless.set(new EndlessStore(store, MIRRORS, LINKS));
                return endless.get();
            });
    private final EndlessStore store = endless.get();
    private final ManagedChannel channel = NettyChannelBuilder.forAddress("localhost", secured.server.grpcPort())
            .usePlaintext()
            .build();

    /// A read that comes to the mirrors and shows none of them, or all.
    enum Kind {
        SHOWN("admin", all().setCount(Long.MAX_VALUE)),
        SHOWN_SUBSCRIPTION("admin", subscription(all())),
        HIDDEN("clerk", all().setCount(COUNT)),
        HIDDEN_BACKWARDS(
                "clerk",
                all().setAll(Shared.AllStart.newBuilder().setEnd(EMPTY))
                        .setCount(COUNT)
                        .setReadDirection(ReadDirection.Backwards)),
        FILTERED("admin", all().setCount(COUNT).setFilter(filter())),
        OF_TYPE("clerk", of("$et-" + TYPE).setCount(COUNT)),
        LINKS_TO_HIDDEN("clerk", of(LINKS).setCount(COUNT)),
        LINKS_TO_HIDDEN_BACKWARDS("clerk", of(LINKS).setCount(COUNT).setReadDirection(ReadDirection.Backwards)),
        SUBSCRIPTION("clerk", subscription(all())),
        FILTERED_SUBSCRIPTION("admin", subscription(all()).setFilter(filter())),
        FILTERED_SUBSCRIPTION_THAT_TELLS_NOTHING("admin", subscription(all()).setFilter(filter().setMax(WINDOW_MAX))),
        SUBSCRIPTION_OF_TYPE("clerk", subscription(of("$et-" + TYPE))),
        SUBSCRIPTION_OF_LINKS_TO_HIDDEN("clerk", subscription(of(LINKS)));

        private final String user;
        private final StreamsWire.ReadReq request;

        Kind(String user, StreamsWire.ReadReq.Options.Builder options) {
            this.user = user;
            this.request = StreamsWire.ReadReq.newBuilder()
                    .setOptions(
                            options.setUuidOption(Shared.UUIDOption.newBuilder().setString(EMPTY)))
                    .build();
        }

        private static StreamsWire.ReadReq.Options.Builder all() {
            return StreamsWire.ReadReq.Options.newBuilder()
                    .setAll(Shared.AllStart.newBuilder().setStart(EMPTY))
                    .setNoFilter(EMPTY);
        }

        private static StreamsWire.ReadReq.Options.Builder of(String stream) {
            return StreamsWire.ReadReq.Options.newBuilder()
                    .setStream(Shared.StreamStart.newBuilder()
                            .setStreamIdentifier(
                                    Shared.StreamIdentifier.newBuilder().setStreamName(ByteString.copyFromUtf8(stream)))
                            .setStart(EMPTY))
                    .setNoFilter(EMPTY);
        }

        private static StreamsWire.ReadReq.Options.Builder subscription(StreamsWire.ReadReq.Options.Builder of) {
            return of.setSubscription(StreamsWire.ReadReq.Options.SubscriptionOptions.getDefaultInstance());
        }

        private static Shared.FilterOptions.Builder filter() {
            return Shared.FilterOptions.newBuilder()
                    .setEventType(Shared.FilterOptions.Expression.newBuilder().addPrefix("nothing"))
                    .setMax(32)
                    .setCheckpointIntervalMultiplier(1);
        }
    }

    @BeforeEach
    void hideTheMirrors() throws Exception {
        secured.create("clerk", Permission.READERS);
        secured.store.append(
                Append.of(NewEvent.of("$settings", "$settings", "{\"$systemStreamAcl\":{\"$r\":\"$all\"}}")));
        secured.store.append(Append.of(NewEvent.of(MIRRORS, TYPE, "{}")));
        secured.store.append(Append.of(NewEvent.of(LINKS, "$>", Bytes.utf8("0@" + MIRRORS))));
        secured.setPolicy(-1, "[{\"prefix\":\"secret\",\"readers\":[],\"appenders\":[]}]");
    }

    @AfterEach
    void end() {
        channel.shutdownNow();
        secured.close();
    }

    @ParameterizedTest
    @EnumSource
    void a_read_by_kurrentdbs_protocol_is_given_up_when_its_client_cancels_it(Kind kind) throws Exception {
        // What the streams of links hold is counted before there is no end of it.
        StreamsGrpc.newBlockingStub(channel)
                .withInterceptors(as("admin"))
                .read(Kind.OF_TYPE.request)
                .forEachRemaining(_ -> {});
        store.setEndless(true);
        Context.CancellableContext call = Context.current().withCancellation();
        call.run(() ->
                StreamsGrpc.newStub(channel).withInterceptors(as(kind.user)).read(kind.request, new Deaf<>()));
        store.awaitCaught();

        call.cancel(null);

        store.assertAway();
    }

    @Test
    void the_links_of_a_category_are_counted_no_further_when_nobody_wants_to_know() throws Exception {
        store.setEndless(true);
        Context.CancellableContext call = Context.current().withCancellation();
        StreamsWire.ReadReq page = StreamsWire.ReadReq.newBuilder()
                .setOptions(Kind.of(OF_CATEGORY)
                        .setCount(COUNT)
                        .setUuidOption(Shared.UUIDOption.newBuilder().setString(EMPTY)))
                .build();
        call.run(
                () -> StreamsGrpc.newStub(channel).withInterceptors(as("clerk")).read(page, new Deaf<>()));
        store.awaitCaught();

        call.cancel(null);

        store.assertAway();
    }

    @Test
    void a_read_by_kurrentdbs_protocol_is_given_up_when_its_connection_breaks() throws Exception {
        store.setEndless(true);
        StreamsGrpc.newStub(channel).withInterceptors(as("clerk")).read(Kind.HIDDEN.request, new Deaf<>());
        store.awaitCaught();

        channel.shutdownNow();

        store.assertAway();
    }

    @Test
    void a_read_by_our_own_protocol_is_given_up_when_its_client_cancels_it() throws Exception {
        store.setEndless(true);
        Context.CancellableContext call = Context.current().withCancellation();
        Wire.ReadRequest all = Wire.ReadRequest.newBuilder()
                .setMatching(Wire.Matching.newBuilder()
                        .setQuery(Wire.Query.newBuilder().addItems(Wire.Query.Item.getDefaultInstance())))
                .build();
        call.run(() ->
                EventStoreGrpc.newStub(channel).withInterceptors(as("clerk")).read(all, new Deaf<>()));
        store.awaitCaught();

        call.cancel(null);

        store.assertAway();
    }

    private static ClientInterceptor as(String user) {
        Metadata headers = new Metadata();
        headers.put(
                Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
                SecuredServer.basic(user, user.equals("admin") ? SecuredServer.PASSWORD : "secret"));
        return MetadataUtils.newAttachHeadersInterceptor(headers);
    }

    /// Hears nothing.
    private static final class Deaf<T> implements StreamObserver<T> {

        @Override
        public void onNext(T message) {}

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {}
    }
}
