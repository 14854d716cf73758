package dev.everfold.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.AppendConflictException.Failure.RecordedTimeFalling;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.RecordedEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// Recorded time, which never falls, and occurred time, which is the writer's own.
///
/// Leaves open: at which moment of a call the clock is read, as long as it is read before the append is
/// accepted.
public abstract class TimeConformance extends ConformanceSuite {

    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final Instant ELEVEN = Instant.parse("2026-03-01T11:00:00Z");
    private static final Instant ONE = Instant.parse("2026-03-01T13:00:00Z");

    @Test
    void events_are_recorded_at_the_time_of_the_clock() {
        append(event("order-17", "order.placed"), event("order-18", "order.placed"));
        clock.advance(Duration.ofHours(1));
        append(event("order-17", "order.paid"));

        assertThat(recordedTimes()).containsExactly(NOON, NOON, ONE);
        assertThat(log())
                .extracting(RecordedEvent::recordedMicros)
                .containsExactly(1_772_366_400_000_000L, 1_772_366_400_000_000L, 1_772_370_000_000_000L);
    }

    @Test
    void recorded_time_does_not_fall_when_the_clock_is_set_back() {
        append(event("order-17", "order.placed"));
        clock.set(ELEVEN);
        append(event("order-17", "order.paid"));
        clock.set(ONE);
        append(event("order-17", "order.sent"));
        clock.set(NOON);
        append(event("order-17", "order.received"));

        assertThat(recordedTimes()).containsExactly(NOON, NOON, ONE, ONE);
    }

    @Test
    void recorded_time_does_not_fall_across_streams_and_asynchronous_appends() {
        List<CompletableFuture<?>> answers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            clock.set(NOON.plusSeconds(i * 7 % 50));
            answers.add(store.appendAsync(Append.of(event("order-" + i % 5, "order.placed"))));
        }
        answers.forEach(ConformanceSuite::answer);

        assertThat(recordedTimes()).hasSize(50).isSorted();
        if (fixture.requestsArriveAtOnce()) {
            assertThat(recordedTimes()).contains(NOON.plusSeconds(49));
        } else {
            // When one arrives, the clock may show what it was set to last.
            assertThat(recordedTimes().getLast()).isBetween(NOON.plusSeconds(49 * 7 % 50), NOON.plusSeconds(49));
        }
    }

    @Test
    void recorded_time_is_truncated_to_microseconds() {
        clock.set(Instant.parse("2026-03-01T12:00:00.123456999Z"));
        append(event("order-17", "order.placed"));

        assertThat(recordedTimes()).containsExactly(Instant.parse("2026-03-01T12:00:00.123456Z"));
    }

    @Test
    void a_refused_append_does_not_move_recorded_time() {
        append(event("order-17", "order.placed"));
        clock.set(ONE);
        conflict(Append.of(event("order-17", "order.placed")).expecting("order-17", Expected.noStream()));
        clock.set(NOON);
        append(event("order-17", "order.paid"));

        assertThat(recordedTimes()).containsExactly(NOON, NOON);
    }

    @Test
    void an_append_without_events_does_not_move_recorded_time() {
        append(event("order-17", "order.placed"));
        clock.set(ONE);
        store.append(Append.track("shop", 7));
        clock.set(NOON);
        append(event("order-17", "order.paid"));

        assertThat(recordedTimes()).containsExactly(NOON, NOON);
    }

    @Test
    void a_repeat_keeps_the_time_of_the_first() {
        Append placed = Append.of(event("order-17", "order.placed"));
        store.append(placed);
        clock.set(ONE);
        store.append(placed);

        assertThat(recordedTimes()).containsExactly(NOON);
    }

    @Test
    void a_recorded_time_that_events_bring_is_kept() {
        Instant first = Instant.parse("1999-12-31T23:59:59.999999Z");
        Instant second = Instant.parse("2001-01-01T00:00:00Z");

        append(
                event("order-17", "order.placed").recordedAt(first),
                event("order-17", "order.paid").recordedAt(first),
                event("order-17", "order.sent").recordedAt(second));

        assertThat(recordedTimes()).containsExactly(first, first, second);
    }

    @Test
    void a_recorded_time_that_events_bring_is_truncated_to_microseconds() {
        append(event("order-17", "order.placed").recordedAt(Instant.parse("1969-12-31T23:59:59.999999999Z")));

        assertThat(recordedTimes()).containsExactly(Instant.parse("1969-12-31T23:59:59.999999Z"));
    }

    @Test
    void a_recorded_time_ahead_of_the_clock_holds_for_what_follows() {
        append(event("order-17", "order.placed").recordedAt(ONE));
        append(event("order-17", "order.paid"));
        clock.set(ONE.plusSeconds(1));
        append(event("order-17", "order.sent"));

        assertThat(recordedTimes()).containsExactly(ONE, ONE, ONE.plusSeconds(1));
    }

    @Test
    void an_equal_recorded_time_is_accepted_and_an_earlier_one_refused() {
        append(event("order-17", "order.placed"));
        append(event("order-17", "order.paid").recordedAt(NOON));

        AppendConflictException refusal = conflict(Append.of(
                event("order-17", "order.sent").recordedAt(ONE),
                event("order-18", "order.placed").recordedAt(NOON.minusNanos(1_000))));

        assertThat(refusal)
                .hasMessage("Append refused: expected a recorded time of 2026-03-01T13:00:00Z or later, "
                        + "found 2026-03-01T11:59:59.999999Z. Copy events in the order in which they were recorded.");
        assertThat(recordedTimes()).containsExactly(NOON, NOON);
    }

    @Test
    void the_first_event_whose_recorded_time_falls_is_told() {
        append(event("order-17", "order.placed"));

        AppendConflictException refusal = conflict(Append.of(
                event("order-17", "order.paid").recordedAt(ELEVEN),
                event("order-17", "order.sent").recordedAt(ELEVEN.minusSeconds(1))));

        assertThat(refusal.failures()).containsExactly(new RecordedTimeFalling(ELEVEN, NOON));
        assertThat(log()).hasSize(1);
    }

    @Test
    void within_one_append_recorded_times_must_not_fall_either() {
        AppendConflictException refusal = conflict(Append.of(
                event("order-17", "order.placed").recordedAt(ELEVEN),
                event("order-17", "order.paid").recordedAt(ELEVEN.minusSeconds(1))));

        assertThat(refusal.failures()).containsExactly(new RecordedTimeFalling(ELEVEN.minusSeconds(1), ELEVEN));
        assertThat(log()).isEmpty();
    }

    @Test
    void an_event_without_a_recorded_time_between_others_takes_the_time_of_the_clock() {
        append(
                event("order-17", "order.placed").recordedAt(ELEVEN),
                event("order-17", "order.paid"),
                event("order-17", "order.sent").recordedAt(ONE),
                event("order-17", "order.received"));

        assertThat(recordedTimes()).containsExactly(ELEVEN, NOON, ONE, ONE);
    }

    @Test
    void an_event_recorded_by_the_clock_is_not_followed_by_one_that_brings_an_earlier_time() {
        AppendConflictException refusal = conflict(Append.of(
                event("order-17", "order.placed"),
                event("order-17", "order.paid").recordedAt(ELEVEN)));

        assertThat(refusal.failures()).containsExactly(new RecordedTimeFalling(ELEVEN, NOON));
        assertThat(log()).isEmpty();
    }

    @Test
    void occurred_time_is_the_writers_own_and_may_be_any() {
        List<Instant> occurred = List.of(
                Instant.parse("+200000-01-01T00:00:00Z"),
                Instant.EPOCH,
                Instant.parse("-200000-01-01T00:00:00.000001Z"),
                Instant.parse("1969-12-31T23:59:59.999999Z"));

        occurred.forEach(time -> append(event("order-17", "order.placed").occurredAt(time)));

        assertThat(log())
                .extracting(RecordedEvent::occurred)
                .isEqualTo(occurred.stream().map(Optional::of).toList());
        assertThat(recordedTimes()).containsOnly(NOON);
    }

    @Test
    void occurred_time_is_truncated_to_microseconds() {
        append(
                event("order-17", "order.placed").occurredAt(Instant.parse("2026-02-28T10:00:00.000000999Z")),
                event("order-17", "order.paid").occurredAt(Instant.parse("1969-12-31T23:59:59.999999999Z")));

        assertThat(log())
                .extracting(RecordedEvent::occurred)
                .containsExactly(
                        Optional.of(Instant.parse("2026-02-28T10:00:00Z")),
                        Optional.of(Instant.parse("1969-12-31T23:59:59.999999Z")));
    }

    private List<Instant> recordedTimes() {
        return log().stream().map(RecordedEvent::recorded).toList();
    }
}
