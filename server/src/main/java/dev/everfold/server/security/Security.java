package dev.everfold.server.security;

import dev.everfold.eventstore.EventStore;
import dev.everfold.kurrent.Caller;
import dev.everfold.server.ServerOptions;
import io.grpc.BindableService;
import io.grpc.ServerInterceptor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/// Everything that decides who comes in to a server with users, over the store that it serves.
///
/// It opens and closes no store. Safe for use by many threads.
public final class Security implements AutoCloseable {

    private final Users users;
    private final Policies policies;
    private final Audit audit;
    private final Logins logins;
    private final Sessions sessions;
    private final CallGuard callGuard;
    private final LiveRequests requests = new LiveRequests();
    private final UserWatch watch;

    private Security(EventStore store, Users users) {
        this.users = users;
        this.policies = new Policies(store);
        this.audit = new Audit(store, System::nanoTime);
        this.logins = new Logins(users, audit, System::nanoTime);
        this.sessions = new Sessions(System::nanoTime);
        this.callGuard = new CallGuard(logins, store::nextPosition);
        users.watch(this::changed);
        policies.watch(this::changed);
        this.watch = new UserWatch(store, this::changed, policies, logins::forgetAll);
    }

    /// Sees that there is a user who may make others, and begins to let users in.
    ///
    /// @throws IllegalArgumentException when strangers can reach the server and a user has a
    ///     password that everybody knows
    /// @throws dev.everfold.eventstore.EventStoreException when the store cannot be asked, or takes no users
    public static Security open(EventStore store, ServerOptions options) {
        Users users = new Users(store, options.security().passwordIterations());
        FirstUsers first = new FirstUsers(users);
        first.create(options.security());
        if (!options.isLoopback()) {
            first.requireNoWellKnownPassword();
        }
        Security security = new Security(store, users);
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("host", options.host());
        facts.put("users", true);
        facts.put("tls", options.security().tls().isPresent());
        security.audit.started(facts);
        return security;
    }

    /// Who may log in.
    public Users users() {
        return users;
    }

    /// What narrows who may read and append where.
    public Policies policies() {
        return policies;
    }

    /// KurrentDB's service for them.
    public BindableService usersService() {
        return new UsersService(users);
    }

    /// Lets calls of gRPC in.
    public ServerInterceptor callGuard() {
        return callGuard;
    }

    Logins logins() {
        return logins;
    }

    LiveRequests requests() {
        return requests;
    }

    Sessions sessions() {
        return sessions;
    }

    private void changed(String login, long position) {
        logins.forget(login);
        sessions.endAllOf(login);
        callGuard.endAllOf(login, position);
        requests.endAllOf(login);
    }

    /// Who has calls under way that might see what is hidden now has to call again.
    private void changed(Policy before, Policy now) {
        Predicate<Caller> seesLess = caller -> now.hidesMoreThan(before, caller);
        callGuard.endReadsOf(seesLess);
        requests.endAllOf(seesLess);
    }

    /// Ends its own thread.
    @Override
    public void close() {
        watch.close();
    }
}
