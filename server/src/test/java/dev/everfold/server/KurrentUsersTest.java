package dev.everfold.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.everfold.kurrent.Caller;
import dev.everfold.protocol.kurrent.OperationsGrpc;
import dev.everfold.protocol.kurrent.ServerFeaturesGrpc;
import dev.everfold.protocol.kurrent.Shared;
import dev.everfold.protocol.kurrent.StreamsGrpc;
import dev.everfold.protocol.kurrent.StreamsWire;
import dev.everfold.protocol.kurrent.UsersGrpc;
import dev.everfold.protocol.kurrent.UsersWire;
import dev.everfold.protocol.kurrent.v2.StreamsServiceGrpc;
import dev.everfold.protocol.kurrent.v2.StreamsV2Wire;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Users by KurrentDB's protocol: its service for them, and what its streams make of them.
@Timeout(30)
class KurrentUsersTest {

    private static final int GUESSES_MAX = 20;

    private static final Metadata.Key<String> EXCEPTION = key("exception");
    private static final Metadata.Key<String> LOGIN_NAME = key("login-name");
    private static final Shared.Empty EMPTY = Shared.Empty.getDefaultInstance();

    private final SecuredServer secured = new SecuredServer();
    private final ManagedChannel channel = NettyChannelBuilder.forAddress("localhost", secured.server.grpcPort())
            .usePlaintext()
            .build();

    @AfterEach
    void end() {
        channel.shutdownNow();
        secured.close();
    }

    @Test
    void an_administrator_creates_a_user_who_then_changes_his_own_password() {
        UsersGrpc.UsersBlockingStub admin = UsersGrpc.newBlockingStub(as("admin", SecuredServer.PASSWORD));
        var _ = admin.create(user("alice", "Alice", "secret", "editors"));

        UsersGrpc.UsersBlockingStub alice = UsersGrpc.newBlockingStub(as("alice", "secret"));
        var _ = alice.changePassword(UsersWire.ChangePasswordReq.newBuilder()
                .setOptions(UsersWire.ChangePasswordReq.Options.newBuilder()
                        .setLoginName("alice")
                        .setCurrentPassword("secret")
                        .setNewPassword("other"))
                .build());
        Iterator<UsersWire.DetailsResp> own =
                UsersGrpc.newBlockingStub(as("alice", "other")).details(login("alice"));

        UsersWire.DetailsResp.UserDetails details = own.next().getUserDetails();
        assertThat(details.getLoginName()).isEqualTo("alice");
        assertThat(details.getFullName()).isEqualTo("Alice");
        assertThat(details.getGroupsList()).containsExactly("editors");
        assertThat(details.getDisabled()).isFalse();
        assertThat(details.getLastUpdated().getTicksSinceEpoch()).isPositive();
        assertThatThrownBy(() -> alice.details(login("alice")).next())
                .satisfies(failure -> assertStatus(failure, Status.Code.UNAUTHENTICATED, null));
    }

    @Test
    void all_users_are_listed_disabled_enabled_and_deleted() {
        UsersGrpc.UsersBlockingStub admin = UsersGrpc.newBlockingStub(as("admin", SecuredServer.PASSWORD));
        var _ = admin.create(user("alice", "Alice", "secret", "editors"));
        var _ = admin.disable(login("alice"));

        List<String> listed = new ArrayList<>();
        admin.details(UsersWire.LoginReq.getDefaultInstance())
                .forEachRemaining(user -> listed.add(user.getUserDetails().getLoginName() + " "
                        + user.getUserDetails().getDisabled()));
        assertThat(listed).containsExactly("admin false", "alice true");

        var _ = admin.enable(login("alice"));
        var _ = admin.resetPassword(UsersWire.ResetPasswordReq.newBuilder()
                .setOptions(UsersWire.ResetPasswordReq.Options.newBuilder()
                        .setLoginName("alice")
                        .setNewPassword("other"))
                .build());
        assertThat(UsersGrpc.newBlockingStub(as("alice", "other"))
                        .details(login("alice"))
                        .hasNext())
                .isTrue();
        var _ = admin.delete(login("alice"));
        assertThatThrownBy(() -> admin.details(login("alice")).next())
                .satisfies(failure -> assertStatus(failure, Status.Code.NOT_FOUND, "user-not-found"));
    }

    @Test
    void a_check_tells_nothing_of_a_stream_that_its_user_may_not_read() throws Exception {
        secured.create("alice", "editors");
        Channel admin = as("admin", SecuredServer.PASSWORD);
        var _ = append(admin, "order-17");
        var _ = append(admin, "$$order-17", onlyAdminsRead());
        StreamsServiceGrpc.StreamsServiceBlockingStub alice = StreamsServiceGrpc.newBlockingStub(as("alice", "secret"));

        assertDenied(() -> alice.appendRecords(StreamsV2Wire.AppendRecordsRequest.newBuilder()
                .addRecords(StreamsV2Wire.AppendRecord.newBuilder()
                        .setStream("order-18")
                        .setSchema(StreamsV2Wire.SchemaInfo.newBuilder()
                                .setFormat(StreamsV2Wire.SchemaFormat.SCHEMA_FORMAT_JSON)
                                .setName("order.placed"))
                        .setData(ByteString.copyFromUtf8("{}")))
                .addChecks(StreamsV2Wire.ConsistencyCheck.newBuilder()
                        .setStreamState(StreamsV2Wire.ConsistencyCheck.StreamStateCheck.newBuilder()
                                .setStream("order-17")
                                .setExpectedState(99)))
                .build()));
    }

    @Test
    void a_subscription_ends_before_the_first_event_that_its_user_may_not_read_any_more() throws Exception {
        secured.create("alice", "editors");
        Channel admin = as("admin", SecuredServer.PASSWORD);
        var _ = append(admin, "order-17");
        Iterator<StreamsWire.ReadResp> alice = StreamsGrpc.newBlockingStub(as("alice", "secret"))
                .read(StreamsWire.ReadReq.newBuilder()
                        .setOptions(StreamsWire.ReadReq.Options.newBuilder()
                                .setStream(stream("order-17"))
                                .setSubscription(StreamsWire.ReadReq.Options.SubscriptionOptions.getDefaultInstance())
                                .setNoFilter(EMPTY)
                                .setUuidOption(Shared.UUIDOption.newBuilder().setString(EMPTY)))
                        .build());
        assertThat(alice.next().hasConfirmation()).isTrue();
        assertThat(alice.next().hasEvent()).isTrue();
        assertThat(alice.next().hasCaughtUp()).isTrue();

        var _ = append(admin, "$$order-17", onlyAdminsRead());
        var _ = append(admin, "order-17");

        assertDenied(alice::next);
    }

    @Test
    void only_an_operator_may_ask_the_server_to_end() {
        secured.create("alice", "editors");
        secured.create("olga", Caller.OPERATORS);

        assertThatThrownBy(() ->
                        OperationsGrpc.newBlockingStub(as("alice", "secret")).shutdown(EMPTY))
                .satisfies(failure -> assertStatus(failure, Status.Code.PERMISSION_DENIED, "access-denied"));
        assertThat(secured.server.shutdownRequested().toCompletableFuture()).isNotDone();

        var _ = OperationsGrpc.newBlockingStub(as("olga", "secret")).shutdown(EMPTY);

        assertThat(secured.server.shutdownRequested().toCompletableFuture()).isCompleted();
    }

    @Test
    void refusals_are_those_that_clients_know() {
        UsersGrpc.UsersBlockingStub admin = UsersGrpc.newBlockingStub(as("admin", SecuredServer.PASSWORD));
        secured.create("alice", "editors");
        UsersGrpc.UsersBlockingStub alice = UsersGrpc.newBlockingStub(as("alice", "secret"));

        assertThatThrownBy(() -> admin.create(user("alice", "", "x", "editors")))
                .satisfies(failure -> {
                    assertStatus(failure, Status.Code.FAILED_PRECONDITION, "user-conflict");
                    assertThat(((StatusRuntimeException) failure).getTrailers().get(LOGIN_NAME))
                            .isEqualTo("alice");
                });
        assertThatThrownBy(() -> admin.disable(login("bob")))
                .satisfies(failure -> assertStatus(failure, Status.Code.NOT_FOUND, "user-not-found"));
        assertThatThrownBy(() -> alice.create(user("bob", "", "x", Caller.ADMINS)))
                .satisfies(failure -> assertStatus(failure, Status.Code.PERMISSION_DENIED, "access-denied"));
        assertThatThrownBy(() -> alice.details(login("admin")).next())
                .satisfies(failure -> assertStatus(failure, Status.Code.PERMISSION_DENIED, "access-denied"));
        assertThatThrownBy(() -> UsersGrpc.newBlockingStub(channel).disable(login("alice")))
                .satisfies(failure -> assertStatus(failure, Status.Code.UNAUTHENTICATED, null));
    }

    @Test
    void who_is_no_administrator_neither_reads_nor_appends_to_the_streams_of_users_however_he_asks() throws Exception {
        secured.create("alice", "editors");
        Channel alice = as("alice", "secret");

        assertDenied(() ->
                read(alice, options -> options.setStream(stream("$user-admin")).setCount(10)));
        assertDenied(() -> read(
                alice,
                options -> options.setStream(stream("$user-admin"))
                        .setSubscription(StreamsWire.ReadReq.Options.SubscriptionOptions.getDefaultInstance())));
        assertDenied(() -> read(
                alice,
                options -> options.setAll(Shared.AllStart.newBuilder().setStart(EMPTY))
                        .setCount(10)));
        assertDenied(() -> read(
                alice,
                options -> options.setAll(Shared.AllStart.newBuilder().setStart(EMPTY))
                        .setSubscription(StreamsWire.ReadReq.Options.SubscriptionOptions.getDefaultInstance())));
        assertDenied(() -> append(alice, "$user-alice"));
        assertDenied(() -> append(alice, "$$$user-alice"));
        assertThat(batch(alice, "$user-alice").getError().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED.value());
        assertThat(append(alice, "order-17").hasSuccess()).isTrue();
        assertThat(batch(alice, "order-17").hasSuccess()).isTrue();
        assertThat(read(
                        as("admin", SecuredServer.PASSWORD),
                        options -> options.setStream(stream("$user-admin")).setCount(10)))
                .isPositive();
    }

    @Test
    void what_clients_ask_before_they_know_anything_needs_no_user() {
        var features = ServerFeaturesGrpc.newBlockingStub(channel).getSupportedMethods(EMPTY);

        assertThat(features.getMethodsCount()).isPositive();
    }

    private static void assertDenied(ThrowingCallable call) {
        assertThatThrownBy(call)
                .satisfies(failure -> assertStatus(failure, Status.Code.PERMISSION_DENIED, "access-denied"));
    }

    private static void assertStatus(Throwable failure, Status.Code code, String exception) {
        assertThat(failure).isInstanceOf(StatusRuntimeException.class);
        StatusRuntimeException status = (StatusRuntimeException) failure;
        assertThat(status.getStatus().getCode()).as(status.toString()).isEqualTo(code);
        assertThat(status.getTrailers().get(EXCEPTION)).isEqualTo(exception);
    }

    private int read(
            Channel as, Function<StreamsWire.ReadReq.Options.Builder, StreamsWire.ReadReq.Options.Builder> what) {
        StreamsWire.ReadReq.Options.Builder options = StreamsWire.ReadReq.Options.newBuilder()
                .setNoFilter(EMPTY)
                .setUuidOption(Shared.UUIDOption.newBuilder().setString(EMPTY));
        Iterator<StreamsWire.ReadResp> responses = StreamsGrpc.newBlockingStub(as)
                .read(StreamsWire.ReadReq.newBuilder()
                        .setOptions(what.apply(options))
                        .build());
        int events = 0;
        while (responses.hasNext()) {
            events += responses.next().hasEvent() ? 1 : 0;
        }
        return events;
    }

    private static StreamsWire.AppendResp append(Channel as, String stream) throws Exception {
        return append(as, stream, message());
    }

    private static StreamsWire.AppendResp append(Channel as, String stream, Shared.ProposedMessage.Builder message)
            throws Exception {
        CompletableFuture<StreamsWire.AppendResp> answer = new CompletableFuture<>();
        StreamObserver<StreamsWire.AppendReq> call = StreamsGrpc.newStub(as).append(into(answer));
        call.onNext(
                StreamsWire.AppendReq.newBuilder().setOptions(expecting(stream)).build());
        call.onNext(
                StreamsWire.AppendReq.newBuilder().setProposedMessage(message).build());
        call.onCompleted();
        return unwrapped(answer);
    }

    private static StreamsWire.BatchAppendResp batch(Channel as, String stream) throws Exception {
        CompletableFuture<StreamsWire.BatchAppendResp> answer = new CompletableFuture<>();
        StreamObserver<StreamsWire.BatchAppendReq> call =
                StreamsGrpc.newStub(as).batchAppend(into(answer));
        call.onNext(StreamsWire.BatchAppendReq.newBuilder()
                .setCorrelationId(
                        Shared.UUID.newBuilder().setString(UUID.randomUUID().toString()))
                .setOptions(expecting(stream))
                .addProposedMessages(message())
                .setIsFinal(true)
                .build());
        StreamsWire.BatchAppendResp response = unwrapped(answer);
        call.onCompleted();
        return response;
    }

    private static <A> A unwrapped(CompletableFuture<A> answer) throws Exception {
        try {
            return answer.get();
        } catch (ExecutionException failed) {
            throw (Exception) failed.getCause();
        }
    }

    private static <A> StreamObserver<A> into(CompletableFuture<A> answer) {
        return new StreamObserver<>() {
            @Override
            public void onNext(A response) {
                answer.complete(response);
            }

            @Override
            public void onError(Throwable failure) {
                answer.completeExceptionally(failure);
            }

            @Override
            public void onCompleted() {
                answer.completeExceptionally(new IllegalStateException("no answer"));
            }
        };
    }

    private static Shared.ExpectedStream.Builder expecting(String stream) {
        return Shared.ExpectedStream.newBuilder()
                .setStreamIdentifier(identifier(stream))
                .setAny(EMPTY);
    }

    private static Shared.ProposedMessage.Builder message() {
        return Shared.ProposedMessage.newBuilder()
                .setId(Shared.UUID.newBuilder().setString(UUID.randomUUID().toString()))
                .putMetadata("type", "order.placed")
                .putMetadata("content-type", "application/json")
                .setData(ByteString.copyFromUtf8("{}"));
    }

    private static Shared.ProposedMessage.Builder onlyAdminsRead() {
        return message()
                .putMetadata("type", "$metadata")
                .setData(ByteString.copyFromUtf8("{\"$acl\":{\"$r\":\"$admins\"}}"));
    }

    private static Shared.StreamStart.Builder stream(String name) {
        return Shared.StreamStart.newBuilder()
                .setStreamIdentifier(identifier(name))
                .setStart(EMPTY);
    }

    private static Shared.StreamIdentifier.Builder identifier(String name) {
        return Shared.StreamIdentifier.newBuilder().setStreamName(ByteString.copyFromUtf8(name));
    }

    @Test
    void who_is_in_and_guesses_the_password_has_to_wait_as_who_logs_in() {
        secured.create("alice");
        UsersGrpc.UsersBlockingStub alice = UsersGrpc.newBlockingStub(as("alice", "secret"));
        UsersWire.ChangePasswordReq guess = UsersWire.ChangePasswordReq.newBuilder()
                .setOptions(UsersWire.ChangePasswordReq.Options.newBuilder()
                        .setLoginName("alice")
                        .setCurrentPassword("guess")
                        .setNewPassword("other"))
                .build();

        Status answer = Status.OK;
        for (int i = 0; i < GUESSES_MAX && answer.getCode() != Status.Code.UNAUTHENTICATED; i++) {
            answer = catchThrowableOfType(StatusRuntimeException.class, () -> alice.changePassword(guess))
                    .getStatus();
        }

        assertThat(answer.getDescription()).startsWith("Too many logins failed; try again in ");
    }

    private Channel as(String user, String password) {
        Metadata headers = new Metadata();
        headers.put(key("authorization"), SecuredServer.basic(user, password));
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    private static UsersWire.UserReq user(String login, String fullName, String password, String group) {
        return UsersWire.UserReq.newBuilder()
                .setOptions(UsersWire.UserReq.Options.newBuilder()
                        .setLoginName(login)
                        .setFullName(fullName)
                        .setPassword(password)
                        .addGroups(group))
                .build();
    }

    private static UsersWire.LoginReq login(String name) {
        return UsersWire.LoginReq.newBuilder()
                .setOptions(UsersWire.LoginReq.Options.newBuilder().setLoginName(name))
                .build();
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }
}
