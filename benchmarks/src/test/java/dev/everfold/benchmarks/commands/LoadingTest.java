package dev.everfold.benchmarks.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.InMemoryEventStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class LoadingTest {

    @Test
    void every_way_of_loading_gets_a_row() {
        try (EventStore store = new InMemoryEventStore()) {
            Loading loading = new Loading(store);

            String table = loading.run(1);

            assertThat(table.lines().skip(2).map(line -> line.substring(2, line.indexOf(" |"))))
                    .containsExactly(
                            "100 events",
                            "10,000 events, snapshots every 100",
                            "10,000 events",
                            "200,000 events",
                            "200,000 events, format that decodes nothing",
                            "200,000 events, read and not folded");
            assertThat(loading.seen()).isPositive();
        }
    }
}
