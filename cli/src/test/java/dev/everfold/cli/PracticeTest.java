package dev.everfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What fails in a training run is not told to the user, so it must not fail.
@Timeout(60)
class PracticeTest {

    @TempDir
    Path folder;

    @Test
    void a_server_is_trained_with_both_protocols_and_http() throws Exception {
        String uri = "log:" + folder.resolve("store");

        Practice.serve(uri, Duration.ofMillis(50));

        try (EventStore store = EventStores.open(uri)) {
            List<String> streams = store.read(Read.all()).toList().stream()
                    .map(RecordedEvent::stream)
                    .map(stream -> stream.substring(0, stream.indexOf('-')))
                    .distinct()
                    .toList();
            assertThat(streams).contains("bench", "kurrent");
        }
    }
}
