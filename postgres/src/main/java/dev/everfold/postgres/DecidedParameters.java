package dev.everfold.postgres;

import dev.everfold.postgres.AppendDecisions.AcceptedAppend;
import dev.everfold.postgres.AppendDecisions.PlacedEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What was accepted, with its places, as parameters of a statement.
final class DecidedParameters {

    private DecidedParameters() {}

    static void put(NamedValues values, AppendDecisions decided) {
        List<PlacedEvent> events = decided.events();
        List<AcceptedAppend> appends = decided.accepted();
        values.put("first_position", decided.firstPosition())
                .put("first_number", decided.firstNumber())
                .put("next_position", decided.nextPosition())
                .put("last_recorded", recorded(decided.lastRecordedMicros()))
                .array("revisions", "int8", events, event -> event.place().revision())
                .array("recorded", "int8", events, event -> event.place().recordedMicros())
                .array("append_ids", "uuid", appends, AcceptedAppend::id)
                .array("append_positions", "int8", appends, AcceptedAppend::fromPosition)
                .array("append_events", "int4", appends, AcceptedAppend::events);
        EventParameters.put(values, events.stream().map(PlacedEvent::event).toList());
    }

    private static @Nullable Long recorded(long lastMicros) {
        return lastMicros == Long.MIN_VALUE ? null : lastMicros;
    }
}
