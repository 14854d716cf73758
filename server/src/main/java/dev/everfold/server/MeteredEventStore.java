package dev.everfold.server;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.EventStoreException.Stored;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.StoreClosedException;
import dev.everfold.server.security.StoreView;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A store whose calls are counted and timed; everything else is the other store's.
///
/// Meters: `everfold.appends` by outcome, `everfold.append.time`, `everfold.events.appended`, `everfold.reads`,
/// `everfold.next.position`. Counting costs an append some 100 ns.
final class MeteredEventStore extends StoreView {

    private final Timer appendTime;
    private final Counter eventsAppended;
    private final Counter accepted;
    private final Counter conflicts;
    private final Counter refused;
    private final Counter unknown;
    private final Counter reads;

    MeteredEventStore(EventStore store, MeterRegistry meters) {
        super(store);
        this.appendTime = Timer.builder("everfold.append.time")
                .description("From the arrival of an append to its answer")
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofNanos(100_000))
                .maximumExpectedValue(Duration.ofSeconds(10))
                .register(meters);
        this.eventsAppended = Counter.builder("everfold.events.appended")
                .description("Events of accepted appends, repeats included")
                .register(meters);
        this.accepted = outcome(meters, "accepted");
        this.conflicts = outcome(meters, "conflict");
        this.refused = outcome(meters, "refused");
        this.unknown = outcome(meters, "unknown");
        this.reads = Counter.builder("everfold.reads")
                .description("Cursors opened; a client's cursor opens one for each page")
                .register(meters);
        Gauge.builder("everfold.next.position", this, MeteredEventStore::nextPositionOrNone)
                .description("How many events there are")
                .register(meters);
    }

    private static Counter outcome(MeterRegistry meters, String outcome) {
        return Counter.builder("everfold.appends")
                .description("Appends by what they were answered with")
                .tag("outcome", outcome)
                .register(meters);
    }

    private double nextPositionOrNone() {
        try {
            return store.nextPosition();
        } catch (EventStoreException closing) {
            return Double.NaN;
        }
    }

    @Override
    public Appended append(Append append) {
        Timer.Sample begun = Timer.start();
        try {
            Appended appended = store.append(append);
            count(begun, appended, null);
            return appended;
        } catch (EventStoreException failure) {
            count(begun, null, failure);
            throw failure;
        }
    }

    @Override
    public CompletableFuture<Appended> appendAsync(Append append) {
        Timer.Sample begun = Timer.start();
        try {
            CompletableFuture<Appended> answer = store.appendAsync(append);
            // The answer itself is returned, not this stage: whoever waits for it need not wait for the counting.
            var _ = answer.whenComplete((appended, failure) -> count(begun, appended, failure));
            return answer;
        } catch (EventStoreException failure) {
            count(begun, null, failure);
            throw failure;
        }
    }

    private void count(Timer.Sample begun, @Nullable Appended appended, @Nullable Throwable failure) {
        begun.stop(appendTime);
        if (appended != null) {
            accepted.increment();
            eventsAppended.increment(appended.revisions().size());
        } else if (failure instanceof AppendConflictException) {
            conflicts.increment();
        } else if (failure instanceof EventStoreException exception && exception.stored() == Stored.NO) {
            refused.increment();
        } else {
            unknown.increment();
        }
    }

    @Override
    public EventCursor read(Read read) {
        reads.increment();
        return store.read(read);
    }

    /// Whether it can be asked.
    boolean isOpen() {
        try {
            return store.nextPosition() >= 0;
        } catch (StoreClosedException closed) {
            return false;
        }
    }
}
