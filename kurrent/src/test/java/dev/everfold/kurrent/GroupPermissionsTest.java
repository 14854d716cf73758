package dev.everfold.kurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.everfold.eventstore.InMemoryEventStore;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.kurrent.dbclient.CreatePersistentSubscriptionToAllOptions;
import io.kurrent.dbclient.CreatePersistentSubscriptionToStreamOptions;
import io.kurrent.dbclient.EventDataBuilder;
import io.kurrent.dbclient.KurrentDBClient;
import io.kurrent.dbclient.KurrentDBConnectionString;
import io.kurrent.dbclient.KurrentDBPersistentSubscriptionsClient;
import io.kurrent.dbclient.StreamAcl;
import io.kurrent.dbclient.StreamMetadata;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Who may do what with groups, on a server that knows users.
@Timeout(60)
class GroupPermissionsTest {

    private ServedStore served;
    private final List<KurrentDBClient> clients = new ArrayList<>();

    @BeforeEach
    void serve() {
        served = ServedStore.of(new InMemoryEventStore(), new Users());
    }

    @AfterEach
    void end() {
        clients.forEach(client -> {
            var _ = client.shutdown();
        });
        served.close();
    }

    @Test
    void groups_are_for_operators_to_make_and_for_readers_of_the_stream_to_use() throws Exception {
        KurrentDBPersistentSubscriptionsClient bob = groups("bob");
        groups("ops").createToStream("order-1", "shop").get();
        groups("ops")
                .createToAll("shop", CreatePersistentSubscriptionToAllOptions.get())
                .get();
        restrict("order-1", "ada");

        for (Callable<?> attempt : List.<Callable<?>>of(
                () -> bob.createToStream("order-1", "mine").get(),
                () -> bob.updateToStream("order-1", "shop").get(),
                () -> bob.deleteToStream("order-1", "shop").get(),
                () -> bob.listAll().get(),
                () -> bob.getInfoToStream("order-1", "shop").get(),
                () -> bob.replayParkedMessagesToStream("order-1", "shop").get(),
                () -> bob.restartSubsystem().get(),
                () -> bob.subscribeToAll("shop", new GroupListener()).get(),
                () -> bob.subscribeToStream("order-1", "shop", new GroupListener())
                        .get())) {
            assertThat(GroupFixture.trailer(catchThrowable(attempt::call), "exception"))
                    .isEqualTo("access-denied");
        }
        assertThat(groups("ada")
                        .subscribeToStream("order-1", "shop", new GroupListener())
                        .get()
                        .getSubscriptionId())
                .isNotEmpty();
    }

    @Test
    void a_client_gets_the_link_alone_when_it_may_not_read_where_the_link_leads() throws Exception {
        KurrentDBClient admin = client("admin");
        admin.appendToStream(
                        "secret-1",
                        EventDataBuilder.json("Told", "{}".getBytes(StandardCharsets.UTF_8))
                                .build())
                .get();
        restrict("secret-1", "ada");
        admin.appendToStream(
                        "mine",
                        EventDataBuilder.binary("$>", "0@secret-1".getBytes(StandardCharsets.UTF_8))
                                .build())
                .get();
        groups("ops")
                .createToStream(
                        "mine",
                        "shop",
                        CreatePersistentSubscriptionToStreamOptions.get()
                                .fromStart()
                                .resolveLinkTos())
                .get();
        GroupListener listener = new GroupListener();

        groups("bob").subscribeToStream("mine", "shop", listener).get();
        GroupListener.Received received = listener.next();

        assertThat(received.resolved().getEvent()).isNull();
        assertThat(received.resolved().getLink().getStreamId()).isEqualTo("mine");
    }

    @Test
    void who_may_not_read_the_stream_of_a_group_any_more_has_to_go_and_others_get_what_he_had() throws Exception {
        groups("ops")
                .createToStream(
                        "order-1",
                        "shop",
                        CreatePersistentSubscriptionToStreamOptions.get().fromStart())
                .get();
        GroupListener bob = new GroupListener();
        GroupListener ada = new GroupListener();
        groups("bob").subscribeToStream("order-1", "shop", bob).get();
        client("admin")
                .appendToStream(
                        "order-1",
                        EventDataBuilder.json("Placed", "{}".getBytes(StandardCharsets.UTF_8))
                                .build())
                .get();
        String given = bob.next().name();
        groups("ada").subscribeToStream("order-1", "shop", ada).get();

        restrict("order-1", "ada");

        assertThat(GroupFixture.trailer(bob.ended(), "exception")).isEqualTo("access-denied");
        assertThat(ada.next().name()).isEqualTo(given);
    }

    private void restrict(String stream, String reader) throws Exception {
        StreamMetadata metadata = new StreamMetadata();
        metadata.setAcl(new StreamAcl().addReadRoles(reader));
        client("admin").setStreamMetadata(stream, metadata).get();
    }

    private KurrentDBPersistentSubscriptionsClient groups(String user) {
        return KurrentDBPersistentSubscriptionsClient.from(client(user));
    }

    private KurrentDBClient client(String user) {
        String address = served.connectionString().replace("://", "://" + user + ":secret@");
        KurrentDBClient client = KurrentDBClient.create(KurrentDBConnectionString.parseOrThrow(address));
        clients.add(client);
        return client;
    }

    /// Takes everybody for who they say they are.
    private static final class Users implements ServerInterceptor {

        private static final Metadata.Key<String> AUTHORIZATION =
                Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            String basic = headers.get(AUTHORIZATION);
            if (basic == null) {
                return next.startCall(call, headers);
            }
            String decoded =
                    new String(Base64.getDecoder().decode(basic.substring("Basic ".length())), StandardCharsets.UTF_8);
            String name = decoded.substring(0, decoded.indexOf(':'));
            Set<String> groups = switch (name) {
                case "admin" -> Set.of(Caller.ADMINS);
                case "ops" -> Set.of(Caller.OPERATORS);
                default -> Set.of();
            };
            Context context = Context.current().withValue(Caller.KEY, new Caller(name, groups));
            return Contexts.interceptCall(context, call, headers, next);
        }
    }
}
