package dev.everfold.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.cli.bench.BenchEvents;
import dev.everfold.cli.bench.ReadData;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.RecordedEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A comparison is fair only when all of them do the same work.
@Timeout(120)
class ContendersTest {

    private static final ReadData DATA = ReadData.ofEvents(12_000);

    @TempDir
    Path folder;

    static List<Contender> contenders() {
        return Contenders.ALL;
    }

    @ParameterizedTest
    @MethodSource("contenders")
    void what_was_appended_is_read_in_order_after_opening_again(Contender contender) throws Exception {
        try (Session session = contender.opening().open(folder.resolve("store"))) {
            session.load(DATA);
            session.append("order-17", 0, events("order-17", 3));
        }

        try (Session session = contender.opening().open(folder.resolve("store"))) {
            session.append("order-17", 3, events("order-17", 200));

            assertThat(stream(session, "order-17"))
                    .extracting(RecordedEvent::revision)
                    .isEqualTo(LongStream.range(0, 203).boxed().toList());
            assertThat(stream(session, DATA.longStream(0)))
                    .hasSize(1_000)
                    .extracting(RecordedEvent::revision)
                    .isSorted();
            assertThat(stream(session, DATA.shortStream(123)))
                    .hasSize(10)
                    .allMatch(event -> event.stream().equals(DATA.shortStream(123)));
            List<RecordedEvent> all = new ArrayList<>();
            session.scan(event -> all.add(event.detached()));
            assertThat(all)
                    .extracting(RecordedEvent::position)
                    .isEqualTo(LongStream.range(0, DATA.events() + 203).boxed().toList());
            assertThat(stream(session, "order-18")).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("contenders")
    void an_append_with_a_stale_revision_is_refused_and_nothing_of_it_is_stored(Contender contender) throws Exception {
        try (Session session = contender.opening().open(folder.resolve("store"))) {
            session.append("order-17", 0, events("order-17", 2));

            assertThatThrownBy(() -> session.append("order-17", 1, events("order-17", 1)))
                    .isInstanceOf(RuntimeException.class);

            assertThat(stream(session, "order-17")).hasSize(2);
        }
    }

    @Test
    void the_comparison_measures_everything_and_leaves_a_table_for_each_figure() throws Exception {
        Comparison comparison = new Comparison(folder, 1, Duration.ofMillis(20), DATA, Contenders.ALL);

        String tables = comparison.run();

        assertThat(tables)
                .startsWith("1 rounds of 0.0 s; ")
                .contains(
                        "- Everfold log: ",
                        "- RocksDB: ",
                        "- SQLite: ",
                        "- H2 MVStore: ",
                        "**Events a second, median**\n\n| | load | 4 KiB + fdatasync | 1 × 1 | 8 × 1 | 64 × 1 | 1 × 100"
                                + " | 64 × 100 | stream of 10 | stream of 1000 | full scan |\n",
                        "**Events a second, lowest .. highest**",
                        "**Latency of a call, p50 / p99 in µs**");
        assertThat(tables.lines().filter(line -> line.startsWith("| SQLite | ")))
                .hasSize(3);
        assertThat(tables).doesNotContain("| 0 |");
    }

    private static List<NewEvent> events(String stream, int count) {
        return IntStream.range(0, count)
                .mapToObj(number -> BenchEvents.event(stream, "client:1", number))
                .toList();
    }

    private static List<RecordedEvent> stream(Session session, String stream) throws Exception {
        List<RecordedEvent> events = new ArrayList<>();
        session.readStream(stream, event -> events.add(event.detached()));
        return events;
    }
}
