package dev.everfold.server;

import dev.everfold.cloudevents.CloudEventException;
import dev.everfold.cloudevents.CloudEventReader;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.kurrent.Presence;
import dev.everfold.server.security.HttpGuard;
import dev.everfold.server.security.Permission;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/// Events by HTTP, each a CloudEvent on a line: appended in one step, read as they are now, followed as they come.
final class EventRoutes {

    private static final String NDJSON = "application/x-ndjson";
    private static final String EVENT = "application/cloudevents+json";
    private static final String BATCH = "application/cloudevents-batch+json";
    private static final Pattern REVISION = Pattern.compile("[0-9]{1,18}");
    private static final Duration WAIT = Duration.ofMillis(500);
    private static final long SIGN_AFTER_NANOS = TimeUnit.SECONDS.toNanos(15);
    private static final byte[] SIGN_OF_LIFE = ":\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final JsonMapper JSON = new JsonMapper();

    private final EventStore store;
    private final BooleanSupplier ready;
    private final LongSupplier nanos;

    /// @param nanos the time, as by [System#nanoTime()]
    EventRoutes(EventStore store, BooleanSupplier ready, LongSupplier nanos) {
        this.store = store;
        this.ready = ready;
        this.nanos = nanos;
    }

    List<Route> routes() {
        return List.of(
                Route.post("/events", Permission.APPEND, this::append),
                Route.get("/events", Permission.READ, this::read),
                Route.get("/events/live", Permission.READ, this::follow));
    }

    /// All events of the body, or none.
    private void append(Context context) {
        Selection.require(context, Selection.CONDITION_NAMES.toArray(String[]::new));
        List<NewEvent> events = events(context);
        if (events.isEmpty()) {
            throw new IllegalArgumentException("The body holds no event; expected one CloudEvent a line.");
        }
        String key = context.header("Idempotency-Key");
        Append append = key == null ? Append.of(events) : Append.of(events).withId(id(key));
        Appended appended = store.append(conditional(append, context));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("fromPosition", appended.fromPosition());
        answer.put("revisions", appended.revisions());
        Json.answer(context, answer);
    }

    private static List<NewEvent> events(Context context) {
        byte[] body = context.bodyAsBytes();
        CloudEventReader reader = new CloudEventReader();
        reader.begin(body, 0, body.length);
        String type = Optional.ofNullable(context.contentType())
                .orElse("")
                .split(";", 2)[0]
                .strip();
        return switch (type) {
            case EVENT, "application/json" -> List.of(reader.read(0, body.length));
            case BATCH -> batch(body, reader);
            case NDJSON -> lines(body, reader);
            default ->
                throw new IllegalArgumentException("The content type \"" + type + "\" is not taken; expected " + NDJSON
                        + ", one CloudEvent a line, " + BATCH + " or " + EVENT + ".");
        };
    }

    private static List<NewEvent> batch(byte[] body, CloudEventReader reader) {
        List<NewEvent> events = new ArrayList<>();
        try (JsonParser parser = JSON.createParser(body)) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw new IllegalArgumentException("The body is no batch; expected CloudEvents in brackets.");
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                int from = (int) parser.currentTokenLocation().getByteOffset();
                parser.skipChildren();
                int to = (int) parser.currentLocation().getByteOffset();
                events.add(read(reader, from, to, "Event", events.size() + 1));
            }
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("The body goes on behind its batch; expected one.");
            }
            return events;
        } catch (JacksonException malformed) {
            throw new IllegalArgumentException("The body is not JSON: " + malformed.getOriginalMessage(), malformed);
        }
    }

    private static List<NewEvent> lines(byte[] body, CloudEventReader reader) {
        List<NewEvent> events = new ArrayList<>();
        int from = 0;
        int line = 1;
        for (int at = 0; at <= body.length; at++) {
            if (at == body.length || body[at] == '\n') {
                if (!isBlank(body, from, at)) {
                    events.add(read(reader, from, at, "Line", line));
                }
                from = at + 1;
                line++;
            }
        }
        return events;
    }

    /// @param number tells which one it is that is refused, from 1
    private static NewEvent read(CloudEventReader reader, int from, int to, String what, int number) {
        try {
            return reader.read(from, to);
        } catch (CloudEventException refused) {
            throw new IllegalArgumentException(what + " " + number + ": " + refused.getMessage(), refused);
        }
    }

    private static boolean isBlank(byte[] body, int from, int to) {
        for (int at = from; at < to; at++) {
            if (body[at] != ' ' && body[at] != '\t' && body[at] != '\r') {
                return false;
            }
        }
        return true;
    }

    private static UUID id(String key) {
        return Selection.uuid(key.replace("\"", ""))
                .orElseThrow(() -> new IllegalArgumentException(
                        "The Idempotency-Key \"" + key + "\" is not a UUID; expected one, the same for every repeat."));
    }

    private static Append conditional(Append append, Context context) {
        String expect = context.queryParam("expect");
        Append expecting = expect == null ? append : expecting(append, expect);
        return Selection.unless(context)
                .map(query -> expecting.unless(query, Selection.number(context, "unlessFrom", 0)))
                .orElse(expecting);
    }

    private static Append expecting(Append append, String expect) {
        List<String> streams =
                append.events().stream().map(NewEvent::stream).distinct().toList();
        if (streams.size() > 1) {
            throw new IllegalArgumentException("The events are of " + streams.size()
                    + " streams, and expect is about one; expected events of one stream.");
        }
        Expected expected = switch (expect) {
            case "none" -> Expected.noStream();
            case "exists" -> Expected.exists();
            case "any" -> Expected.any();
            default -> Expected.revision(revision(expect));
        };
        return append.expecting(streams.getFirst(), expected);
    }

    private static long revision(String expect) {
        if (!REVISION.matcher(expect).matches()) {
            throw new IllegalArgumentException(
                    "The expect \"" + expect + "\" is not an expectation; expected none, any, exists or a revision.");
        }
        return Long.parseLong(expect);
    }

    private void read(Context context) throws IOException {
        Read read = Selection.read(context);
        EventForm form = EventForm.of(context);
        boolean isBatch = String.valueOf(context.header("Accept")).contains(BATCH);
        try (EventCursor cursor = store.read(read)) {
            context.contentType(isBatch ? BATCH : NDJSON).header("Everfold-End", Long.toString(cursor.end()));
            OutputStream output = context.res().getOutputStream();
            if (isBatch) {
                output.write('[');
            }
            for (boolean isFirst = true; cursor.hasNext(); isFirst = false) {
                if (isBatch && !isFirst) {
                    output.write(',');
                }
                form.write(cursor.next(), output);
            }
            if (isBatch) {
                output.write(']');
            }
        }
    }

    /// Server-sent events: their ids are positions, so that a client that comes again goes on
    /// after the last it saw. Where nothing comes for it, however busy others are, a sign of life
    /// tells proxies that the connection is in use, and the server when nobody is there any more.
    private void follow(Context context) throws IOException, InterruptedException {
        Read read = Selection.live(context);
        EventForm form = EventForm.of(context);
        long next = beginning(context);
        // What is refused is refused before the answer begins.
        store.read(read.fromPosition(next).limit(1)).close();
        context.contentType("text/event-stream").header("Cache-Control", "no-store");
        OutputStream output = context.res().getOutputStream();
        long writtenNanos = nanos.getAsLong();
        output.write(SIGN_OF_LIFE);
        output.flush();
        Presence presence = Presence.ofCaller();
        while (ready.getAsBoolean() && HttpGuard.isStillIn()) {
            // While others append what is not asked for, nothing is written.
            presence.require();
            try (EventCursor cursor = store.read(read.fromPosition(next))) {
                while (HttpGuard.isStillIn() && cursor.hasNext()) {
                    RecordedEvent event = cursor.next();
                    output.write(("id: " + event.position() + "\ndata: ").getBytes(StandardCharsets.US_ASCII));
                    form.write(event, output);
                    output.write('\n');
                    writtenNanos = nanos.getAsLong();
                }
                next = cursor.nextPosition();
            }
            if (nanos.getAsLong() - writtenNanos >= SIGN_AFTER_NANOS) {
                output.write(SIGN_OF_LIFE);
                writtenNanos = nanos.getAsLong();
            }
            output.flush();
            boolean _ = store.awaitPosition(next, WAIT);
        }
        if (!HttpGuard.lastWords().isEmpty()) {
            output.write((": " + HttpGuard.lastWords() + "\n\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    /// Behind the last event that the client has seen, or where it says, or with the next one.
    private long beginning(Context context) {
        String last = context.header("Last-Event-ID");
        if (last != null) {
            long seen = Selection.number("Last-Event-ID", last);
            return seen < Long.MAX_VALUE ? seen + 1 : seen;
        }
        return context.queryParam("from") == null ? store.nextPosition() : Selection.number(context, "from", 0);
    }
}
