package dev.everfold.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.kurrent.Caller;
import dev.everfold.server.security.Permission;
import io.kurrent.dbclient.AppendStreamRequest;
import io.kurrent.dbclient.CreatePersistentSubscriptionToAllOptions;
import io.kurrent.dbclient.DeleteStreamOptions;
import io.kurrent.dbclient.EventData;
import io.kurrent.dbclient.EventDataBuilder;
import io.kurrent.dbclient.KurrentDBClient;
import io.kurrent.dbclient.KurrentDBPersistentSubscriptionsClient;
import io.kurrent.dbclient.ReadAllOptions;
import io.kurrent.dbclient.ReadStreamOptions;
import io.kurrent.dbclient.ResolvedEvent;
import io.kurrent.dbclient.StreamState;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Who sees and appends to what under a policy, at every door and however it is asked.
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PolicyMatrixTest {

    private static final String PARKED = "$persistentsubscription-$all::shop-parked";
    private static final List<String> STREAMS = List.of("order-1", "secret-1", "secretopen-1", "closed-1");

    private final SecuredServer secured = new SecuredServer();
    private final Map<String, KurrentDBClient> kurrent = new HashMap<>();
    private final Map<String, EventStore> clients = new HashMap<>();

    @BeforeAll
    void serve() throws Exception {
        secured.create("fiona", Permission.READERS, Permission.WRITERS, "finance");
        secured.create("clerk", Permission.READERS, Permission.WRITERS);
        secured.create("eve", "finance");
        for (String user : List.of("admin", "fiona", "clerk", "eve")) {
            String password = user.equals("admin") ? SecuredServer.PASSWORD : "secret";
            clients.put(user, secured.client(user, password));
            kurrent.put(user, KurrentUser.client(secured, user));
        }
        // Everybody may read the log and its indexes by KurrentDB's protocol, unless the policy says no.
        secured.store.append(
                Append.of(NewEvent.of("$settings", "$settings", "{\"$systemStreamAcl\":{\"$r\":\"$all\"}}")));
        for (String stream : STREAMS) {
            secured.store.append(Append.of(NewEvent.of(stream, "happened." + Query.categoryOf(stream), "{}")
                    .withTags("month:11")));
            secured.store.append(Append.of(NewEvent.of(PARKED, "$>", "0@" + stream)));
        }
        secured.store.append(Append.of(NewEvent.of("$$secret-1", "$metadata", "{\"owner\":\"finance\"}")));
        secured.setPolicy(-1, """
                [{"prefix":"secret","readers":["finance"],"appenders":["finance"]},
                 {"prefix":"secretopen-","readers":["$all"],"appenders":["clerk"]},
                 {"prefix":"closed-","readers":[],"appenders":[]}]
                """);
    }

    @AfterAll
    void end() {
        clients.values().forEach(EventStore::close);
        kurrent.values().forEach(client -> {
            var _ = client.shutdown();
        });
        secured.close();
    }

    /// The rights by `everfold.v1` and HTTP, then those by KurrentDB's protocol, where `$acl` lets everybody in.
    @ParameterizedTest
    @CsvSource({
        "admin, order-1,      RA, RA",
        "admin, secret-1,     RA, RA",
        "admin, secretopen-1, RA, RA",
        "admin, closed-1,     RA, RA",
        "fiona, order-1,      RA, RA",
        "fiona, secret-1,     RA, RA",
        "fiona, secretopen-1, R-, R-",
        "fiona, closed-1,     --, --",
        "clerk, order-1,      RA, RA",
        "clerk, secret-1,     --, --",
        "clerk, secretopen-1, RA, RA",
        "clerk, closed-1,     --, --",
        "eve,   order-1,      --, RA",
        "eve,   secret-1,     --, RA",
        "eve,   secretopen-1, --, R-",
        "eve,   closed-1,     --, --"
    })
    void each_user_sees_and_appends_to_what_the_policy_and_his_role_allow(
            String user, String stream, String own, String kurrents) throws Exception {
        boolean reads = own.contains("R");
        boolean appends = own.contains("A");
        Map<String, Boolean> expected = new HashMap<>();
        Map<String, Boolean> found = new HashMap<>();
        byGrpc(user, stream).forEach((way, call) -> compare(way, call, reads, expected, found));
        byHttp(user, stream).forEach((way, call) -> compare(way, call, reads, expected, found));
        byKurrent(user, stream).forEach((way, call) -> compare(way, call, kurrents.contains("R"), expected, found));
        appending(user, stream).forEach((way, call) -> compare(way, call, appends, expected, found));
        appendingByKurrent(user, stream)
                .forEach((way, call) -> compare(way, call, kurrents.contains("A"), expected, found));

        assertThat(found).isEqualTo(expected);
    }

    private static void compare(
            String way,
            Callable<Boolean> call,
            boolean isExpected,
            Map<String, Boolean> expected,
            Map<String, Boolean> found) {
        expected.put(way, isExpected);
        try {
            found.put(way, call.call());
        } catch (Exception failed) {
            throw new AssertionError(way, failed);
        }
    }

    private Map<String, Callable<Boolean>> byGrpc(String user, String stream) {
        EventStore client = clients.get(user);
        return Map.of(
                "grpc the stream",
                        () -> grpc(
                                () -> !client.read(Read.stream(stream)).toList().isEmpty()),
                "grpc the log", () -> grpc(() -> sees(client, Read.all(), stream)),
                "grpc backwards", () -> grpc(() -> sees(client, Read.all().backwards(), stream)),
                "grpc by tag", () -> grpc(() -> sees(client, Read.matching(Query.tags("month:11")), stream)),
                "grpc types",
                        () -> grpc(() -> client.stats().types().containsKey("happened." + Query.categoryOf(stream))));
    }

    private static boolean sees(EventStore client, Read read, String stream) {
        return client.read(read).toList().stream().map(RecordedEvent::stream).anyMatch(stream::equals);
    }

    /// False where the user is refused, and by nothing else.
    private static boolean grpc(Callable<Boolean> call) throws Exception {
        try {
            return call.call();
        } catch (StoreUnavailableException refused) {
            assertThat(refused).hasMessageContaining(" may not ");
            return false;
        }
    }

    private Map<String, Callable<Boolean>> byHttp(String user, String stream) {
        long position =
                secured.store.read(Read.stream(stream)).toList().getFirst().position();
        String name = "\"" + stream + "\"";
        String subject = "\"subject\":" + name;
        Map<String, Callable<Boolean>> ways = new HashMap<>();
        ways.put("http the stream", () -> http(user, "/events?stream=" + stream).contains(subject));
        ways.put("http the log", () -> http(user, "/events").contains(subject));
        ways.put(
                "http by category",
                () -> http(user, "/events?category=" + Query.categoryOf(stream)).contains(subject));
        ways.put("http read", () -> http(user, "/read").contains("\"stream\":" + name));
        ways.put("http streams", () -> http(user, "/streams?last").contains(name));
        ways.put(
                "http by prefix",
                () -> http(user, "/streams?prefix=" + stream.charAt(0)).contains(name));
        ways.put(
                "http categories",
                () -> http(user, "/categories").contains("\"category\":\"" + Query.categoryOf(stream) + "\""));
        ways.put("http types", () -> http(user, "/types").contains("\"happened." + Query.categoryOf(stream) + "\""));
        ways.put("http state", () -> http(user, "/state?stream=" + stream).contains("\"lastRevision\""));
        ways.put(
                "http the event",
                () -> http(user, "/event?position=" + position).contains(name));
        ways.put(
                "http its data",
                () -> http(user, "/event/data?position=" + position).equals("{}"));
        return ways;
    }

    /// Without the words of a refusal, which name what was asked for.
    private String http(String user, String path) throws Exception {
        String password = user.equals("admin") ? SecuredServer.PASSWORD : "secret";
        var answer = secured.send(secured.request(path, user, password));
        assertThat(answer.statusCode()).isIn(200, 403, 404);
        return answer.statusCode() == 200 ? answer.body() : "";
    }

    private Map<String, Callable<Boolean>> byKurrent(String user, String stream) {
        KurrentDBClient client = kurrent.get(user);
        String category = Query.categoryOf(stream);
        Map<String, Callable<Boolean>> ways = new HashMap<>();
        ways.put(
                "kurrent the stream",
                () -> kurrent(() -> !client.readStream(stream, ReadStreamOptions.get())
                        .get()
                        .getEvents()
                        .isEmpty()));
        ways.put(
                "kurrent the log",
                () -> kurrent(
                        () -> names(client.readAll(ReadAllOptions.get()).get().getEvents(), stream)));
        ways.put(
                "kurrent the log backwards",
                () -> kurrent(() -> names(
                        client.readAll(ReadAllOptions.get().backwards().fromEnd())
                                .get()
                                .getEvents(),
                        stream)));
        for (String index : List.of("$ce-" + category, "$et-happened." + category, "$streams", PARKED)) {
            ways.put(
                    "kurrent " + index,
                    () -> kurrent(() -> names(
                            client.readStream(index, ReadStreamOptions.get())
                                    .get()
                                    .getEvents(),
                            stream)));
            ways.put(
                    "kurrent backwards " + index,
                    () -> kurrent(() -> names(
                            client.readStream(
                                            index,
                                            ReadStreamOptions.get().backwards().fromEnd())
                                    .get()
                                    .getEvents(),
                            stream)));
            ways.put(
                    "kurrent links of " + index,
                    () -> kurrent(() -> names(
                            client.readStream(index, ReadStreamOptions.get().resolveLinkTos())
                                    .get()
                                    .getEvents(),
                            stream)));
            ways.put(
                    "kurrent subscribed to " + index,
                    () -> kurrent(() ->
                            KurrentUser.subscribed(client, index).stream().anyMatch(event -> isAbout(event, stream))));
        }
        ways.put(
                "kurrent subscribed to the log",
                () -> kurrent(() ->
                        KurrentUser.subscribed(client, "$all").stream().anyMatch(event -> isAbout(event, stream))));
        return ways;
    }

    private static boolean names(List<ResolvedEvent> events, String stream) {
        return events.stream().anyMatch(event -> isAbout(event, stream));
    }

    /// The event itself, a link to it, or the metadata of its stream.
    private static boolean isAbout(ResolvedEvent resolved, String stream) {
        var found = resolved.getOriginalEvent();
        String data = new String(found.getEventData(), StandardCharsets.UTF_8);
        return found.getStreamId().endsWith(stream) || data.endsWith("@" + stream);
    }

    private static boolean kurrent(Callable<Boolean> call) throws Exception {
        try {
            return call.call();
        } catch (ExecutionException refused) {
            assertThat(refused.getCause().toString())
                    .containsAnyOf("StreamNotFound", "PERMISSION_DENIED", "access-denied");
            return false;
        }
    }

    private Map<String, Callable<Boolean>> appending(String user, String stream) {
        EventStore client = clients.get(user);
        Append one = Append.of(NewEvent.of(stream, "happened.again", "{}"));
        Append two =
                Append.of(NewEvent.of("order-9", "happened.again", "{}"), NewEvent.of(stream, "happened.again", "{}"));
        return Map.of(
                "grpc append", () -> stores(() -> grpc(() -> client.append(one).toPosition() > 0)),
                "grpc append of two streams",
                        () -> stores(() -> grpc(() -> client.append(two).toPosition() > 0)),
                "http append",
                        () -> stores(() -> post(user, "/events", "application/cloudevents+json", """
                                {"specversion":"1.0","id":"%s","source":"/shop","type":"happened.again",\
                                "subject":"%s","data":{}}""".formatted(
                                        UUID.randomUUID(), stream))),
                "http append of two streams",
                        () -> stores(() -> post(user, "/append", "application/json", """
                                {"events":[{"type":"happened.again","stream":"order-9"},\
                                {"type":"happened.again","stream":"%s"}]}""".formatted(stream))));
    }

    private boolean post(String user, String path, String type, String body) throws Exception {
        String password = user.equals("admin") ? SecuredServer.PASSWORD : "secret";
        var answer = secured.send(secured.request(path, user, password)
                .header("Content-Type", type)
                .POST(BodyPublishers.ofString(body)));
        assertThat(answer.statusCode()).as(answer.body()).isIn(200, 403);
        return answer.statusCode() == 200;
    }

    private Map<String, Callable<Boolean>> appendingByKurrent(String user, String stream) {
        KurrentDBClient client = kurrent.get(user);
        return Map.of(
                "kurrent append",
                        () -> stores(() -> kurrent(
                                () -> client.appendToStream(stream, event()).get() != null)),
                "kurrent metadata",
                        () -> stores(() -> kurrent(() -> client.appendToStream(
                                                "$$" + stream,
                                                EventDataBuilder.json(
                                                                "$metadata", "{}".getBytes(StandardCharsets.UTF_8))
                                                        .build())
                                        .get()
                                != null)),
                "kurrent append of two streams",
                        () -> stores(() -> kurrent(() -> client.multiStreamAppend(List.of(
                                                        new AppendStreamRequest(
                                                                "order-9",
                                                                List.of(event()).iterator(),
                                                                StreamState.any()),
                                                        new AppendStreamRequest(
                                                                stream,
                                                                List.of(event()).iterator(),
                                                                StreamState.any()))
                                                .iterator())
                                        .get()
                                != null)));
    }

    @Test
    void an_operator_sees_how_much_a_group_has_parked_also_of_what_is_hidden_from_him() throws Exception {
        secured.create("otto", Caller.OPERATORS);
        var groups = KurrentDBPersistentSubscriptionsClient.from(KurrentUser.client(secured, "otto"));
        groups.createToAll("shop", CreatePersistentSubscriptionToAllOptions.get())
                .get();
        secured.store.append(
                Append.of(NewEvent.of(PARKED, "$>", "0@secret-1"), NewEvent.of(PARKED, "$>", "0@order-1")));

        assertThat(http("otto", "/groups")).contains("\"parked\":2,");
        var _ = groups.shutdown();
    }

    @Test
    void deletions_and_tombstones_need_what_appends_need() throws Exception {
        KurrentDBClient clerk = kurrent.get("clerk");
        KurrentDBClient fiona = kurrent.get("fiona");

        assertThat(stores(() -> kurrent(() -> clerk.deleteStream("secret-1").get() != null)))
                .isFalse();
        assertThat(stores(() -> kurrent(() -> fiona.tombstoneStream("secretopen-1", DeleteStreamOptions.get())
                                .get()
                        != null)))
                .isFalse();
        assertThat(stores(() ->
                        kurrent(() -> fiona.appendToStream("secret-8", event()).get() != null)
                                && kurrent(() -> fiona.deleteStream("secret-8").get() != null)))
                .isTrue();
    }

    private static EventData event() {
        return EventDataBuilder.json("happened.again", "{}".getBytes(StandardCharsets.UTF_8))
                .build();
    }

    /// What is refused stores nothing.
    private boolean stores(Callable<Boolean> append) throws Exception {
        long before = secured.store.nextPosition();
        boolean isStored = append.call();
        assertThat(secured.store.nextPosition() > before).isEqualTo(isStored);
        return isStored;
    }
}
