package dev.everfold.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.NewEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Closing a store in a thread that is interrupted.
@Timeout(60)
class ClosingTest {

    private static final int APPENDS = 200;

    @Test
    void an_interrupted_thread_drains_what_was_accepted_too_and_stays_interrupted() {
        EventStore store = EventStores.open(PostgresServer.V18.newStore().toString());
        List<CompletableFuture<Appended>> answers = new ArrayList<>();
        for (int i = 0; i < APPENDS; i++) {
            answers.add(store.appendAsync(Append.of(NewEvent.of("order-1", "placed", "{}"))));
        }

        Thread.currentThread().interrupt();
        store.close();

        assertThat(Thread.interrupted()).isTrue();
        for (int i = 0; i < APPENDS; i++) {
            assertThat(answers.get(i)).isCompletedWithValue(new Appended(i, List.of((long) i)));
        }
    }
}
