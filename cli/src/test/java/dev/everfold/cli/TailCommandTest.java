package dev.everfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.NewEvent;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TailCommandTest {

    @TempDir
    Path folder;

    String store = "";

    @BeforeEach
    void fillStore() {
        store = "log:" + folder.resolve("store");
        try (EventStore writer = EventStores.open(store)) {
            writer.append(
                    Append.of(NewEvent.of("order-17", "OrderPlaced", "{}"), NewEvent.of("stock", "Counted", "{}")));
        }
    }

    @Test
    void it_shows_what_is_there_and_ends_when_it_has_shown_enough() {
        CommandLineRun run =
                CommandLineRun.of("tail", "--store", store, "--from", "0", "--limit", "2", "--format", "ndjson");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .isEqualTo(CommandLineRun.of("export", "--store", store).out());
    }

    @Test
    void it_shows_what_is_appended_while_it_waits() throws Exception {
        FutureTask<CommandLineRun> tail = new FutureTask<>(() -> CommandLineRun.of(
                "tail", "--store", store, "--from", "2", "--category", "order", "--limit", "2", "--format", "ndjson"));
        Thread.startVirtualThread(tail);

        try (EventStore writer = EventStores.open(store)) {
            writer.append(Append.of(NewEvent.of("order-18", "OrderPlaced", "{}")));
            writer.append(Append.of(NewEvent.of("stock", "Counted", "{}")));
            writer.append(Append.of(NewEvent.of("order-18", "OrderPaid", "{}")));
            CommandLineRun run = tail.get(50, TimeUnit.SECONDS);

            assertThat(run.exitCode()).as(run.err()).isZero();
            assertThat(run.outLines()).hasSize(2);
            assertThat(run.outLines().getFirst()).contains("\"type\":\"OrderPlaced\",\"subject\":\"order-18\"");
            assertThat(run.outLines().getLast()).contains("\"type\":\"OrderPaid\",\"subject\":\"order-18\"");
        }
    }

    @Test
    void it_begins_with_the_next_event_and_ends_when_it_is_interrupted() {
        CommandLineRun run = CommandLineRun.interrupted("tail", "--store", store);

        assertThat(run.exitCode()).isEqualTo(130);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).isEmpty();
    }

    @Test
    void beginning_beyond_the_end_is_refused() {
        CommandLineRun run = CommandLineRun.of("tail", "--store", store, "--from", "3");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .startsWith("everfold: Read from position 3 refused: ")
                .hasLineCount(1);
    }
}
