package dev.everfold.server;

import dev.everfold.server.security.HttpGuard;
import dev.everfold.server.security.HttpGuard.SignedIn;
import dev.everfold.server.security.Permission;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.http.HttpStatus;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/// Sessions of browsers: begun with name and password, asked after, ended.
final class LoginRoutes {

    private static final String FORM = "application/x-www-form-urlencoded";

    /// The style in the page, by its hash; a test holds it against the page.
    static final String STYLE = "sha256-FGDGw1f07UqagAlMkwSk+CPygbMmTlIMLhCzLoq7eg4=";

    private static final String PAGE_POLICY = "default-src 'none'; style-src '" + STYLE
            + "'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
    private final HttpGuard guard;

    LoginRoutes(HttpGuard guard) {
        this.guard = guard;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/session", Permission.OPEN, this::session),
                Route.get("/login", Permission.OPEN, this::page),
                Route.post("/login", Permission.OPEN, this::login),
                Route.post("/logout", Permission.OPEN, this::logout));
    }

    private void session(Context context) {
        Selection.require(context);
        answer(context, guard.session(context));
    }

    private void page(Context context) throws IOException {
        try (InputStream page = Objects.requireNonNull(LoginRoutes.class.getResourceAsStream("login.html"))) {
            context.contentType("text/html; charset=utf-8")
                    .header("Content-Security-Policy", PAGE_POLICY)
                    .header("X-Content-Type-Options", "nosniff")
                    .result(page.readAllBytes());
        }
    }

    /// A form goes on to the first page, or back to the form; JSON is answered with the session.
    private void login(Context context) {
        Selection.require(context);
        if (!guard.hasUsers()) {
            throw new IllegalArgumentException("The server has no users; everybody is let in without a login.");
        }
        String type = Json.mediaType(context);
        switch (type) {
            case Json.TYPE -> {
                JsonBody body = JsonBody.of(context, "login", "password");
                answer(context, Optional.of(signIn(context, body.text("login"), body.text("password"))));
            }
            case FORM -> {
                String user = Objects.requireNonNullElse(context.formParam("login"), "");
                String password = Objects.requireNonNullElse(context.formParam("password"), "");
                try {
                    signIn(context, user, password);
                    context.redirect("/", HttpStatus.SEE_OTHER);
                } catch (HttpResponseException refused) {
                    context.redirect("/login?failed", HttpStatus.SEE_OTHER);
                }
            }
            default ->
                throw new IllegalArgumentException(
                        "The content type \"" + type + "\" is not taken; expected " + Json.TYPE + " or " + FORM + ".");
        }
    }

    private SignedIn signIn(Context context, String user, String password) {
        return guard.login(context, user, password.getBytes(StandardCharsets.UTF_8));
    }

    private void logout(Context context) {
        Selection.require(context);
        guard.logout(context);
        answer(context, Optional.empty());
    }

    private void answer(Context context, Optional<SignedIn> session) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("users", guard.hasUsers());
        session.ifPresent(signedIn -> {
            answer.put("login", signedIn.caller().name());
            answer.put("groups", new TreeSet<>(signedIn.caller().groups()));
            signedIn.csrf().ifPresent(csrf -> answer.put("csrf", csrf));
        });
        context.header("Cache-Control", "no-store");
        Json.answer(context, answer);
    }
}
