package dev.everfold.server;

import dev.everfold.eventstore.EventStore;
import dev.everfold.server.security.Permission;
import dev.everfold.server.view.ConsumerReports;
import io.javalin.http.Context;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// Reports of consumers: the server knows nothing of an application's projections by itself.
final class ConsumerRoutes {

    private static final int TEXT_CHARACTERS_MAX = 500;
    private static final List<String> KINDS = List.of("projection", "subscription", "reaction");
    private static final List<String> MEMBERS = List.of("name", "kind", "position", "status", "detail");

    private final EventStore store;
    private final ConsumerReports reports = new ConsumerReports(InstantSource.system());

    ConsumerRoutes(EventStore store) {
        this.store = store;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/consumers", Permission.OBSERVE, this::list),
                Route.post("/consumers", Permission.LOG, this::report));
    }

    private void list(Context context) {
        Selection.require(context);
        long end = store.nextPosition();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("nextPosition", end);
        answer.put("consumers", reports.list(end));
        Json.answer(context, answer);
    }

    private void report(Context context) {
        Selection.require(context);
        JsonNode body = parse(context.bodyAsBytes());
        for (String member : body.propertyNames()) {
            if (!MEMBERS.contains(member)) {
                throw new IllegalArgumentException(
                        "Unknown member \"" + member + "\" of a report; expected " + String.join(", ", MEMBERS) + ".");
            }
        }
        String name = text(body, "name", "");
        if (name.isEmpty()) {
            throw new IllegalArgumentException("The name of the consumer is missing; expected a string.");
        }
        String kind = text(body, "kind", KINDS.getFirst());
        if (!KINDS.contains(kind)) {
            throw new IllegalArgumentException(
                    "The kind \"" + kind + "\" is not known; expected " + String.join(", ", KINDS) + ".");
        }
        reports.keep(new ConsumerReports.Report(
                name, kind, position(body), text(body, "status", "running"), text(body, "detail", "")));
        Json.answer(context, Map.of("forgottenAfterSeconds", ConsumerReports.FORGOTTEN_AFTER.toSeconds()));
    }

    private static JsonNode parse(byte[] body) {
        JsonNode report = Json.parse("report", body);
        if (!report.isObject()) {
            throw new IllegalArgumentException(
                    "The report is not an object; expected " + String.join(", ", MEMBERS) + ".");
        }
        return report;
    }

    private static long position(JsonNode body) {
        JsonNode position = body.path("position");
        if (!position.isIntegralNumber() || !position.canConvertToLong() || position.longValue() < 0) {
            throw new IllegalArgumentException(
                    "The position of the consumer is missing; expected the next position that it will read.");
        }
        return position.longValue();
    }

    private static String text(JsonNode body, String name, String otherwise) {
        JsonNode value = body.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return otherwise;
        }
        if (!value.isString() || value.stringValue().length() > TEXT_CHARACTERS_MAX) {
            throw new IllegalArgumentException("The " + name + " of a report is not one; expected a string of at most "
                    + TEXT_CHARACTERS_MAX + " characters.");
        }
        return value.stringValue();
    }
}
