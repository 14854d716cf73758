package dev.everfold.server;

import dev.everfold.kurrent.Caller;
import dev.everfold.server.security.HttpGuard;
import dev.everfold.server.security.Permission;
import dev.everfold.server.security.Users;
import dev.everfold.server.security.Users.Listed;
import dev.everfold.server.security.Users.Profile;
import io.javalin.http.Context;
import io.javalin.http.ForbiddenResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/// Users by HTTP, for administrators; and for everybody the own password.
final class UserRoutes {

    private final HttpGuard guard;

    UserRoutes(HttpGuard guard) {
        this.guard = guard;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/users", Permission.ADMIN, this::list),
                Route.post("/users", Permission.ADMIN, this::create),
                Route.post("/users/change", Permission.ADMIN, this::change),
                Route.post("/users/delete", Permission.ADMIN, this::delete),
                Route.post("/password", Permission.USER, this::password));
    }

    private void list(Context context) {
        Selection.require(context);
        List<Map<String, Object>> all =
                users().list().stream().map(UserRoutes::user).toList();
        Json.answer(context, Map.of("users", all));
    }

    private void create(Context context) {
        JsonBody body = JsonBody.of(context, "login", "fullName", "groups", "password");
        users().create(profile(body), Secret.of(body.text("password")), caller());
        Json.answer(context, Map.of("login", body.text("login")));
    }

    /// Whatever of it is given; the rest stays. All of it is read before anything is changed.
    private void change(Context context) {
        JsonBody body = JsonBody.of(context, "login", "fullName", "groups", "password", "disabled");
        String login = body.text("login");
        Optional<String> fullName = given(body, "fullName", body::text);
        Optional<Set<String>> groups = given(body, "groups", body::texts);
        Optional<Secret> password = given(body, "password", name -> Secret.of(body.text(name)));
        Optional<Boolean> disabled = given(body, "disabled", body::flag);
        if (Stream.of(fullName, groups, password, disabled).allMatch(Optional::isEmpty)) {
            throw new IllegalArgumentException(
                    "The body changes nothing; expected \"fullName\", \"groups\", \"password\" or \"disabled\".");
        }
        if (fullName.isPresent() || groups.isPresent()) {
            users().update(
                            login,
                            now -> new Profile(login, fullName.orElse(now.fullName()), groups.orElse(now.groups())),
                            caller());
        }
        password.ifPresent(next -> users().resetPassword(login, next, caller()));
        disabled.ifPresent(out -> {
            if (out) {
                users().disable(login, caller());
            } else {
                users().enable(login, caller());
            }
        });
        Json.answer(context, Map.of("login", login));
    }

    private static <T> Optional<T> given(JsonBody body, String name, Function<String, T> value) {
        return body.has(name) ? Optional.of(value.apply(name)) : Optional.empty();
    }

    private void delete(Context context) {
        String login = JsonBody.of(context, "login").text("login");
        users().delete(login, caller());
        Json.answer(context, Map.of("login", login));
    }

    /// A token that was stolen must not help to find the password out.
    private void password(Context context) {
        if (HttpGuard.isByToken()) {
            throw new ForbiddenResponse("A token changes no password; expected the user with the current one.");
        }
        JsonBody body = JsonBody.of(context, "current", "next");
        var _ = users();
        Secret current = Secret.of(body.text("current"));
        guard.changePassword(context, new Users.PasswordChange(current, Secret.of(body.text("next"))));
        Json.answer(context, Map.of("login", caller().name()));
    }

    private static Profile profile(JsonBody body) {
        return new Profile(body.text("login"), body.has("fullName") ? body.text("fullName") : "", body.texts("groups"));
    }

    private static Map<String, Object> user(Listed listed) {
        Map<String, Object> user = new LinkedHashMap<>();
        user.put("login", listed.profile().login());
        user.put("fullName", listed.profile().fullName());
        user.put("groups", new TreeSet<>(listed.profile().groups()));
        user.put("disabled", listed.disabled());
        return user;
    }

    private static Caller caller() {
        return Objects.requireNonNull(Caller.KEY.get());
    }

    private Users users() {
        return guard.users()
                .orElseThrow(() -> new IllegalArgumentException(
                        "The server has no users, and lets everybody in. Start it with --users."));
    }
}
