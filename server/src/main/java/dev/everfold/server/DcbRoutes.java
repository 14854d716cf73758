package dev.everfold.server;

import dev.everfold.cloudevents.CloudEvents;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendCondition.NothingMatching;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.AppendConflictException.Failure;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.PositionAheadException;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.server.security.Permission;
import io.javalin.http.Context;
import io.micrometer.core.instrument.Clock;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Reads and appends as dcb.events has them, for programs and test suites that know nothing else:
/// events of a type, tags and text, queries of items, and the condition `failIfEventsMatch`.
///
/// Positions on this wire are ours + 1: its `after` is the last position that a client knows of, 0 for none, and so our
/// first one that it does not. Refusals count as it does. An event without `stream` goes to the stream `dcb`.
final class DcbRoutes {

    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String STREAM = "dcb";

    private final EventStore store;

    DcbRoutes(EventStore store) {
        this.store = store;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/read", Permission.READ, this::read),
                Route.post("/append", Permission.APPEND, this::append));
    }

    private void append(Context context) {
        Selection.require(context);
        Json.requireType(context);
        JsonNode body = Json.parse("body", context.bodyAsBytes());
        requireKnown("body", body, "events", "condition");
        Append append = Append.of(events(body.path("events")));
        JsonNode condition = body.path("condition");
        if (isGiven(condition)) {
            requireKnown("condition", condition, "failIfEventsMatch", "after");
            if (!isGiven(condition.path("failIfEventsMatch"))) {
                throw new IllegalArgumentException("The condition has no failIfEventsMatch; expected a query.");
            }
            append = append.unless(
                    query(condition.path("failIfEventsMatch")), number("after", condition.path("after"), 0));
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        long begin = Clock.SYSTEM.monotonicTime();
        boolean failed = false;
        try {
            long last = store.append(append).toPosition();
            answer.put("position", last);
        } catch (AppendConflictException conflict) {
            failed = true;
            answer.put("detail", onThisWire(conflict).getMessage());
        } catch (PositionAheadException ahead) {
            throw onThisWire(ahead);
        }
        answer.put("durationInMicroseconds", (Clock.SYSTEM.monotonicTime() - begin) / 1_000);
        answer.put("appendConditionFailed", failed);
        Json.answer(context, answer);
    }

    private static AppendConflictException onThisWire(AppendConflictException conflict) {
        return new AppendConflictException(conflict.failures().stream()
                .map(failure -> switch (failure) {
                    case Failure.QueryMatched(var condition, long position) ->
                        new Failure.QueryMatched(
                                new NothingMatching(condition.query(), condition.fromPosition() + 1), position + 1);
                    case Failure.StreamMoved _, Failure.TrackingNotRising _, Failure.RecordedTimeFalling _ -> failure;
                })
                .toList());
    }

    private static PositionAheadException onThisWire(PositionAheadException ahead) {
        // A client may send the largest number that there is.
        long position = Math.max(ahead.position(), ahead.position() + 1);
        return new PositionAheadException(ahead.what(), position, ahead.nextPosition() + 1);
    }

    private static List<NewEvent> events(JsonNode list) {
        if (!list.isArray() || list.isEmpty()) {
            throw new IllegalArgumentException(
                    "The body has no events; expected {\"events\":[{\"type\":…,\"tags\":[…],\"data\":…}]}.");
        }
        List<NewEvent> events = new ArrayList<>();
        for (JsonNode one : list) {
            try {
                events.add(event(one));
            } catch (IllegalArgumentException refused) {
                throw new IllegalArgumentException(
                        "Event " + (events.size() + 1) + ": " + refused.getMessage(), refused);
            }
        }
        return events;
    }

    private static NewEvent event(JsonNode one) {
        requireKnown("event", one, "type", "tags", "data", "stream");
        Bytes data = Bytes.utf8(text("data", one.path("data"), "{}"));
        String stream = text("stream", one.path("stream"), STREAM);
        return NewEvent.of(stream, text("type", one.path("type")), "{}")
                .withTags(texts("tags", one.path("tags")))
                .withContent(CloudEvents.isJson(data.toArray()) ? NewEvent.JSON : TEXT, data);
    }

    private void read(Context context) throws IOException {
        Selection.require(context, "query", "options");
        Query query = query(parameter(context, "query"));
        JsonNode options = parameter(context, "options");
        requireKnown("options", options, "from", "limit", "backwards");
        boolean isBackwards = flag("backwards", options.path("backwards"));
        long from = number("from", options.path("from"), 0);
        Read read = Read.matching(query).limit(number("limit", options.path("limit"), Long.MAX_VALUE));
        if (isBackwards) {
            read = (from == 0 ? read : read.toPosition(from)).backwards();
        } else {
            read = read.fromPosition(Math.max(0, from - 1));
        }
        try (EventCursor cursor = store.read(read)) {
            context.contentType(Json.TYPE);
            OutputStream output = context.res().getOutputStream();
            output.write('[');
            for (boolean isFirst = true; cursor.hasNext(); isFirst = false) {
                if (!isFirst) {
                    output.write(',');
                }
                output.write(Json.bytes(event(cursor.next())));
            }
            output.write(']');
        } catch (PositionAheadException ahead) {
            throw onThisWire(ahead);
        }
    }

    private static Map<String, Object> event(RecordedEvent event) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("position", event.position() + 1);
        members.put("id", event.id().toString());
        members.put("type", event.type());
        members.put("tags", event.tags());
        members.put("data", new String(event.data().toArray(), StandardCharsets.UTF_8));
        members.put("stream", event.stream());
        return members;
    }

    /// No items, or none given, are all events.
    private static Query query(JsonNode given) {
        requireKnown("query", given, "items");
        List<Query.Item> items = new ArrayList<>();
        JsonNode list = given.path("items");
        if (isGiven(list) && !list.isArray()) {
            throw new IllegalArgumentException("The items are not a list; expected objects in brackets.");
        }
        for (JsonNode item : list) {
            if (item.isNull()) {
                throw new IllegalArgumentException("An item is null; expected an object with types, tags.");
            }
            requireKnown("item", item, "types", "tags");
            items.add(new Query.Item()
                    .withTypes(texts("types", item.path("types")))
                    .withTags(texts("tags", item.path("tags"))));
        }
        return items.isEmpty() ? Query.all() : Query.of(items.toArray(Query.Item[]::new));
    }

    /// What is misspelt would otherwise be left out without a word.
    private static void requireKnown(String what, JsonNode node, String... names) {
        if (isGiven(node) && !node.isObject()) {
            throw new IllegalArgumentException(
                    "The " + what + " must be an object with " + String.join(", ", names) + ".");
        }
        List<String> known = List.of(names);
        for (String name : node.propertyNames()) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException("Unknown member \"" + name + "\" of the " + what + "; expected "
                        + String.join(", ", names) + ".");
            }
        }
    }

    private static boolean isGiven(JsonNode node) {
        return !node.isMissingNode() && !node.isNull();
    }

    private static JsonNode parameter(Context context, String name) {
        return Json.parse(
                name, Optional.ofNullable(context.queryParam(name)).orElse("{}").getBytes(StandardCharsets.UTF_8));
    }

    private static String text(String name, JsonNode node) {
        if (!node.isString()) {
            throw new IllegalArgumentException("The " + name + " of an event is missing; expected a string.");
        }
        return node.stringValue();
    }

    private static String text(String name, JsonNode node, String otherwise) {
        if (!isGiven(node)) {
            return otherwise;
        }
        if (!node.isString()) {
            throw new IllegalArgumentException("The " + name + " of an event is no text; expected a string.");
        }
        return node.stringValue();
    }

    private static String[] texts(String name, JsonNode list) {
        List<String> texts = new ArrayList<>();
        if (isGiven(list) && !list.isArray()) {
            throw new IllegalArgumentException("The " + name + " are not a list; expected strings in brackets.");
        }
        for (JsonNode one : list) {
            texts.add(text(name, one));
        }
        return texts.toArray(String[]::new);
    }

    private static boolean flag(String name, JsonNode node) {
        if (isGiven(node) && !node.isBoolean()) {
            throw new IllegalArgumentException("The " + name + " " + node + " is neither; expected true or false.");
        }
        return node.asBoolean(false);
    }

    private static long number(String name, JsonNode node, long otherwise) {
        if (!isGiven(node)) {
            return otherwise;
        }
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < 0) {
            throw new IllegalArgumentException(
                    "The " + name + " " + node + " is not a position or count; expected a whole number, 0 or more.");
        }
        return node.longValue();
    }
}
