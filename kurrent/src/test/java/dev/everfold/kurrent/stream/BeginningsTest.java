package dev.everfold.kurrent.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Where a stream began is known from its first append, so that repeats are not looked for in what is older.
@Timeout(30)
class BeginningsTest {

    private static final NewEvent PLACED = NewEvent.of("order-1", "placed", "{}");

    private final InMemoryEventStore store = new InMemoryEventStore();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Lifecycles lifecycles = new Lifecycles(store, Clock.systemUTC());
    private final StreamAppends appends = new StreamAppends(store, lifecycles, threads);

    @AfterEach
    void close() {
        threads.close();
        store.close();
    }

    private AppendOutcome append(NewEvent... events) {
        return appends.append(AppendRequest.to(events[0].stream(), ExpectedState.ANY, List.of(events)))
                .join();
    }

    private static AppendOutcome stored(String stream, long position, long revision) {
        return new AppendOutcome.Stored(position, Map.of(stream, revision));
    }

    @Test
    void the_first_event_of_a_stream_says_where_it_began() {
        append(NewEvent.of("order-0", "placed", "{}"));
        append(PLACED, NewEvent.of("order-1", "paid", "{}"));
        append(NewEvent.of("order-1", "sent", "{}"));

        assertThat(lifecycles.remembered("order-1").beginning()).isEqualTo(1);
        assertThat(lifecycles.remembered("order-2").beginning()).isZero();
    }

    @Test
    void repeats_are_recognised_from_the_first_event_on() {
        append(NewEvent.of("order-0", "placed", "{}"));
        NewEvent paid = NewEvent.of("order-1", "paid", "{}");
        assertThat(append(PLACED)).isEqualTo(stored("order-1", 1, 0));
        assertThat(append(paid)).isEqualTo(stored("order-1", 2, 1));

        assertThat(append(PLACED)).isEqualTo(stored("order-1", 1, 0));
        assertThat(append(paid)).isEqualTo(stored("order-1", 2, 1));
        // Not the append that is remembered by its own id, but its event.
        assertThat(append(PLACED, paid)).isInstanceOf(AppendOutcome.Stored.class);
        assertThat(store.nextPosition()).isEqualTo(3);
    }

    @Test
    void a_log_that_has_lost_the_beginning_takes_the_stream_again() {
        append(NewEvent.of("order-0", "placed", "{}"));
        lifecycles.began("order-1", 1_000);

        assertThat(append(PLACED)).isEqualTo(stored("order-1", 1, 0));
        assertThat(lifecycles.remembered("order-1").beginning()).isEqualTo(1);
    }
}
