package dev.everfold.server;

import dev.everfold.server.security.Permission;
import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What the application that runs this server lets people do.
final class ActionRoutes {

    private static final JsonMapper MAPPER = new JsonMapper();

    private final Map<String, ServerAction> actions = new LinkedHashMap<>();
    private final List<Application.Hint> hints;

    ActionRoutes(Application application) {
        application.actions().forEach(action -> actions.put(action.name(), action));
        this.hints = application.hints();
    }

    List<Route> routes() {
        return List.of(
                Route.get("/actions", Permission.LOG, this::list),
                Route.post("/actions/{name}", Permission.OPERATE, this::run));
    }

    private void list(Context context) {
        Selection.require(context);
        List<Map<String, Object>> all = new ArrayList<>();
        for (ServerAction action : actions.values()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("name", action.name());
            one.put("title", action.title());
            one.put("explanation", action.explanation());
            action.field().ifPresent(field -> {
                one.put("label", field.label());
                one.put("initial", field.initial());
            });
            all.add(one);
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("actions", all);
        answer.put(
                "hints",
                hints.stream()
                        .map(hint -> Map.of("text", hint.text(), "page", hint.page()))
                        .toList());
        Json.answer(context, answer);
    }

    /// The body is `{"value": "…"}`, or empty for an action that asks for nothing.
    private void run(Context context) throws InterruptedException {
        Selection.require(context);
        ServerAction action = actions.get(context.pathParam("name"));
        if (action == null) {
            throw new NothingThereException(
                    "There is no action \"" + context.pathParam("name") + "\"; GET /actions says which there are.");
        }
        Json.answer(context, Map.of("said", action.work().run(value(context.body()))));
    }

    private static String value(String body) {
        try {
            JsonNode value = body.isBlank() ? null : MAPPER.readTree(body).get("value");
            return value == null ? "" : value.asString();
        } catch (JacksonException malformed) {
            throw new IllegalArgumentException("The body is none of an action; expected {\"value\":\"…\"}.", malformed);
        }
    }
}
