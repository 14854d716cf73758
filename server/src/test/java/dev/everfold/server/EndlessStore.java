package dev.everfold.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventFormat;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.testkit.ForwardingCursor;
import dev.everfold.testkit.ForwardingEventStore;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A store in which whoever comes to an event of some streams comes to the like again and again, as if there were
/// no end of such events. It tells when somebody is caught there and when they have got away.
final class EndlessStore extends ForwardingEventStore {

    private static final int SECONDS_MAX = 20;

    /// Events after which somebody is looking for more, and not about to stop.
    private static final int LOOKS = 5_000;

    private final Set<String> streams;
    private final CompletableFuture<Void> away = new CompletableFuture<>();
    private volatile boolean isEndless;
    private volatile CountDownLatch looks = new CountDownLatch(LOOKS);

    /// Ends everywhere at first, as the other store does.
    EndlessStore(EventStore delegate, String... streams) {
        super(delegate);
        this.streams = Set.of(streams);
    }

    void setEndless(boolean endless) {
        isEndless = endless;
    }

    /// Waits until a read goes round and round, from now on.
    void awaitCaught() throws InterruptedException {
        looks = new CountDownLatch(LOOKS);
        assertThat(looks.await(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
    }

    /// The read that was caught was given up, and not because there is no event left.
    void assertAway() {
        assertThat(away).succeedsWithin(SECONDS_MAX, TimeUnit.SECONDS);
        assertThat(isEndless).isTrue();
    }

    @Override
    public EventCursor read(Read read) {
        EventCursor cursor = super.read(read);
        return read.limit() == Long.MAX_VALUE ? new Endless(cursor) : cursor;
    }

    /// Whoever is still caught gets away.
    @Override
    public void close() {
        isEndless = false;
        super.close();
    }

    private final class Endless extends ForwardingCursor {

        private @Nullable RecordedEvent again;
        private boolean isCaught;

        Endless(EventCursor cursor) {
            super(cursor);
        }

        @Override
        public boolean hasNext() {
            return (isEndless && again != null) || super.hasNext();
        }

        @Override
        public RecordedEvent next() {
            // It may have been told to end since it was asked for the next one.
            if (again != null && (isEndless || !super.hasNext())) {
                isCaught = true;
                looks.countDown();
                again = after(again);
                return again;
            }
            RecordedEvent event = super.next();
            again = streams.contains(event.stream()) ? event : null;
            return event;
        }

        private static RecordedEvent after(RecordedEvent event) {
            byte[] record = EventFormat.encode(NewEvent.of(event.stream(), event.type(), event.data()));
            EventFormat.Place place =
                    new EventFormat.Place(event.position() + 1, event.revision() + 1, event.recordedMicros());
            EventFormat.place(record, 0, place);
            return RecordedEvent.view(record, 0);
        }

        @Override
        public void close() {
            super.close();
            if (isCaught) {
                away.complete(null);
            }
        }
    }
}
