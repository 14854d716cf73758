package dev.everfold.server.security;

import dev.everfold.kurrent.Caller;
import dev.everfold.server.security.Sessions.Session;
import io.javalin.http.Context;
import io.javalin.http.Cookie;
import io.javalin.http.ForbiddenResponse;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import io.javalin.http.HttpStatus;
import io.javalin.http.SameSite;
import io.javalin.http.ServiceUnavailableResponse;
import io.javalin.http.UnauthorizedResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Lets requests of HTTP in: by `Authorization: Basic …`, `Authorization: Bearer …` or a certificate
/// from programs, by a session from browsers, which would show a certificate to whatever page asks,
/// and by `Everfold-User: …` from trusted proxies. Behind it, [Caller#KEY] says who asks. Where the
/// server has no users, everybody is let in.
public final class HttpGuard {

    /// What a request that changes something holds beside the cookie of a session.
    public static final String CSRF_HEADER = "X-CSRF-Token";

    private static final String CHALLENGE = "Basic realm=\"Everfold\", charset=\"UTF-8\"";

    /// As RFC 6750 has it.
    private static final String TOKEN_CHALLENGE = "Bearer realm=\"Everfold\", error=\"invalid_token\"";

    private static final String WRONG_PASSWORD = "The user or the password is wrong.";

    private static final String CHANGED = "The user was changed; ask again.";

    /// Where the servlet container puts what a client has shown.
    private static final String CERTIFICATES = "jakarta.servlet.request.X509Certificate";

    private static final String COOKIE = "everfold-session-";

    /// What a browser says of a request that a page of this server sends, or its user himself.
    private static final Set<String> FROM_HERE = Set.of("same-origin", "none");

    private final Optional<Security> security;

    /// @param security empty where the server has no users
    public HttpGuard(Optional<Security> security) {
        this.security = security;
    }

    /// Whether there are users.
    public boolean hasUsers() {
        return security.isPresent();
    }

    /// Who may log in, where there are users.
    public Optional<Users> users() {
        return security.map(Security::users);
    }

    /// What narrows who may read and append where; empty where there are no users.
    public Optional<Policies> policies() {
        return security.map(Security::policies);
    }

    /// What users have made for their programs, where there are users.
    public Optional<ApiTokens> apiTokens() {
        return security.map(Security::apiTokens);
    }

    /// Whether whoever asks in this thread has come with a token, and not as a user with a password, a
    /// session, a certificate or the word of a proxy.
    public static boolean isByToken() {
        Pass pass = Pass.KEY.get();
        return pass instanceof Pass.OfApiToken || pass instanceof Pass.OfProvider;
    }

    /// The same handler for those who may.
    public Handler guard(Permission permission, Handler handler) {
        if (security.isEmpty() || permission == Permission.OPEN) {
            return handler;
        }
        Security those = security.get();
        return context -> {
            long changes = those.changes();
            Login.Known known = known(those, context);
            Caller caller = known.caller();
            if (!permission.allows(caller)) {
                throw new ForbiddenResponse(permission.refusal(caller));
            }
            try (LiveRequests.Entry entry = those.requests().enter(known)) {
                // A user who changed between the check and the entry may be another one now.
                if (those.changes() != changes && !known(those, context).equals(known)) {
                    throw unauthorized(context, CHANGED);
                }
                io.grpc.Context of = entry.in(io.grpc.Context.current()).withValue(Caller.KEY, caller);
                io.grpc.Context before = of.attach();
                try {
                    handler.handle(context);
                } finally {
                    of.detach(before);
                }
            }
        };
    }

    /// Whether the request that this thread answers may go on: not when its user was changed meanwhile,
    /// nor when its session ended, nor when the policy was changed so that the user sees less.
    public static boolean isStillIn() {
        return LiveRequests.isStillIn();
    }

    /// What is to be said at the end of a request that may not go on; empty where nothing is.
    public static String lastWords() {
        return LiveRequests.lastWords();
    }

    /// Somebody whom a browser need not ask for a password.
    ///
    /// @param csrf what goes into the header [#CSRF_HEADER], if there is a session
    public record SignedIn(Caller caller, Optional<String> csrf) {

        private SignedIn(Session session) {
            this(session.caller(), Optional.of(session.csrf()));
        }
    }

    /// Who asks, if it is somebody with a session, or whom a proxy names.
    ///
    /// @throws HttpResponseException when a proxy names somebody and is not believed
    public Optional<SignedIn> session(Context context) {
        if (security.isPresent() && ProxyLogins.isNamedBy(headers(context))) {
            return Optional.of(new SignedIn(known(security.get(), context).caller(), Optional.empty()));
        }
        return find(context).map(SignedIn::new);
    }

    /// Begins a session.
    ///
    /// @param password in UTF-8
    /// @throws HttpResponseException when user or password is wrong, too many were, or a proxy names
    ///     somebody, too
    public SignedIn login(Context context, String user, byte[] password) {
        if (ProxyLogins.isNamedBy(headers(context))) {
            throw unauthorized(
                    context,
                    "Nobody logs in through a proxy that says who the user is; expected no header " + ProxyLogins.USER
                            + ".");
        }
        Security those = security.orElseThrow();
        BasicCredentials credentials = BasicCredentials.of(user, new String(password, StandardCharsets.UTF_8))
                .orElseThrow(() -> new UnauthorizedResponse(WRONG_PASSWORD));
        long changes = those.changes();
        Login.Known known = known(context, credentials);
        Session session = those.sessions().begin(known);
        // A user who changed while the password was checked may be another one now; then nobody gets to know of it.
        if (those.changes() != changes && !known(context, credentials).equals(known)) {
            those.sessions().end(session);
            throw unauthorized(context, CHANGED);
        }
        set(context, session.token());
        return new SignedIn(session);
    }

    private Login.Known known(Context context, BasicCredentials credentials) {
        Login login = security.orElseThrow().logins().check(credentials, context.ip());
        return require(login, context, WRONG_PASSWORD);
    }

    /// Gives another password to whoever asks.
    ///
    /// @throws UserException as [Users#changePassword] does
    /// @throws HttpResponseException when too many were wrong
    public void changePassword(Context context, Users.PasswordChange passwords) {
        Caller caller = Objects.requireNonNull(Caller.KEY.get());
        security.orElseThrow()
                .logins()
                .changePassword(caller.name(), passwords, context.ip(), caller)
                .ifPresent(later -> {
                    throw tooMany(context, later);
                });
    }

    /// Ends the session, if there is one.
    public void logout(Context context) {
        find(context).ifPresent(session -> security.orElseThrow().sessions().end(session));
        set(context, "");
    }

    private Optional<Session> find(Context context) {
        return security.flatMap(those -> those.sessions().find(context.cookie(cookie(context))));
    }

    private static Login.Known known(Security security, Context context) {
        if (ProxyLogins.isNamedBy(headers(context))) {
            return byProxy(security, context);
        }
        String header = context.header("Authorization");
        Optional<String> token = TokenLogins.parse(header);
        if (token.isPresent()) {
            return require(security.tokens().check(token.get(), context.ip()), context, WRONG_PASSWORD);
        }
        if (header != null) {
            BasicCredentials credentials = BasicCredentials.parse(header)
                    .orElseThrow(() ->
                            unauthorized(context, "The header Authorization is neither one of Basic nor of Bearer."));
            return require(security.logins().check(credentials, context.ip()), context, WRONG_PASSWORD);
        }
        Optional<Session> found = security.sessions().find(context.cookie(cookie(context)));
        if (found.isEmpty()) {
            String name = certificate(context)
                    .filter(_ -> !isFromBrowser(context))
                    .orElseThrow(() -> unauthorized(context, "The request names no user."));
            return require(security.logins().certified(name, context.ip()), context, "The certificate is of no user.");
        }
        Session session = found.get();
        if (!context.method().equals(HandlerType.GET) && !isSame(session.csrf(), context.header(CSRF_HEADER))) {
            throw new ForbiddenResponse("The request has a session and not its header " + CSRF_HEADER
                    + "; expected what GET /session says.");
        }
        return session.login();
    }

    /// A cookie beside it counts for nothing. So there is no word of a session that pages of others
    /// cannot know, and a proxy may have changed `Host` and `Origin`; what browsers say of the site is
    /// left.
    private static Login.Known byProxy(Security security, Context context) {
        Login login = security.proxies().check(headers(context), certificate(context), context.ip());
        if (login instanceof Login.Refused(String why)) {
            throw unauthorized(context, why);
        }
        String site = context.header("Sec-Fetch-Site");
        if (!context.method().equals(HandlerType.GET) && site != null && !FROM_HERE.contains(site)) {
            throw new ForbiddenResponse(
                    "The request comes from a web page of another origin; expected one of this server, or none.");
        }
        return require(login, context, WRONG_PASSWORD);
    }

    private static Function<String, List<String>> headers(Context context) {
        return name -> Collections.list(context.req().getHeaders(name));
    }

    /// The name in that of the connection.
    private static Optional<String> certificate(Context context) {
        return context.attribute(CERTIFICATES) instanceof X509Certificate[] chain
                ? ClientCertificate.login(chain[0].getSubjectX500Principal())
                : Optional.empty();
    }

    /// Browsers say what a request is for.
    private static boolean isFromBrowser(Context context) {
        return context.header("Sec-Fetch-Mode") != null || context.header("Origin") != null;
    }

    /// @param unknown what is said to one who is no user
    private static Login.Known require(Login login, Context context, String unknown) {
        return switch (login) {
            case Login.Known known -> known;
            case Login.Unknown() -> throw unauthorized(context, unknown);
            case Login.Refused(String why) -> {
                context.header("WWW-Authenticate", TOKEN_CHALLENGE);
                throw new UnauthorizedResponse(why);
            }
            case Login.Later later -> throw tooMany(context, later);
            case Login.Unsure(String why) -> throw new ServiceUnavailableResponse(why);
        };
    }

    private static HttpResponseException tooMany(Context context, Login.Later later) {
        context.header("Retry-After", Long.toString(later.seconds()));
        return new HttpResponseException(HttpStatus.TOO_MANY_REQUESTS.getCode(), later.words());
    }

    /// Browsers would ask their user in a window of their own.
    private static UnauthorizedResponse unauthorized(Context context, String why) {
        if (!isFromBrowser(context)) {
            context.header("WWW-Authenticate", CHALLENGE);
        }
        return new UnauthorizedResponse(why);
    }

    private static boolean isSame(String expected, @Nullable String given) {
        return given != null
                && MessageDigest.isEqual(
                        expected.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }

    private static void set(Context context, String token) {
        Cookie cookie = new Cookie(cookie(context), token);
        cookie.setPath("/");
        cookie.setHttpOnly(true);
        cookie.setSecure(context.req().isSecure());
        cookie.setSameSite(SameSite.STRICT);
        cookie.setMaxAge(token.isEmpty() ? 0 : -1);
        context.cookie(cookie);
    }

    /// Browsers send cookies of one port to all ports of a host.
    private static String cookie(Context context) {
        return COOKIE + context.req().getLocalPort();
    }
}
