package dev.everfold.cloudevents;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/// The history of a real repository, as it comes with the examples.
class RealLogTest {

    private static final Path FILE = Path.of("../examples/data/repository-history.ndjson.gz");

    @Test
    void each_line_comes_back_as_it_was_but_for_what_the_store_adds() throws IOException {
        byte[] lines;
        try (InputStream in = new GZIPInputStream(Files.newInputStream(FILE))) {
            lines = in.readAllBytes();
        }

        List<NewEvent> events = events(lines);

        assertThat(events).hasSize(74_639);
        CloudEventWriter writer = new CloudEventWriter();
        StringBuilder written = new StringBuilder(lines.length * 2);
        try (InMemoryEventStore store = new InMemoryEventStore()) {
            events.forEach(event -> store.append(Append.of(event)));
            store.read(Read.all())
                    .forEachRemaining(
                            event -> written.append(writer.format(event)).append('\n'));
        }
        String withoutAdded =
                written.toString().replaceAll("\"position\":\\d+,\"revision\":\\d+,\"recordedtime\":\"[^\"]+\",", "");
        assertThat(withoutAdded.equals(new String(lines, StandardCharsets.UTF_8)))
                .isTrue();
    }

    private static List<NewEvent> events(byte[] lines) {
        CloudEventReader reader = new CloudEventReader();
        reader.begin(lines, 0, lines.length);
        List<NewEvent> events = new ArrayList<>();
        int from = 0;
        for (int at = 0; at < lines.length; at++) {
            if (lines[at] == '\n') {
                events.add(reader.read(from, at));
                from = at + 1;
            }
        }
        return events;
    }
}
