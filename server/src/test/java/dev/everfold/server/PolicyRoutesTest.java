package dev.everfold.server;

import static dev.everfold.server.ServedByHttp.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.server.security.Permission;
import io.kurrent.dbclient.KurrentDBClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The policy by HTTP: shown and set as a whole, by administrators; and what those it narrows are told.
@Timeout(30)
class PolicyRoutesTest {

    private static final String RULES = "[{\"prefix\":\"secret-\",\"readers\":[\"finance\"],\"appenders\":[]}]";

    private final SecuredServer secured = new SecuredServer();

    @BeforeEach
    void appendSome() {
        secured.create("clerk", Permission.READERS, Permission.WRITERS);
        secured.store.append(
                Append.of(NewEvent.of("order-1", "order.placed", "{}"), NewEvent.of("secret-1", "secret.told", "{}")));
    }

    @AfterEach
    void end() {
        secured.close();
    }

    @Test
    void a_policy_is_shown_set_and_set_again_by_the_revision_that_it_replaces() throws Exception {
        HttpResponse<String> none = get("admin", "/policies");
        HttpResponse<String> first = secured.postPolicy(-1, RULES);
        HttpResponse<String> shown = get("admin", "/policies");
        HttpResponse<String> late = secured.postPolicy(-1, "[]");
        HttpResponse<String> second = secured.postPolicy(0, "[]");

        assertThat(none.body()).isEqualTo("{\"revision\":-1,\"isUnderstood\":true,\"rules\":[]}");
        assertThat(first.body()).isEqualTo("{\"revision\":0}");
        assertThat(shown.body()).isEqualTo("{\"revision\":0,\"isUnderstood\":true,\"rules\":" + RULES + "}");
        assertProblem(
                409,
                "The policy is at revision 0, and the change is of revision -1. Read it again and decide again.",
                late);
        assertThat(second.body()).isEqualTo("{\"revision\":1}");
    }

    @Test
    void what_is_no_policy_is_refused_and_nothing_is_stored() throws Exception {
        assertProblem(
                400,
                "The prefix \\\"$user-\\\" begins with $; expected one of streams of users, since the system's are for"
                        + " $admins.",
                secured.postPolicy(-1, "[{\"prefix\":\"$user-\",\"readers\":[],\"appenders\":[]}]"));
        assertProblem(
                400, "The policy has no list \\\"rules\\\"; expected rules in brackets.", secured.postPolicy(-1, "{}"));
        HttpResponse<String> withoutRevision =
                secured.send(secured.request("/policies", "admin", SecuredServer.PASSWORD)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString("{\"rules\":[]}")));
        assertProblem(
                400,
                "The body has no number \\\"revision\\\"; expected that of the policy, or -1 where there is none.",
                withoutRevision);
        assertThat(secured.store.read(Read.stream("$policies")).toList()).isEmpty();
    }

    @Test
    void nobody_but_an_administrator_sees_or_sets_it() throws Exception {
        HttpResponse<String> set = secured.send(secured.request("/policies", "clerk", "secret")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"revision\":-1,\"rules\":[]}")));

        assertThat(get("clerk", "/policies").statusCode()).isEqualTo(403);
        assertThat(set.statusCode()).isEqualTo(403);
    }

    @Test
    void a_server_without_users_has_none() throws Exception {
        try (ServedByHttp served = new ServedByHttp()) {
            assertProblem(
                    400,
                    "The server has no users, and lets everybody in. Start it with --users.",
                    served.get("/policies"));
        }
    }

    @Test
    void who_may_not_read_or_append_is_told_so_and_not_whether_there_is_anything() throws Exception {
        secured.setPolicy(-1, RULES);

        assertProblem(
                403,
                "User \\\"clerk\\\" may not read stream \\\"secret-1\\\", as the policy says."
                        + " Use another stream, or another user.",
                get("clerk", "/events?stream=secret-1"));
        assertProblem(
                403,
                "may not read stream \\\"secret-2\\\", as the policy says.",
                get("clerk", "/state?stream=secret-2"));
        HttpResponse<String> append = secured.send(secured.request("/append", "clerk", "secret")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"events\":[{\"type\":\"a\",\"stream\":\"secret-1\"}]}")));
        assertProblem(403, "User \\\"clerk\\\" may not append to stream \\\"secret-1\\\", as the policy says.", append);
    }

    @Test
    void a_hidden_cause_is_not_told_by_its_effect() throws Exception {
        UUID cause = UUID.fromString("018f0000-0000-7000-8000-000000000001");
        UUID correlation = UUID.fromString("018f0000-0000-7000-8000-000000000002");
        secured.store.append(Append.of(
                NewEvent.of("secret-2", "secret.told", "{}").withId(cause).withTags("$correlation:" + correlation),
                NewEvent.of("order-2", "order.placed", "{}")
                        .withTags("$correlation:" + correlation)
                        .withMetadata(Bytes.utf8(
                                "{\"$causation\":\"" + cause + "\",\"$correlation\":\"" + correlation + "\"}"))));
        secured.setPolicy(-1, RULES);
        String path = "/event?stream=order-2&revision=0";

        assertThat(get("admin", path).body()).contains("secret-2", "secret.told");
        assertThat(get("clerk", path).body())
                .contains("order-2", "\"kind\":\"unknown\"")
                .doesNotContain("secret-2", "secret.told");
    }

    @Test
    void an_administrator_who_counts_categories_and_types_first_does_not_show_them_to_others() throws Exception {
        secured.setPolicy(-1, RULES);

        assertThat(get("admin", "/categories").body()).contains("secret", "$user");
        assertThat(get("admin", "/types").body()).contains("secret.told");
        assertThat(get("clerk", "/categories").body()).contains("order").doesNotContain("secret", "$user");
        assertThat(get("clerk", "/types").body()).contains("order.placed").doesNotContain("secret.told");
        secured.store.append(Append.of(NewEvent.of("order-3", "secret.told", "{}")));
        assertThat(get("clerk", "/types").body()).contains("secret.told");
    }

    @Test
    void a_policy_of_a_newer_server_lets_only_administrators_read_and_append_until_one_of_this_replaces_it()
            throws Exception {
        String closed = "The policy of this store cannot be read, so only $admins may read and append."
                + " The server's log says why.";
        secured.store.append(Append.of(NewEvent.of("$policies", "$PolicySet", "{\"form\":2,\"rules\":{}}")));
        assertThat(get("admin", "/policies").body()).isEqualTo("{\"revision\":0,\"isUnderstood\":false,\"rules\":[]}");

        assertProblem(403, closed, get("clerk", "/events"));
        assertProblem(403, closed, get("clerk", "/streams"));
        assertThat(get("admin", "/events").statusCode()).isEqualTo(200);
        KurrentDBClient clerk = KurrentUser.client(secured, "clerk");
        KurrentDBClient admin = KurrentUser.client(secured, "admin");
        assertThatThrownBy(() -> KurrentUser.subscribed(clerk, "order-1")).isInstanceOf(ExecutionException.class);
        assertThat(KurrentUser.subscribed(admin, "order-1")).hasSize(1);
        secured.setPolicy(0, RULES);
        assertThat(get("clerk", "/events").body()).contains("order-1").doesNotContain("secret-1");
        assertThat(KurrentUser.subscribed(clerk, "order-1")).hasSize(1);
        var _ = clerk.shutdown();
        var _ = admin.shutdown();
    }

    private HttpResponse<String> get(String user, String path) throws Exception {
        return secured.send(secured.request(path, user, user.equals("admin") ? SecuredServer.PASSWORD : "secret"));
    }
}
