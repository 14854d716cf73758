package dev.everfold.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventFormat;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/// What all suites have in common: a fresh store for each test, a clock that obeys, and words to speak
/// to both.
///
/// A suite describes one part of the contract ([EventStore]) in sentences. It knows nothing of the
/// engine but its [EventStoreFixture]. A test that hangs is interrupted and fails.
@Timeout(30)
public abstract class ConformanceSuite {

    private static final long ANSWER_SECONDS_MAX = 10;

    /// Shows the same time until the test changes it.
    protected final MutableClock clock = MutableClock.at("2026-03-01T12:00:00Z");

    /// The engine's fixture; made for this test only.
    protected EventStoreFixture fixture;

    /// The store under test; empty when the test begins.
    protected EventStore store;

    /// Makes the fixture for one test.
    protected abstract EventStoreFixture createFixture();

    /// What the store under test takes at once; suites that are about limits have their own.
    protected Limits limits() {
        return Limits.DEFAULTS;
    }

    @BeforeEach
    final void openStore() {
        fixture = createFixture();
        store = fixture.open(clock, limits());
    }

    @AfterEach
    final void closeStore() {
        // A test whose setting up failed has none.
        if (store != null) {
            store.close();
        }
        if (fixture != null) {
            fixture.close();
        }
    }

    /// Closes the store under test and goes on with a new, empty one that has other limits.
    protected final void startOver(Limits other) {
        store.close();
        store = fixture.open(clock, other);
    }

    /// A small JSON event.
    protected static NewEvent event(String stream, String type, String... tags) {
        return NewEvent.of(stream, type, "{}").withTags(tags);
    }

    /// Appends without conditions.
    protected final Appended append(NewEvent... events) {
        return store.append(Append.of(events));
    }

    /// Reads to the end, and checks that each record is whole.
    protected final List<RecordedEvent> read(Read read) {
        try (EventCursor cursor = store.read(read)) {
            List<RecordedEvent> events = cursor.toList();
            assertThat(events).allSatisfy(ConformanceSuite::isWhole);
            return events;
        }
    }

    /// Positions of the events of a read, in the order in which it returned them.
    protected final List<Long> positions(Read read) {
        return read(read).stream().map(RecordedEvent::position).toList();
    }

    /// All events.
    protected final List<RecordedEvent> log() {
        return read(Read.all());
    }

    /// Appends and expects to be refused because something does not hold.
    protected final AppendConflictException conflict(Append append) {
        return refused(AppendConflictException.class, append);
    }

    /// Appends and expects this exception.
    protected final <T extends EventStoreException> T refused(Class<T> by, Append append) {
        T refusal = catchThrowableOfType(by, () -> store.append(append));
        assertThat(refusal).as("an append that should be refused").isNotNull();
        assertThat(refusal.stored()).isEqualTo(EventStoreException.Stored.NO);
        return refusal;
    }

    /// The answer to an asynchronous append that must be accepted.
    protected static <T> T answer(CompletableFuture<T> future) {
        try {
            return future.get(ANSWER_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            throw new AssertionError("An asynchronous append failed: " + failed.getCause(), failed.getCause());
        } catch (TimeoutException late) {
            throw new AssertionError("An asynchronous append was not answered in time.", late);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("An asynchronous append was not answered in time.", interrupted);
        }
    }

    private static void isWhole(RecordedEvent event) {
        byte[] record = new byte[event.recordBytes()];
        event.copyTo(record, 0);
        assertThat(EventFormat.isWhole(record, 0, record.length))
                .as("%s is whole", event)
                .isTrue();
    }
}
