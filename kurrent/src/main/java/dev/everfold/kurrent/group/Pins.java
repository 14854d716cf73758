package dev.everfold.kurrent.group;

import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.kurrent.stream.Delivery;
import dev.everfold.kurrent.stream.StreamNames;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What ties messages to the same client: the stream of the event, for a link that of its target, or a correlation.
final class Pins {

    private static final String CORRELATION = "$correlationId";
    private static final JsonMapper MAPPER = new JsonMapper();

    private Pins() {}

    /// A number that is the same for messages that belong together.
    static int of(Delivery delivery, ConsumerStrategy strategy) {
        return switch (strategy) {
            case ROUND_ROBIN, DISPATCH_TO_SINGLE -> 0;
            case PINNED -> stream(delivery).hashCode();
            case PINNED_BY_CORRELATION ->
                delivery.event()
                        .flatMap(Pins::correlation)
                        .orElseGet(() -> stream(delivery))
                        .hashCode();
        };
    }

    private static String stream(Delivery delivery) {
        RecordedEvent event = delivery.event().orElseGet(delivery::found);
        String stream = event.stream();
        if (!event.type().equals(StreamNames.LINK_TYPE)) {
            return stream;
        }
        String link = event.data().utf8();
        return link.substring(link.indexOf('@') + 1);
    }

    private static Optional<String> correlation(RecordedEvent event) {
        if (event.metadata().isEmpty()) {
            return Optional.empty();
        }
        try {
            JsonNode metadata = MAPPER.readTree(event.metadata().toArray());
            JsonNode correlation = metadata == null ? null : metadata.get(CORRELATION);
            return correlation != null && correlation.isString()
                    ? Optional.of(correlation.asString())
                    : Optional.empty();
        } catch (JacksonException _) {
            return Optional.empty();
        }
    }
}
