package dev.everfold.server.security;

import dev.everfold.eventstore.EventStore;
import dev.everfold.kurrent.Caller;
import dev.everfold.server.ServerOptions;
import dev.everfold.server.token.ProviderTokens;
import io.grpc.BindableService;
import io.grpc.ServerInterceptor;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/// Everything that decides who comes in to a server with users, over the store that it serves.
///
/// It opens and closes no store. Safe for use by many threads.
public final class Security implements AutoCloseable {

    private final Users users;
    private final Policies policies;
    private final Audit audit;
    private final RememberedLogins remembered;
    private final Logins logins;
    private final ApiTokens apiTokens;
    private final Optional<ProviderTokens> provider;
    private final TokenLogins tokens;
    private final ProxyLogins proxies;
    private final Sessions sessions;
    private final CallGuard callGuard;
    private final LiveRequests requests;
    private final AccessWatch watch;

    private Security(
            EventStore store,
            Users users,
            Optional<ProviderTokens> provider,
            Set<String> trustedProxies,
            InstantSource clock) {
        LongSupplier nanos = System::nanoTime;
        Backoff backoff = new Backoff(nanos);
        this.users = users;
        this.policies = new Policies(store);
        this.provider = provider;
        this.audit = new Audit(store, nanos);
        this.remembered = new RememberedLogins(nanos, clock);
        this.logins = new Logins(users, audit, backoff, remembered);
        this.apiTokens = new ApiTokens(store, users, clock);
        this.tokens = new TokenLogins(users, apiTokens, provider, audit, backoff, remembered, clock);
        this.proxies = new ProxyLogins(trustedProxies, logins, audit);
        this.sessions = new Sessions(nanos);
        this.callGuard = new CallGuard(logins, tokens, proxies, clock);
        this.requests = new LiveRequests(clock, sessions);
        users.watch(this::changed);
        apiTokens.watch(this::revoked);
        policies.watch(this::changed);
        this.watch = new AccessWatch(store, this::changed, this::revoked, policies, remembered::forgetAll);
    }

    /// Sees that there is a user who may make others, and begins to let users in.
    ///
    /// @throws IllegalArgumentException when strangers can reach the server and a user has a
    ///     password that everybody knows
    /// @throws dev.everfold.eventstore.StoreUnavailableException when the keys of tokens are in a file that
    ///     cannot be used
    /// @throws dev.everfold.eventstore.EventStoreException when the store cannot be asked, or takes no users
    public static Security open(EventStore store, ServerOptions options) {
        Users users = new Users(store, options.security().passwordIterations());
        FirstUsers first = new FirstUsers(users);
        first.create(options.security());
        if (!options.isLoopback()) {
            first.requireNoWellKnownPassword();
        }
        InstantSource clock = InstantSource.system();
        Optional<ProviderTokens> provider =
                options.security().tokens().map(tokens -> ProviderTokens.open(tokens, clock, System::nanoTime));
        Set<String> trustedProxies = options.security().trustedProxies();
        Security security = new Security(store, users, provider, trustedProxies, clock);
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("host", options.host());
        facts.put("users", true);
        facts.put("tls", options.security().tls().isPresent());
        options.security()
                .tokens()
                .ifPresent(tokens -> facts.put("tokensOf", tokens.issuer().toString()));
        if (!trustedProxies.isEmpty()) {
            facts.put("trustedProxies", new ArrayList<>(new TreeSet<>(trustedProxies)));
        }
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

    /// What they have made for their programs.
    public ApiTokens apiTokens() {
        return apiTokens;
    }

    /// KurrentDB's service for them.
    public BindableService usersService() {
        return new UsersService(users, logins);
    }

    /// Lets calls of gRPC in.
    public ServerInterceptor callGuard() {
        return callGuard;
    }

    Logins logins() {
        return logins;
    }

    TokenLogins tokens() {
        return tokens;
    }

    ProxyLogins proxies() {
        return proxies;
    }

    LiveRequests requests() {
        return requests;
    }

    Sessions sessions() {
        return sessions;
    }

    /// Rises when a user was changed or a token revoked: once what was remembered is forgotten, and again once the
    /// sessions have ended. Whoever was let in by what was looked up before a rise is looked up again.
    long changes() {
        return logins.changes() + sessions.changes();
    }

    private void changed(String login, long position) {
        remembered.forget(login);
        sessions.endAllOf(login, position);
        callGuard.endAllOf(login, position);
        requests.endAllOf(login, position);
    }

    /// Who has calls under way that might see what is hidden now has to call again.
    private void changed(Policy before, Policy now) {
        Map<Caller, Boolean> known = new ConcurrentHashMap<>();
        Predicate<Caller> seesLess = caller -> known.computeIfAbsent(caller, each -> now.hidesMoreThan(before, each));
        callGuard.endReadsOf(seesLess);
        requests.endAllOf(seesLess);
    }

    private void revoked(String tokenHash, long position) {
        remembered.forgetToken(tokenHash);
        callGuard.endAllOfToken(tokenHash, position);
        requests.endAllOfToken(tokenHash, position);
    }

    /// Ends its own threads.
    @Override
    public void close() {
        watch.close();
        callGuard.close();
        provider.ifPresent(ProviderTokens::close);
    }
}
