package dev.everfold.server.security;

import dev.everfold.eventstore.EventStoreException;
import dev.everfold.kurrent.Caller;
import dev.everfold.protocol.kurrent.UsersGrpc;
import dev.everfold.protocol.kurrent.UsersWire;
import dev.everfold.server.Secret;
import dev.everfold.server.security.Users.Profile;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/// KurrentDB's service of users, over ours.
///
/// Administrators may do everything; who else is a user may look at himself and change his own password.
final class UsersService extends UsersGrpc.UsersImplBase {

    private static final long TICKS_OF_SECOND = 10_000_000;
    private static final int NANOS_OF_TICK = 100;
    private static final Metadata.Key<String> EXCEPTION = key("exception");
    private static final Metadata.Key<String> LOGIN_NAME = key("login-name");

    private final Users users;
    private final Logins logins;

    UsersService(Users users, Logins logins) {
        this.users = users;
        this.logins = logins;
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    @Override
    public void create(UsersWire.UserReq request, StreamObserver<UsersWire.Done> client) {
        UsersWire.UserReq.Options options = request.getOptions();
        done(client, by -> users.create(profile(options), Secret.of(options.getPassword()), by));
    }

    @Override
    public void update(UsersWire.UserReq request, StreamObserver<UsersWire.Done> client) {
        done(client, by -> users.update(profile(request.getOptions()), by));
    }

    @Override
    public void delete(UsersWire.LoginReq request, StreamObserver<UsersWire.Done> client) {
        done(client, by -> users.delete(request.getOptions().getLoginName(), by));
    }

    @Override
    public void enable(UsersWire.LoginReq request, StreamObserver<UsersWire.Done> client) {
        done(client, by -> users.enable(request.getOptions().getLoginName(), by));
    }

    @Override
    public void disable(UsersWire.LoginReq request, StreamObserver<UsersWire.Done> client) {
        done(client, by -> users.disable(request.getOptions().getLoginName(), by));
    }

    @Override
    public void resetPassword(UsersWire.ResetPasswordReq request, StreamObserver<UsersWire.Done> client) {
        UsersWire.ResetPasswordReq.Options options = request.getOptions();
        done(client, by -> users.resetPassword(options.getLoginName(), Secret.of(options.getNewPassword()), by));
    }

    @Override
    public void changePassword(UsersWire.ChangePasswordReq request, StreamObserver<UsersWire.Done> client) {
        UsersWire.ChangePasswordReq.Options options = request.getOptions();
        done(client, by -> {
            requireSelf(by, options.getLoginName());
            // A token that was stolen must not help to find the password out.
            if (HttpGuard.isByToken()) {
                throw denied();
            }
            Secret current = Secret.of(options.getCurrentPassword());
            Secret next = Secret.of(options.getNewPassword());
            String address = Objects.requireNonNull(CallGuard.ADDRESS.get());
            logins.changePassword(options.getLoginName(), new Users.PasswordChange(current, next), address, by)
                    .ifPresent(later -> {
                        throw Status.UNAUTHENTICATED
                                .withDescription(later.words())
                                .asRuntimeException();
                    });
        });
    }

    @Override
    public void details(UsersWire.LoginReq request, StreamObserver<UsersWire.DetailsResp> client) {
        String login = request.getOptions().getLoginName();
        respond(client, by -> {
            requireSelf(by, login);
            List<User> found = login.isEmpty()
                    ? users.all()
                    : List.of(users.find(login)
                            .orElseThrow(() -> new UserException(UserException.Reason.NOT_FOUND, login)));
            found.forEach(user -> client.onNext(details(user)));
        });
    }

    private static void done(StreamObserver<UsersWire.Done> client, Consumer<Caller> change) {
        respond(client, by -> {
            change.accept(by);
            client.onNext(UsersWire.Done.getDefaultInstance());
        });
    }

    private static void respond(StreamObserver<?> client, Consumer<Caller> call) {
        try {
            Caller by = Caller.KEY.get();
            if (by == null) {
                throw denied();
            }
            call.accept(by);
            client.onCompleted();
        } catch (StatusRuntimeException refused) {
            client.onError(refused);
        } catch (UserException refused) {
            client.onError(status(refused));
        } catch (IllegalArgumentException invalid) {
            client.onError(Status.INVALID_ARGUMENT
                    .withDescription(invalid.getMessage())
                    .asRuntimeException());
        } catch (EventStoreException unavailable) {
            client.onError(
                    Status.UNAVAILABLE.withDescription(unavailable.getMessage()).asRuntimeException());
        }
    }

    private static void requireSelf(Caller by, String login) {
        if (!by.isAdmin() && !by.name().equals(login)) {
            throw denied();
        }
    }

    private static StatusRuntimeException denied() {
        Metadata trailers = new Metadata();
        trailers.put(EXCEPTION, "access-denied");
        return Status.PERMISSION_DENIED
                .withDescription("Users are for administrators; everybody may change his own password.")
                .asRuntimeException(trailers);
    }

    private static StatusRuntimeException status(UserException refused) {
        Metadata trailers = new Metadata();
        trailers.put(LOGIN_NAME, refused.login());
        return switch (refused.reason()) {
            case NOT_FOUND -> status(Status.NOT_FOUND, "user-not-found", refused, trailers);
            case CONFLICT -> status(Status.FAILED_PRECONDITION, "user-conflict", refused, trailers);
            case WRONG_PASSWORD -> status(Status.PERMISSION_DENIED, "access-denied", refused, trailers);
        };
    }

    private static StatusRuntimeException status(
            Status status, String exception, UserException refused, Metadata trailers) {
        trailers.put(EXCEPTION, exception);
        return status.withDescription(refused.getMessage()).asRuntimeException(trailers);
    }

    private static Profile profile(UsersWire.UserReq.Options options) {
        return new Profile(options.getLoginName(), options.getFullName(), Set.copyOf(options.getGroupsList()));
    }

    private static UsersWire.DetailsResp details(User user) {
        Instant updated = user.updated();
        long ticks = updated.getEpochSecond() * TICKS_OF_SECOND + updated.getNano() / NANOS_OF_TICK;
        return UsersWire.DetailsResp.newBuilder()
                .setUserDetails(UsersWire.DetailsResp.UserDetails.newBuilder()
                        .setLoginName(user.login())
                        .setFullName(user.profile().fullName())
                        .addAllGroups(user.profile().groups().stream().sorted().toList())
                        .setDisabled(user.disabled())
                        .setLastUpdated(UsersWire.DetailsResp.UserDetails.DateTime.newBuilder()
                                .setTicksSinceEpoch(ticks)))
                .build();
    }
}
