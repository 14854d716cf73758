package dev.everfold.kurrent.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.testkit.ForwardingEventStore;
import dev.everfold.testkit.MutableClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the metadata of a stream hides, and what not.
@Timeout(30)
class HiddenEventsTest {

    private final MutableClock clock = MutableClock.at("2026-03-01T12:00:00Z");
    private final InMemoryEventStore store = new InMemoryEventStore(clock, Limits.DEFAULTS);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void close() {
        threads.close();
        store.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_page_of_a_stream_that_keeps_one_event_has_one_while_others_append(boolean backwards) throws Exception {
        append("order-1", 3);
        describe("order-1", "{\"$maxCount\":1}");

        assertThat(page(new Growing(store, "order-1"), "order-1", backwards)).hasSize(1);
        assertThat(page(new Growing(store, "$$order-1"), "$$order-1", backwards))
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"$maxCount\":0}",
                "{\"$maxAge\":0}",
                "{\"$maxAge\":9223372036854775807}",
                "{\"$maxCount\":9223372036854775807}",
                "{\"$maxCount\":-1,\"$maxAge\":-1,\"$tb\":-1}",
                "{\"$maxCount\":1.5,\"$maxAge\":\"1\",\"$tb\":null}"
            })
    void metadata_that_no_event_can_break_hides_none(String metadata) throws Exception {
        append("order-1", 3);
        clock.advance(Duration.ofDays(1));
        describe("order-1", metadata);

        assertThat(page(store, "order-1", false)).containsExactly("0@order-1", "1@order-1", "2@order-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"$maxCount\":1}", "{\"$maxAge\":60}", "{\"$tb\":2}"})
    void a_link_to_an_event_that_is_hidden_comes_alone(String metadata) throws Exception {
        append("order-1", 2);
        clock.advance(Duration.ofMinutes(2));
        append("order-1", 1);
        describe("order-1", metadata);
        for (int revision = 0; revision < 3; revision++) {
            store.append(Append.of(NewEvent.of("mine", StreamNames.LINK_TYPE, Bytes.utf8(revision + "@order-1"))));
        }

        assertThat(page(store, "mine", false)).containsExactly("nothing", "nothing", "2@order-1");
        assertThat(page(store, "$ce-order", false)).containsExactly("nothing", "nothing", "2@order-1");
    }

    @Test
    void what_leads_nowhere_comes_alone_and_ends_no_read() throws Exception {
        for (String link : List.of(
                "0@" + "x".repeat(5_000),
                "0@a\0b",
                "0@",
                "@order-1",
                "order-1",
                "-1@order-1",
                "9".repeat(30) + "@order-1")) {
            store.append(Append.of(NewEvent.of("mine", StreamNames.LINK_TYPE, Bytes.utf8(link))));
        }
        append("order-1", 1);

        assertThat(page(store, "mine", false)).hasSize(7).containsOnly("nothing");
    }

    @Test
    void an_event_is_led_to_though_the_name_of_its_stream_leaves_no_room_for_metadata() throws Exception {
        String stream = "long-" + "x".repeat(Limits.DEFAULTS.nameBytesMax() - 5);
        append(stream, 1);
        store.append(Append.of(NewEvent.of("mine", StreamNames.LINK_TYPE, Bytes.utf8("0@" + stream))));

        assertThat(page(store, "$ce-long", false)).containsExactly("0@" + stream);
        assertThat(page(store, "mine", false)).containsExactly("0@" + stream);
        assertThat(page(store, stream, true)).containsExactly("0@" + stream);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void events_that_are_too_old_are_not_read_one_by_one(boolean backwards) throws Exception {
        append("order-1", 1_000);
        clock.advance(Duration.ofMinutes(2));
        append("order-1", 2);
        describe("order-1", "{\"$maxAge\":60}");
        Counting counting = new Counting(store);

        assertThat(page(counting, "order-1", backwards)).containsExactlyInAnyOrder("1000@order-1", "1001@order-1");
        assertThat(counting.events).isLessThan(20);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_page_of_events_of_which_none_is_too_old_is_not_looked_for(boolean backwards) throws Exception {
        append("order-1", 1_000);
        describe("order-1", "{\"$maxAge\":60}");
        Counting counting = new Counting(store);
        StreamRead read = new StreamRead("order-1", backwards, OptionalLong.of(500), 1, false);
        List<Long> page = new ArrayList<>();

        try (Streams streams = Streams.over(counting, threads, clock)) {
            var _ = streams.reads().read(read, found -> page.add(found.found().revision()));
        }

        assertThat(page).containsExactly(500L);
        assertThat(counting.events).isLessThan(8);
    }

    @Test
    void a_stream_of_which_all_is_too_old_is_there_and_empty() throws Exception {
        append("order-1", 3);
        describe("order-1", "{\"$maxAge\":60}");
        clock.advance(Duration.ofMinutes(2));

        assertThat(page(store, "order-1", false)).isEmpty();
        assertThat(page(store, "order-1", true)).isEmpty();
        append("order-1", 1);
        assertThat(page(store, "order-1", false)).containsExactly("3@order-1");
        assertThat(page(store, "order-1", true)).containsExactly("3@order-1");
    }

    private void append(String stream, int count) {
        for (int number = 0; number < count; number++) {
            store.append(Append.of(NewEvent.of(stream, "changed", "{}")));
        }
    }

    private void describe(String stream, String metadata) {
        store.append(Append.of(NewEvent.of("$$" + stream, StreamNames.METADATA_TYPE, metadata)));
    }

    /// All of a stream, links resolved; what a link leads to nowhere is `nothing`.
    private List<String> page(EventStore from, String stream, boolean backwards) throws InterruptedException {
        List<String> page = new ArrayList<>();
        try (Streams streams = Streams.over(from, threads, clock)) {
            StreamRead read = new StreamRead(stream, backwards, OptionalLong.empty(), Long.MAX_VALUE, true);
            assertThat(streams.reads()
                            .read(
                                    read,
                                    found -> page.add(found.event()
                                            .map(event -> event.revision() + "@" + event.stream())
                                            .orElse("nothing"))))
                    .isPresent();
        }
        return page;
    }

    /// A store to which somebody appends after each look at it.
    private static final class Growing extends ForwardingEventStore {

        private final String stream;

        Growing(EventStore store, String stream) {
            super(store);
            this.stream = stream;
        }

        @Override
        public EventCursor read(Read read) {
            EventCursor cursor = super.read(read);
            delegate.append(Append.of(NewEvent.of(stream, "changed", "{\"$maxCount\":1}")));
            return cursor;
        }
    }
}
