package dev.everfold.server;

import dev.everfold.kurrent.Caller;
import dev.everfold.server.security.ApiTokens;
import dev.everfold.server.security.ApiTokens.Listed;
import dev.everfold.server.security.ApiTokens.Named;
import dev.everfold.server.security.ApiTokens.Wanted;
import dev.everfold.server.security.HttpGuard;
import dev.everfold.server.security.Permission;
import io.javalin.http.Context;
import io.javalin.http.ForbiddenResponse;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/// Tokens of a user for programs, by HTTP: made, listed and revoked; those of others by administrators.
final class TokenRoutes {

    private final Optional<ApiTokens> tokens;

    /// @param tokens empty where the server has no users
    TokenRoutes(Optional<ApiTokens> tokens) {
        this.tokens = tokens;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/tokens", Permission.USER, this::list),
                Route.post("/tokens", Permission.USER, this::make),
                Route.post("/tokens/revoke", Permission.USER, this::revoke));
    }

    private void list(Context context) {
        Selection.require(context, "login");
        ApiTokens those = tokens();
        String login = login(Optional.ofNullable(context.queryParam("login")));
        List<Map<String, Object>> all =
                those.list(login).stream().map(TokenRoutes::token).toList();
        Json.answer(context, Map.of("tokens", all));
    }

    /// The only answer that ever holds the token.
    private void make(Context context) {
        JsonBody body = JsonBody.of(context, "name", "expires", "groups", "login");
        ApiTokens those = tokens();
        Wanted wanted = new Wanted(
                login(body),
                body.text("name"),
                time(body.text("expires")),
                body.has("groups") ? Optional.of(body.texts("groups")) : Optional.empty());
        Secret token = those.make(wanted, caller());
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("login", wanted.login());
        answer.put("name", wanted.name());
        answer.put("expires", wanted.expires().toString());
        answer.put("token", token.reveal());
        context.header("Cache-Control", "no-store");
        Json.answer(context, answer);
    }

    private void revoke(Context context) {
        JsonBody body = JsonBody.of(context, "name", "login");
        ApiTokens those = tokens();
        Named which = new Named(login(body), body.text("name"));
        if (!those.revoke(which, caller())) {
            throw new NothingThereException("User \"" + which.login() + "\" has no token \"" + which.name()
                    + "\"; expected one that GET /tokens lists.");
        }
        Json.answer(context, Map.of("name", which.name()));
    }

    private static String login(JsonBody body) {
        return login(body.has("login") ? Optional.of(body.text("login")) : Optional.empty());
    }

    /// Whose tokens it is about. Who comes with a token makes no others, so that it ends when it ends, and whom a
    /// provider calls by a name is not the user of that name.
    private static String login(Optional<String> named) {
        Caller caller = caller();
        String login = named.orElse(caller.name());
        if (!caller.isAdmin() && (HttpGuard.isByToken() || !login.equals(caller.name()))) {
            throw new ForbiddenResponse("User \"" + caller.name() + "\" may not do this; expected the user \"" + login
                    + "\" with the password, or one of the group " + Caller.ADMINS + ".");
        }
        return login;
    }

    private static Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException malformed) {
            throw new IllegalArgumentException(
                    "\"expires\" of the body is no time; expected one as 2027-03-01T09:30:00Z.", malformed);
        }
    }

    private static Map<String, Object> token(Listed listed) {
        Map<String, Object> token = new LinkedHashMap<>();
        token.put("name", listed.name());
        token.put("expires", listed.expires().toString());
        listed.groups().ifPresent(groups -> token.put("groups", new TreeSet<>(groups)));
        return token;
    }

    private static Caller caller() {
        return Objects.requireNonNull(Caller.KEY.get());
    }

    private ApiTokens tokens() {
        return tokens.orElseThrow(() ->
                new IllegalArgumentException("The server has no users, and lets everybody in. Start it with --users."));
    }
}
