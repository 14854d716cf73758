package dev.everfold.log;

import static dev.everfold.log.Stores.large;
import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.log.simulation.SimulatedDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What the engine tells the JDK's Flight Recorder about its work.
@Timeout(60)
@ExtendWith(QuietLog.class)
class FlightRecorderTest {

    private static final String PREFIX = "dev.everfold.log.";

    @TempDir
    Path temporary;

    @Test
    void commits_seals_index_runs_and_recoveries_are_recorded_with_what_they_did() throws IOException {
        Map<String, List<RecordedEvent>> recorded = record(() -> {
            SimulatedDisk disk = new SimulatedDisk();
            try (LogEventStore store = Stores.open(disk)) {
                for (int number = 0; number < 40; number++) {
                    store.append(Append.of(large(number, 4_000)));
                }
            }
            Stores.open(disk).close();
        });

        List<RecordedEvent> commits = recorded.get("Commit");
        assertThat(commits.stream().mapToInt(commit -> commit.getInt("events")).sum())
                .isEqualTo(40);
        assertThat(commits).extracting(commit -> commit.getLong("frame")).isSorted();
        assertThat(recorded.get("Seal").getFirst().getLong("sealedBytes")).isGreaterThan(30_000);
        assertThat(recorded.get("IndexRun").getFirst().getString("file"))
                .startsWith("index-")
                .endsWith(".run");
        List<RecordedEvent> fromMemory = recorded.get("IndexRun").stream()
                .filter(run -> run.getInt("mergedRuns") == 0)
                .toList();
        assertThat(fromMemory.stream().mapToLong(run -> run.getLong("events")).sum())
                .isEqualTo(40);
        RecordedEvent reopened = recorded.get("Recovery").getLast();
        assertThat(reopened.getLong("events")).isEqualTo(40);
        assertThat(reopened.getBoolean("clean")).isTrue();
    }

    private Map<String, List<RecordedEvent>> record(Runnable work) throws IOException {
        Path file = temporary.resolve("recording.jfr");
        try (Recording recording = new Recording()) {
            for (String event : List.of("Commit", "Seal", "IndexRun", "Recovery")) {
                recording.enable(PREFIX + event).withoutThreshold();
            }
            recording.start();
            work.run();
            recording.stop();
            recording.dump(file);
        }
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().startsWith(PREFIX))
                .collect(Collectors.groupingBy(
                        event -> event.getEventType().getName().substring(PREFIX.length())));
    }
}
