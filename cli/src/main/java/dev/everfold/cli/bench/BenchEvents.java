package dev.everfold.cli.bench;

import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventFormat;
import dev.everfold.eventstore.NewEvent;
import java.util.ArrayList;
import java.util.List;

/// Events of 256 bytes each, encoded, with a stream, a type and two tags.
final class BenchEvents {

    static final int EVENT_BYTES = 256;
    static final int TYPES = 10;

    private BenchEvents() {}

    static NewEvent event(String stream, String tag, long number) {
        NewEvent bare =
                NewEvent.of(stream, "type-" + number % TYPES, Bytes.empty()).withTags(tag, "tenant:" + number % 100);
        int free = Math.max(EVENT_BYTES - EventFormat.encodedBytes(bare), 0);
        return bare.withContent(NewEvent.BINARY, Bytes.of(new byte[free]));
    }

    static List<NewEvent> events(String stream, String tag, int count) {
        List<NewEvent> events = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            events.add(event(stream, tag, i));
        }
        return events;
    }
}
