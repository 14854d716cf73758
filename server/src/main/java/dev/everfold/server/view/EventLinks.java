package dev.everfold.server.view;

import dev.everfold.eventstore.RecordedEvent;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What the metadata of an event says of who, why, and of other events.
///
/// Everfold's own keys come first (`$correlation`, `$causation`, `$actor`, …); where they are
/// missing, those of other writers count: `$correlationId` and `$causationId` as clients of
/// KurrentDB write them, `correlationid`, `causationid`, `actor` and `reason` as extensions of
/// CloudEvents. Nothing is found in metadata that is not a JSON object.
///
/// @param correlation names the conversation that the event belongs to
/// @param causation what led to it: an event, or a command that only has an id
/// @param command the command that was handled
/// @param compensates the earlier event that it makes up for
/// @param actor who did it
/// @param reason why
public record EventLinks(
        Optional<String> correlation,
        Optional<String> causation,
        Optional<String> command,
        Optional<String> compensates,
        Optional<String> actor,
        Optional<String> reason) {

    private static final EventLinks NONE = new EventLinks(
            Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    private static final JsonMapper JSON = new JsonMapper();

    /// What this event says.
    public static EventLinks of(RecordedEvent event) {
        if (event.metadata().isEmpty() || event.metadata().at(0) != '{') {
            return NONE;
        }
        try {
            JsonNode metadata = JSON.readTree(event.metadata().toArray());
            return new EventLinks(
                    text(metadata, "$correlation", "$correlationId", "correlationid"),
                    text(metadata, "$causation", "$causationId", "causationid"),
                    text(metadata, "$command"),
                    text(metadata, "$compensates"),
                    text(metadata, "$actor", "actor"),
                    text(metadata, "$reason", "reason"));
        } catch (JacksonException opaque) {
            return NONE;
        }
    }

    /// The id of an event, where the text is one.
    static Optional<UUID> id(String text) {
        try {
            return Optional.of(UUID.fromString(text)).filter(id -> id.toString().equals(text));
        } catch (IllegalArgumentException notOne) {
            return Optional.empty();
        }
    }

    private static Optional<String> text(JsonNode metadata, String... keys) {
        for (String key : keys) {
            JsonNode value = metadata.path(key);
            if (value.isString()) {
                return Optional.of(value.stringValue());
            }
        }
        return Optional.empty();
    }
}
