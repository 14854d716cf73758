package dev.everfold.server;

import dev.everfold.kurrent.KurrentServices;
import dev.everfold.kurrent.SubscriptionGroup;
import dev.everfold.server.security.Permission;
import io.javalin.http.Context;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import tools.jackson.databind.JsonNode;

/// Groups of persistent subscriptions, and what they have parked.
final class GroupRoutes {

    private final KurrentServices kurrent;

    GroupRoutes(KurrentServices kurrent) {
        this.kurrent = kurrent;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/groups", Permission.OPERATE, this::list),
                Route.post("/groups/replay", Permission.OPERATE, this::replay));
    }

    private void list(Context context) throws InterruptedException {
        Selection.require(context);
        Json.answer(
                context,
                Map.of(
                        "groups",
                        kurrent.groups().stream().map(GroupRoutes::json).toList()));
    }

    private static Map<String, Object> json(SubscriptionGroup group) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("stream", group.stream());
        json.put("group", group.group());
        json.put("strategy", group.strategy());
        json.put("clients", group.clients());
        json.put("inFlight", group.inFlight());
        json.put("done", group.done());
        json.put("end", group.end());
        json.put("parked", group.parked());
        json.put("parkedStream", group.parkedStream());
        return json;
    }

    /// The body is `{"stream": "…", "group": "…"}`.
    private void replay(Context context) throws InterruptedException {
        Selection.require(context);
        JsonNode body = Json.parse("body", context.bodyAsBytes());
        try {
            kurrent.replayParked(text(body, "stream"), text(body, "group"));
        } catch (NoSuchElementException none) {
            throw new NothingThereException(String.valueOf(none.getMessage()));
        }
        Json.answer(context, Map.of());
    }

    private static String text(JsonNode body, String name) {
        JsonNode value = body.path(name);
        if (!value.isString() || value.stringValue().isEmpty()) {
            throw new IllegalArgumentException("The " + name + " is missing; expected a string.");
        }
        return value.stringValue();
    }
}
