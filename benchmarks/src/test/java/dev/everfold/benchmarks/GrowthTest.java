package dev.everfold.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class GrowthTest {

    @TempDir
    Path folder;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @Test
    void a_store_grows_to_each_size_with_a_tenth_as_many_streams_and_a_row_is_printed_for_each() throws Exception {
        String uri = "log:" + folder.resolve("store");

        growth(uri).run(10_000, 30_000);

        assertThat(rows()).hasSize(2);
        assertThat(rows().get(0)).startsWith("| 10,000 | ").doesNotContain("| 0 |", "| 0 / 0 |");
        assertThat(rows().get(1)).startsWith("| 30,000 | ");
        try (EventStore store = EventStores.open(uri + "?mode=read")) {
            assertThat(count(store, Query.category("order"))).isEqualTo(30_000);
            assertThat(count(
                            store,
                            Query.of(new Query.Item().withCategory("order").onlyFirstOfStream())))
                    .isEqualTo(3_000);
            assertThat(count(store, Query.stream("order-2999"))).isEqualTo(10);
        }
    }

    @Test
    void a_store_that_has_events_is_refused() throws Exception {
        String uri = "log:" + folder.resolve("store");
        growth(uri).run(1_000);

        assertThatThrownBy(() -> growth(uri).run(2_000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("The store has [0-9]+ events; expected a new one\\. Name another\\.");
    }

    private Growth growth(String uri) {
        return new Growth(uri, Duration.ofMillis(50), new PrintStream(printed, true, StandardCharsets.UTF_8));
    }

    private List<String> rows() {
        return printed.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.matches("\\| [0-9].*"))
                .toList();
    }

    private static int count(EventStore store, Query query) {
        try (var cursor = store.read(Read.matching(query))) {
            return cursor.toList().size();
        }
    }
}
