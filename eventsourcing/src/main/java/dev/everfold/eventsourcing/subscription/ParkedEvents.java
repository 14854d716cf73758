package dev.everfold.eventsourcing.subscription;

import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.RecordedEvent;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What is parked, as events of the system.
///
/// `$event.parked` holds `{"key", "position", "failure", "tries"}`, without `failure` when it waits; a later one of
/// the same position takes its place. `$event.settled` holds `{"positions": […]}`. All of it is ASCII: a key that was
/// made of an event's data may hold half of a surrogate pair, which JSON can escape and UTF-8 cannot hold.
final class ParkedEvents {

    private static final String PARKED = "$event.parked";
    private static final String SETTLED = "$event.settled";
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private ParkedEvents() {}

    static NewEvent parked(String stream, ParkedEvent event) {
        ObjectNode data = JSON.createObjectNode()
                .put("key", event.key())
                .put("position", event.position())
                .put("tries", event.tries());
        event.failure().ifPresent(failure -> data.put("failure", failure));
        return NewEvent.of(stream, PARKED, JSON.writeValueAsString(data));
    }

    static NewEvent settled(String stream, List<Long> positions) {
        ObjectNode data = JSON.createObjectNode();
        positions.forEach(data.putArray("positions")::add);
        return NewEvent.of(stream, SETTLED, JSON.writeValueAsString(data));
    }

    /// What is parked after an event.
    static void fold(Map<Long, ParkedEvent> parked, RecordedEvent event) {
        switch (event.type()) {
            case PARKED -> {
                JsonNode data = JSON.readTree(event.data().toArray());
                long position = data.required("position").asLong();
                JsonNode failure = data.get("failure");
                parked.put(
                        position,
                        new ParkedEvent(
                                data.required("key").asString(),
                                position,
                                failure == null ? Optional.empty() : Optional.of(failure.asString()),
                                data.required("tries").asInt(),
                                event.recorded()));
            }
            case SETTLED ->
                JSON.readTree(event.data().toArray())
                        .required("positions")
                        .forEach(position -> parked.remove(position.asLong()));
            default -> {
                // Of a later version.
            }
        }
    }
}
