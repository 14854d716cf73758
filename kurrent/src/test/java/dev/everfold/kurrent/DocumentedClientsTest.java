package dev.everfold.kurrent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.testkit.DocumentedCode;
import io.kurrent.dbclient.AppendToStreamOptions;
import io.kurrent.dbclient.EventData;
import io.kurrent.dbclient.EventDataBuilder;
import io.kurrent.dbclient.KurrentDBClient;
import io.kurrent.dbclient.KurrentDBConnectionString;
import io.kurrent.dbclient.ReadStreamOptions;
import io.kurrent.dbclient.ResolvedEvent;
import io.kurrent.dbclient.StreamState;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What documents show of KurrentDB's clients is what is run here and by [NodeClientTest].
@Timeout(60)
class DocumentedClientsTest {

    private static final Path REFERENCE = Path.of("../docs/reference/kurrentdb.md");
    private static final Path GUIDE = Path.of("../docs/how-to/use-from-another-language.md");

    @Test
    void the_client_for_java_does_what_the_page_says() throws Exception {
        try (ServedStore served = ServedStore.of(new InMemoryEventStore())) {
            String address = served.connectionString();
            List<String> printed = new ArrayList<>();

            KurrentDBClient client = KurrentDBClient.create(KurrentDBConnectionString.parseOrThrow(address));

            byte[] cents = "{\"cents\":1250}".getBytes(StandardCharsets.UTF_8);
            EventData placed = EventDataBuilder.json("OrderPlaced", cents).build();
            client.appendToStream("order-17", AppendToStreamOptions.get().streamState(StreamState.noStream()), placed)
                    .get();

            for (ResolvedEvent found :
                    client.readStream("order-17", ReadStreamOptions.get()).get().getEvents()) {
                printed.add(
                        found.getEvent().getRevision() + " " + found.getEvent().getEventType());
            }

            assertThat(printed).containsExactly("0 OrderPlaced");
            client.shutdown().get();
        }
    }

    @Test
    void the_code_for_java_is_the_code_above() {
        DocumentedCode.of(REFERENCE)
                .assertThatBlocksAreIn(Path.of("src/test/java/dev/everfold/kurrent/DocumentedClientsTest.java"));
        assertThat(DocumentedCode.of(REFERENCE).blocks()).isNotEmpty();
    }

    @Test
    void the_script_for_node_is_the_one_that_is_run() throws Exception {
        assertThat(Files.readString(GUIDE))
                .contains("```js\n" + Files.readString(Path.of("src/test/node/orders.mjs")) + "```")
                .contains("```\n" + NodeClientTest.PRINTED + "```");
    }
}
