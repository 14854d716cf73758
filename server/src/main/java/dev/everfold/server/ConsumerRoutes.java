package dev.everfold.server;

import dev.everfold.eventstore.EventStore;
import io.javalin.http.Context;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What applications say of their projections, subscriptions and reactions: how far each has come.
///
/// The server knows nothing of them by itself. Reports are kept in memory, the last one of each name, and forgotten
/// when none came for [#FORGOTTEN_AFTER].
final class ConsumerRoutes {

    static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(10);

    private static final int CONSUMERS_MAX = 1_000;
    private static final int TEXT_CHARACTERS_MAX = 500;
    private static final List<String> KINDS = List.of("projection", "subscription", "reaction");
    private static final List<String> MEMBERS = List.of("name", "kind", "position", "status", "detail");
    private static final JsonMapper MAPPER = new JsonMapper();

    private final EventStore store;
    private final InstantSource clock;
    private final Map<String, Report> reports = new ConcurrentSkipListMap<>();

    ConsumerRoutes(EventStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    /// @param position the next position to read
    private record Report(String name, String kind, long position, String status, String detail, Instant at) {}

    List<Route> routes() {
        return List.of(Route.get("/consumers", this::list), Route.post("/consumers", this::report));
    }

    private void report(Context context) {
        JsonNode body = parse(context.body());
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
        String kind = text(body, "kind", "projection");
        if (!KINDS.contains(kind)) {
            throw new IllegalArgumentException(
                    "The kind \"" + kind + "\" is not known; expected " + String.join(", ", KINDS) + ".");
        }
        JsonNode position = body.path("position");
        if (!position.isIntegralNumber() || !position.canConvertToLong() || position.longValue() < 0) {
            throw new IllegalArgumentException(
                    "The position of the consumer is missing; expected the next position that it will read.");
        }
        forget();
        if (reports.size() >= CONSUMERS_MAX && !reports.containsKey(name)) {
            throw new IllegalArgumentException("There are reports of " + CONSUMERS_MAX
                    + " consumers, which is the most that are kept. Report under fewer names.");
        }
        String status = text(body, "status", "running");
        reports.put(
                name, new Report(name, kind, position.longValue(), status, text(body, "detail", ""), clock.instant()));
        Json.answer(context, Map.of("forgottenAfterSeconds", FORGOTTEN_AFTER.toSeconds()));
    }

    private void list(Context context) {
        Selection.require(context);
        forget();
        long end = store.nextPosition();
        Instant now = clock.instant();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("nextPosition", end);
        answer.put(
                "consumers",
                reports.values().stream()
                        .map(report -> members(report, end, now))
                        .toList());
        Json.answer(context, answer);
    }

    private static Map<String, Object> members(Report report, long end, Instant now) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("name", report.name());
        members.put("kind", report.kind());
        members.put("position", report.position());
        members.put("lag", Math.max(0, end - report.position()));
        members.put("status", report.status());
        members.put("detail", report.detail());
        members.put("secondsAgo", Duration.between(report.at(), now).toSeconds());
        return members;
    }

    private void forget() {
        Instant oldest = clock.instant().minus(FORGOTTEN_AFTER);
        reports.values().removeIf(report -> report.at().isBefore(oldest));
    }

    private static JsonNode parse(String body) {
        try {
            JsonNode report = MAPPER.readTree(body);
            if (report.isObject()) {
                return report;
            }
        } catch (JacksonException malformed) {
            throw new IllegalArgumentException(
                    "The report is not JSON: " + malformed.getOriginalMessage() + ".", malformed);
        }
        throw new IllegalArgumentException("The report is not an object; expected " + String.join(", ", MEMBERS) + ".");
    }

    private static String text(JsonNode body, String name, String otherwise) {
        JsonNode value = body.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return otherwise;
        }
        if (!value.isString() || value.stringValue().length() > TEXT_CHARACTERS_MAX) {
            throw new IllegalArgumentException("The " + name + " of a report is a string of at most "
                    + TEXT_CHARACTERS_MAX + " characters; expected that.");
        }
        return value.stringValue();
    }
}
