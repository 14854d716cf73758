package dev.everfold.server;

import static dev.everfold.server.ServedByHttp.assertProblem;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Read;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Users by HTTP: made, changed and removed by an administrator, and the own password by everybody.
@Timeout(30)
class UserRoutesTest {

    private static final int GUESSES_MAX = 20;

    private final SecuredServer secured = new SecuredServer();

    @AfterEach
    void end() {
        secured.close();
    }

    @Test
    void an_administrator_makes_changes_and_removes_a_user() throws Exception {
        HttpResponse<String> created = admin(
                "/users",
                "{\"login\":\"alice\",\"fullName\":\"Alice\",\"groups\":[\"everfold-readers\"],"
                        + "\"password\":\"secret\"}");
        int reads = secured.send(secured.request("/events", "alice", "secret")).statusCode();
        HttpResponse<String> changed = admin("/users/change", "{\"login\":\"alice\",\"disabled\":true}");
        HttpResponse<String> listed = secured.send(secured.request("/users", "admin", SecuredServer.PASSWORD));
        int disabled =
                secured.send(secured.request("/events", "alice", "secret")).statusCode();
        HttpResponse<String> deleted = admin("/users/delete", "{\"login\":\"alice\"}");

        assertThat(created.statusCode()).as(created.body()).isEqualTo(200);
        assertThat(reads).isEqualTo(200);
        assertThat(changed.statusCode()).isEqualTo(200);
        assertThat(listed.body())
                .isEqualTo("{\"users\":[{\"login\":\"admin\",\"fullName\":\"Administrator\",\"groups\":[\"$admins\"],"
                        + "\"disabled\":false},{\"login\":\"alice\",\"fullName\":\"Alice\","
                        + "\"groups\":[\"everfold-readers\"],\"disabled\":true}]}");
        assertThat(disabled).isEqualTo(401);
        assertThat(deleted.statusCode()).isEqualTo(200);
    }

    @Test
    void groups_and_password_are_changed_together() throws Exception {
        secured.create("alice", "everfold-readers");

        admin("/users/change", "{\"login\":\"alice\",\"groups\":[\"$ops\"],\"password\":\"other\"}");

        assertThat(secured.send(secured.request("/events", "alice", "other")).statusCode())
                .isEqualTo(403);
        assertThat(secured.send(secured.request("/metrics", "alice", "other")).statusCode())
                .isEqualTo(200);
    }

    @Test
    void a_group_that_is_named_twice_counts_once() throws Exception {
        secured.create("alice");

        HttpResponse<String> changed = admin("/users/change", "{\"login\":\"alice\",\"groups\":[\"$ops\",\"$ops\"]}");

        assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
        assertThat(users()).contains("\"groups\":[\"$ops\"]");
    }

    @Test
    void what_of_a_user_is_not_given_stays_as_it_is() throws Exception {
        admin("/users", "{\"login\":\"alice\",\"fullName\":\"Alice\",\"groups\":[\"$ops\"],\"password\":\"secret\"}");

        admin("/users/change", "{\"login\":\"alice\",\"groups\":[\"everfold-readers\"]}");
        String byGroups = users();
        admin("/users/change", "{\"login\":\"alice\",\"fullName\":\"Alice B.\"}");
        String byName = users();

        assertThat(byGroups).contains("\"fullName\":\"Alice\",\"groups\":[\"everfold-readers\"]");
        assertThat(byName).contains("\"fullName\":\"Alice B.\",\"groups\":[\"everfold-readers\"]");
    }

    @Test
    void a_change_that_cannot_be_read_changes_nothing() throws Exception {
        secured.create("alice", "everfold-readers");

        HttpResponse<String> refused =
                admin("/users/change", "{\"login\":\"alice\",\"groups\":[\"$ops\"],\"password\":7}");

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(users()).contains("\"groups\":[\"everfold-readers\"]");
    }

    @Test
    void who_only_may_come_in_sends_no_large_body() throws Exception {
        secured.create("alice", "strangers");

        HttpResponse<String> large = alice("secret", "/password", "{\"current\":\"" + "x".repeat(20_000) + "\"}");
        HttpResponse<String> endless = secured.send(secured.request("/tokens", "alice", "secret")
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream("{}".getBytes(UTF_8)))));

        String expected = "The body is too long or does not say how long it is; expected at most 8192 bytes.";
        assertProblem(413, expected, large);
        assertProblem(413, expected, endless);
    }

    @Test
    void a_change_of_nothing_is_refused() throws Exception {
        HttpResponse<String> refused = admin("/users/change", "{\"login\":\"nobody\"}");

        assertProblem(
                400,
                "The body changes nothing; expected \\\"fullName\\\", \\\"groups\\\", \\\"password\\\" or"
                        + " \\\"disabled\\\".",
                refused);
    }

    private String users() throws Exception {
        return secured.send(secured.request("/users", "admin", SecuredServer.PASSWORD))
                .body();
    }

    @Test
    void everybody_changes_his_own_password_and_nothing_else() throws Exception {
        secured.create("alice", "strangers");

        HttpResponse<String> wrong = alice("secret", "/password", "{\"current\":\"guess\",\"next\":\"other\"}");
        HttpResponse<String> right = alice("secret", "/password", "{\"current\":\"secret\",\"next\":\"other\"}");
        HttpResponse<String> promoted =
                alice("other", "/users/change", "{\"login\":\"alice\",\"groups\":[\"$admins\"]}");

        assertProblem(403, "The current password of user \\\"alice\\\" is another one.", wrong);
        assertThat(right.statusCode()).as(right.body()).isEqualTo(200);
        assertProblem(
                403,
                "User \\\"alice\\\" may not administer the server; expected a user of the group $admins.",
                promoted);
    }

    @Test
    void who_is_in_and_guesses_the_password_has_to_wait_as_who_logs_in_and_is_audited() throws Exception {
        secured.create("alice", "strangers");
        String guess = "{\"current\":\"guess\",\"next\":\"other\"}";

        HttpResponse<String> answer = alice("secret", "/password", guess);
        for (int i = 1; i < GUESSES_MAX && answer.statusCode() == 403; i++) {
            answer = alice("secret", "/password", guess);
        }

        assertProblem(429, "Too many logins failed; try again in ", answer);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(secured.store.read(Read.stream("$audit")).toList())
                .extracting(event -> event.data().utf8())
                .contains("{\"user\":\"alice\",\"address\":\"127.0.0.1\"}");
    }

    @Test
    void what_is_not_there_is_there_already_or_is_no_user_is_a_problem_without_the_password() throws Exception {
        assertProblem(404, "There is no user \\\"bob\\\"", admin("/users/delete", "{\"login\":\"bob\"}"));
        assertProblem(
                409,
                "User \\\"admin\\\" exists already",
                admin("/users", "{\"login\":\"admin\",\"groups\":[],\"password\":\"secret\"}"));
        HttpResponse<String> malformed = admin("/users", "{\"login\":\"bob\",\"password\":\"horse");
        assertProblem(400, "The body is not an object in JSON of known fields", malformed);
        assertThat(malformed.body()).doesNotContain("horse");
        assertProblem(
                400,
                "The body has no list \\\"groups\\\"",
                admin("/users", "{\"login\":\"bob\",\"password\":\"horse\",\"groups\":[1]}"));
    }

    @Test
    void a_server_without_users_says_so() throws Exception {
        try (ServedByHttp served = new ServedByHttp()) {
            assertProblem(400, "The server has no users, and lets everybody in.", served.get("/users"));
            assertProblem(400, "The server has no users", served.post("/login", "application/json", "{}"));
            assertThat(served.get("/session").body()).isEqualTo("{\"users\":false}");
        }
    }

    private HttpResponse<String> admin(String path, String body) throws Exception {
        return post("admin", SecuredServer.PASSWORD, path, body);
    }

    private HttpResponse<String> alice(String password, String path, String body) throws Exception {
        return post("alice", password, path, body);
    }

    private HttpResponse<String> post(String user, String password, String path, String body) throws Exception {
        return secured.send(secured.request(path, user, password)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    }
}
