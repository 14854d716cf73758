package dev.everfold.eventsourcing.reaction;

import dev.everfold.eventsourcing.codec.EventMetadata;
import dev.everfold.eventsourcing.snapshot.StateCodec;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.RecordedEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What is stored of a reaction, as events of the system in stream `$reaction.NAME-KEY`, all of them JSON:
///
/// - `$reaction.reacted`: `{"input": {"position", "id"}, "correlation", "stateVersion", "state", "timers": [{"name",
///   "due", "setBy"}], "commands": [{"target", "to", "id", "command"}], "ended"}`. It says all about the instance; the
///   ones before are history. One that changes pending timers has tag `$timers:NAME`.
/// - `$reaction.due`: `{"timer", "due", "setBy"}`, when the time of a timer has come. Where no such timer is
///   pending any more, it means nothing; so it may be there twice.
/// - `$reaction.rejected`: `{"target", "to", "command", "reason"}`. It has the tag of its command, `$command:ID`,
///   by which a command that is recorded as rejected can never be accepted later, and the other way round.
final class ReactionEvents {

    static final String REACTED = "$reaction.reacted";
    static final String DUE = "$reaction.due";
    static final String REJECTED = "$reaction.rejected";

    /// No store keeps times that are much earlier. A timer may be set for one, so that it is due at once;
    /// what it was set for stands in the data.
    private static final Instant OCCURRED_MIN = Instant.parse("-200000-01-01T00:00:00Z");

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private ReactionEvents() {}

    static String category(String reaction) {
        return "$reaction." + reaction;
    }

    static String stream(String reaction, String key) {
        return category(reaction) + "-" + key;
    }

    static String keyOf(String reaction, String stream) {
        return stream.substring(category(reaction).length() + 1);
    }

    static String timersTag(String reaction) {
        return "$timers:" + reaction;
    }

    /// The records of one instance.
    static Query records(String stream) {
        return Query.of(new Query.Item().withStream(stream).withTypes(REACTED));
    }

    /// The same id for the same command in every repetition. The id of the event is part of it, since positions are
    /// given again when a log is restored from a backup.
    static UUID commandId(String reaction, String key, Recorded.Handled input, int index) {
        String name = String.join(
                "\0", reaction, key, Long.toString(input.position()), input.id().toString(), Integer.toString(index));
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
    }

    /// The id of the record of an event, by which it is found.
    static UUID recordId(String reaction, String key, Recorded.Handled input) {
        return commandId(reaction, key, input, -1);
    }

    static <S> NewEvent reacted(
            String reaction, String key, Recorded<S> recorded, StateCodec<S> codec, boolean tagged) {
        ObjectNode data = JSON.createObjectNode();
        data.putObject("input")
                .put("position", recorded.input().position())
                .put("id", recorded.input().id().toString());
        data.put("correlation", recorded.correlation().toString());
        data.put("stateVersion", codec.schemaVersion());
        data.set("state", tree(codec.encode(recorded.state())));
        var timers = data.putArray("timers");
        recorded.timers().forEach(timer -> put(timers.addObject().put("name", timer.name()), timer));
        var commands = data.putArray("commands");
        for (Outgoing outgoing : recorded.commands()) {
            commands.addObject()
                    .put("target", outgoing.target())
                    .put("to", outgoing.to())
                    .put("id", outgoing.id().toString())
                    .set("command", tree(outgoing.command()));
        }
        data.put("ended", recorded.ended());
        EventMetadata about = EventMetadata.none()
                .withCorrelation(recorded.correlation())
                .withCausation(recorded.input().id());
        NewEvent event = event(reaction, key, REACTED, data, about).withId(recorded.id());
        return tagged ? event.withTags(joined(about.tags(), timersTag(reaction))) : event;
    }

    static <S> Recorded<S> reacted(RecordedEvent event, List<StateCodec<S>> codecs) {
        JsonNode data = JSON.readTree(event.data().toArray());
        List<Outgoing> commands = new ArrayList<>();
        for (JsonNode outgoing : data.required("commands")) {
            commands.add(new Outgoing(
                    text(outgoing, "target"),
                    text(outgoing, "to"),
                    uuid(outgoing, "id"),
                    bytes(outgoing.required("command"))));
        }
        JsonNode input = data.required("input");
        return new Recorded<>(
                event.position(),
                event.revision(),
                event.id(),
                new Recorded.Handled(input.required("position").asLong(), uuid(input, "id")),
                uuid(data, "correlation"),
                codec(event, data.required("stateVersion").asInt(), codecs).decode(bytes(data.required("state"))),
                timers(data),
                commands,
                data.required("ended").asBoolean());
    }

    private static <S> StateCodec<S> codec(RecordedEvent event, int version, List<StateCodec<S>> codecs) {
        return codecs.stream()
                .filter(codec -> codec.schemaVersion() == version)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("The state in stream \"" + event.stream()
                        + "\" at position " + event.position() + " has version " + version + "; expected "
                        + codecs.getFirst().schemaVersion()
                        + ". Read the old form too: Reaction.stateCodec(writes, alsoReads)."));
    }

    /// The timers that are pending after a `$reaction.reacted`.
    static List<Timer> timers(RecordedEvent reacted) {
        return timers(JSON.readTree(reacted.data().toArray()));
    }

    /// The correlation of the instance of a `$reaction.reacted`.
    static UUID correlation(RecordedEvent reacted) {
        return uuid(JSON.readTree(reacted.data().toArray()), "correlation");
    }

    private static List<Timer> timers(JsonNode data) {
        List<Timer> timers = new ArrayList<>();
        for (JsonNode timer : data.required("timers")) {
            timers.add(timer(timer, "name"));
        }
        return timers;
    }

    static NewEvent due(String reaction, String key, Timer timer, UUID correlation) {
        ObjectNode data = JSON.createObjectNode().put("timer", timer.name());
        put(data, timer);
        return event(reaction, key, DUE, data, EventMetadata.none().withCorrelation(correlation))
                .occurredAt(timer.due().isBefore(OCCURRED_MIN) ? OCCURRED_MIN : timer.due());
    }

    /// The timer whose time has come.
    static Timer due(RecordedEvent event) {
        return timer(JSON.readTree(event.data().toArray()), "timer");
    }

    static NewEvent rejected(String reaction, String key, Recorded<?> recorded, Outgoing outgoing, String reason) {
        ObjectNode data =
                JSON.createObjectNode().put("target", outgoing.target()).put("to", outgoing.to());
        data.set("command", tree(outgoing.command()));
        data.put("reason", reason);
        EventMetadata about = EventMetadata.none()
                .withCorrelation(recorded.correlation())
                .withCausation(recorded.input().id())
                .withCommand(outgoing.id());
        return event(reaction, key, REJECTED, data, about);
    }

    /// What was rejected, as the instance is told.
    static <E> Input.Rejected<E> rejected(Reaction<E, ?> reaction, String key, RecordedEvent event) {
        JsonNode data = JSON.readTree(event.data().toArray());
        String target = text(data, "target");
        Object command = reaction.target(target).decode(bytes(data.required("command")));
        return new Input.Rejected<>(target, text(data, "to"), command, text(data, "reason"), key, event.recorded());
    }

    private static NewEvent event(String reaction, String key, String type, ObjectNode data, EventMetadata about) {
        NewEvent event = NewEvent.of(stream(reaction, key), type, bytes(data)).withMetadata(about.encode());
        return about.tags().isEmpty() ? event : event.withTags(about.tags());
    }

    private static void put(ObjectNode node, Timer timer) {
        node.put("due", timer.due().toString()).put("setBy", timer.setBy());
    }

    private static Timer timer(JsonNode node, String name) {
        return new Timer(
                text(node, name),
                Instant.parse(text(node, "due")),
                node.required("setBy").asLong());
    }

    private static List<String> joined(List<String> tags, String one) {
        List<String> all = new ArrayList<>(tags);
        all.add(one);
        return all;
    }

    private static JsonNode tree(Bytes json) {
        return JSON.readTree(json.toArray());
    }

    private static Bytes bytes(JsonNode node) {
        return Bytes.of(JSON.writeValueAsBytes(node));
    }

    private static String text(JsonNode node, String name) {
        return node.required(name).asString();
    }

    private static UUID uuid(JsonNode node, String name) {
        return UUID.fromString(text(node, name));
    }
}
