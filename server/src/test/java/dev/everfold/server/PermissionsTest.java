package dev.everfold.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.kurrent.Caller;
import dev.everfold.server.security.GrpcPermissions;
import dev.everfold.server.security.HttpGuard;
import dev.everfold.server.security.Permission;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Who may do what: every method and route says what it needs, and the roles get what is theirs and no more.
@Timeout(60)
class PermissionsTest {

    private static final Set<String> OPEN = Set.of(
            "GET /",
            "GET /console/{file}",
            "GET /openapi.json",
            "GET /health/live",
            "GET /health/ready",
            "GET /session",
            "GET /login",
            "POST /login",
            "POST /logout");
    private static final String EVENT = "{\"specversion\":\"1.0\",\"id\":\"b7c1f0d2-6f5e-4a52-9a3e-0d6b3f3a7c11\","
            + "\"source\":\"/shop\",\"type\":\"order.placed\",\"subject\":\"order-17\",\"data\":{}}";

    @Test
    void every_method_of_every_service_needs_something_that_is_known() {
        try (SecuredServer secured = new SecuredServer()) {
            Set<String> without = new TreeSet<>();
            secured.server
                    .services()
                    .forEach(service -> service.getMethods().forEach(method -> {
                        String name = method.getMethodDescriptor().getFullMethodName();
                        if (GrpcPermissions.of(name).isEmpty()) {
                            without.add(name);
                        }
                    }));

            assertThat(without).isEmpty();
            assertThat(GrpcPermissions.of("everfold.v1.EventStore/Truncate")).isEmpty();
        }
    }

    @Test
    void only_these_routes_are_open_to_everybody() {
        List<Route> routes = HttpDoor.routes(TestServed.empty(), new HttpGuard(Optional.empty()));

        assertThat(routes.stream()
                        .filter(route -> route.permission() == Permission.OPEN)
                        .map(route -> route.method() + " " + route.path()))
                .containsExactlyInAnyOrderElementsOf(OPEN);
    }

    @ParameterizedTest
    @CsvSource({
        "everfold-readers, READ LOG OBSERVE USER OPEN",
        "everfold-writers, APPEND LOG USER OPEN",
        "$ops, OBSERVE OPERATE USER OPEN",
        "$admins, OPEN USER READ APPEND LOG OBSERVE OPERATE ADMIN",
        "strangers, USER OPEN"
    })
    void each_group_has_what_is_its_own(String group, String permissions) {
        Caller caller = new Caller("alice", Set.of(group));

        Set<String> allowed = new TreeSet<>();
        for (Permission permission : Permission.values()) {
            if (permission.allows(caller)) {
                allowed.add(permission.name());
            }
        }
        assertThat(allowed).containsExactlyInAnyOrder(permissions.split(" "));
    }

    @Test
    void by_http_a_reader_reads_a_writer_appends_and_an_operator_sees_figures() throws Exception {
        try (SecuredServer secured = withUsers()) {
            Map<String, List<Integer>> expected = Map.of(
                    "reader", List.of(200, 403, 200, 200),
                    "writer", List.of(403, 200, 403, 403),
                    "operator", List.of(403, 403, 200, 200),
                    "nobody", List.of(403, 403, 403, 403));
            for (Map.Entry<String, List<Integer>> user : expected.entrySet()) {
                String name = user.getKey();
                int read =
                        secured.send(secured.request("/events", name, "secret")).statusCode();
                int append = secured.send(secured.request("/events", name, "secret")
                                .header("Content-Type", "application/cloudevents+json")
                                .POST(BodyPublishers.ofString(EVENT)))
                        .statusCode();
                int stats =
                        secured.send(secured.request("/stats", name, "secret")).statusCode();
                int metrics = secured.send(secured.request("/metrics", name, "secret"))
                        .statusCode();

                assertThat(List.of(read, append, stats, metrics)).as(name).isEqualTo(user.getValue());
            }
        }
    }

    @Test
    void by_grpc_a_reader_does_not_append_and_a_writer_does_not_read() {
        try (SecuredServer secured = withUsers();
                EventStore reader = secured.client("reader", "secret");
                EventStore writer = secured.client("writer", "secret")) {
            Append placed = Append.of(NewEvent.of("order-17", "order.placed", "{}"));
            writer.append(placed);

            assertThat(reader.read(Read.all()).toList()).hasSize(1);
            assertThatThrownBy(() -> writer.read(Read.all()))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageEndingWith(" refuses: User \"writer\" may not read the log; expected a user of the group"
                            + " everfold-readers.");
            assertThatThrownBy(() -> reader.append(Append.of(NewEvent.of("order-18", "order.placed", "{}"))))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageEndingWith(
                            " refuses: User \"reader\" may not append to the log; expected a user of the group"
                                    + " everfold-writers.");
        }
    }

    @Test
    void nobody_but_an_administrator_appends_to_the_streams_of_users_or_sees_them() throws Exception {
        try (SecuredServer secured = withUsers();
                EventStore reader = secured.client("reader", "secret");
                EventStore writer = secured.client("writer", "secret");
                EventStore admin = secured.admin()) {
            Append promoted = Append.of(NewEvent.of("$user-writer", "$UserUpdated", "{}"));

            assertThatThrownBy(() -> writer.append(promoted))
                    .hasMessage("Stream \"$user-writer\" is the system's, and user \"writer\" is not of the group"
                            + " $admins. Use another stream, or another user.");
            writer.append(Append.of(NewEvent.of("order-17", "order.placed", "{}")));
            assertThat(reader.read(Read.all().limit(5)).toList())
                    .extracting(RecordedEvent::stream)
                    .containsExactly("order-17");
            assertThatThrownBy(() -> reader.read(Read.stream("$user-admin")))
                    .hasMessageStartingWith("Stream \"$user-admin\" is the system's");
            assertThat(secured.send(secured.request("/events", "reader", "secret"))
                            .body())
                    .contains("order-17")
                    .doesNotContain("$user", "hash");
            assertThat(secured.send(secured.request("/events?stream=$user-admin", "reader", "secret"))
                            .statusCode())
                    .isEqualTo(403);
            assertThat(admin.read(Read.stream("$user-admin")).toList()).hasSize(1);
        }
    }

    @Test
    void who_is_disabled_is_let_in_no_more_although_he_was_a_moment_ago() throws Exception {
        try (SecuredServer secured = withUsers()) {
            assertThat(secured.send(secured.request("/events", "reader", "secret"))
                            .statusCode())
                    .isEqualTo(200);

            secured.server.users().orElseThrow().disable("reader", new Caller("admin", Set.of(Caller.ADMINS)));

            assertThat(secured.send(secured.request("/events", "reader", "secret"))
                            .statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void what_a_user_has_under_way_ends_when_he_is_disabled() throws Exception {
        try (SecuredServer secured = withUsers();
                EventStore reader = secured.client("reader", "secret")) {
            CompletableFuture<Boolean> waiting = new CompletableFuture<>();
            Thread waits = Thread.startVirtualThread(() -> {
                try {
                    waiting.complete(reader.awaitPosition(secured.store.nextPosition() + 10, Duration.ofSeconds(20)));
                } catch (InterruptedException | RuntimeException ended) {
                    waiting.completeExceptionally(ended);
                }
            });
            HttpResponse<InputStream> live = secured.http.send(
                    secured.request("/events/live", "reader", "secret").build(), BodyHandlers.ofInputStream());
            assertThat(live.body().read()).isEqualTo(':');

            secured.server.users().orElseThrow().disable("reader", new Caller("admin", Set.of(Caller.ADMINS)));

            assertThat(live.body().readAllBytes()).hasSizeLessThan(10);
            waits.interrupt();
            assertThatThrownBy(() -> reader.read(Read.all()))
                    .hasMessageContaining("does not let this client in: The user or the password is wrong.");
        }
    }

    private static SecuredServer withUsers() {
        SecuredServer secured = new SecuredServer();
        secured.create("reader", Permission.READERS);
        secured.create("writer", Permission.WRITERS);
        secured.create("operator", Caller.OPERATORS);
        secured.create("nobody", "strangers");
        return secured;
    }
}
