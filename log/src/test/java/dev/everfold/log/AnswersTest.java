package dev.everfold.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.NewEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What the futures of appends are to whoever closes the store.
@Timeout(30)
class AnswersTest {

    private static final long LONG_ENOUGH_MILLIS = 300;

    @TempDir
    Path folder;

    private EventStore open() {
        return EventStores.open("log:" + folder);
    }

    private static Append append() {
        return Append.of(NewEvent.of("order-1", "placed", "{}"));
    }

    @Test
    void a_store_is_closed_once_all_futures_of_accepted_appends_are_completed() throws Exception {
        EventStore store = open();
        CountDownLatch isBusy = new CountDownLatch(1);
        CountDownLatch mayGoOn = new CountDownLatch(1);
        CompletableFuture<Void> slow = store.appendAsync(append()).thenRun(() -> {
            isBusy.countDown();
            await(mayGoOn);
        });
        isBusy.await();
        CompletableFuture<Appended> behind = store.appendAsync(append());
        Thread closing = Thread.startVirtualThread(store::close);

        boolean closedBefore = closing.join(Duration.ofMillis(LONG_ENOUGH_MILLIS));
        mayGoOn.countDown();
        closing.join();

        assertThat(closedBefore).isFalse();
        assertThat(slow).isCompleted();
        assertThat(behind).isCompleted();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
