package dev.everfold.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.AppendConflictException.Failure.TrackingNotRising;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.Tracking;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// Positions of other sources, committed together with the events that were made from them.
///
/// Leaves open: how many sources a store can track.
public abstract class TrackingConformance extends ConformanceSuite {

    @Test
    void a_source_that_nobody_tracked_has_no_position() {
        store.append(Append.track("shop", 7));

        assertThat(store.trackedPosition("depot")).isEmpty();
        assertThat(store.trackedPosition("shop-2")).isEmpty();
        assertThat(store.trackedPosition("sho")).isEmpty();
    }

    @Test
    void a_tracking_is_committed_together_with_its_events() {
        Appended appended = store.append(Append.of(event("order-17", "order.placed"), event("order-17", "order.paid"))
                .tracking("shop", 7));

        assertThat(appended).isEqualTo(new Appended(0, List.of(0L, 1L)));
        assertThat(store.trackedPosition("shop")).hasValue(7);
    }

    @Test
    void a_tracking_needs_no_events() {
        append(event("order-17", "order.placed"));

        Appended appended = store.append(Append.track("shop", 7));

        assertThat(appended).isEqualTo(new Appended(1, List.of()));
        assertThat(store.trackedPosition("shop")).hasValue(7);
        assertThat(log()).hasSize(1);
    }

    @Test
    void the_first_position_of_a_source_may_be_any_also_0() {
        store.append(Append.track("shop", 0));
        store.append(Append.track("depot", Long.MAX_VALUE));

        assertThat(store.trackedPosition("shop")).hasValue(0);
        assertThat(store.trackedPosition("depot")).hasValue(Long.MAX_VALUE);
    }

    @Test
    void a_tracked_position_may_leap() {
        store.append(Append.track("shop", 7));
        store.append(Append.track("shop", 8));
        store.append(Append.track("shop", 4_000_000_000_000L));

        assertThat(store.trackedPosition("shop")).hasValue(4_000_000_000_000L);
    }

    @Test
    void the_same_position_again_is_refused_and_nothing_is_stored() {
        store.append(Append.of(event("order-17", "order.placed")).tracking("shop", 7));

        AppendConflictException refusal =
                conflict(Append.of(event("order-17", "order.placed")).tracking("shop", 7));

        assertThat(refusal)
                .hasMessage("Append refused: expected a position of source \"shop\" above 7, found 7. "
                        + "It was taken over already; go on after the tracked position.");
        assertThat(refusal.failures()).containsExactly(new TrackingNotRising(new Tracking("shop", 7), 7));
        assertThat(log()).hasSize(1);
    }

    @Test
    void a_lower_position_is_refused_and_the_higher_one_stays() {
        store.append(Append.track("shop", 7));

        AppendConflictException refusal =
                conflict(Append.of(event("order-17", "order.placed")).tracking("shop", 6));

        assertThat(refusal)
                .hasMessage("Append refused: expected a position of source \"shop\" above 7, found 6. "
                        + "It was taken over already; go on after the tracked position.");
        assertThat(store.trackedPosition("shop")).hasValue(7);
        assertThat(log()).isEmpty();
    }

    @Test
    void position_0_is_not_above_0() {
        store.append(Append.track("shop", 0));

        AppendConflictException refusal = conflict(Append.track("shop", 0));

        assertThat(refusal)
                .hasMessage("Append refused: expected a position of source \"shop\" above 0, found 0. "
                        + "It was taken over already; go on after the tracked position.");
    }

    @Test
    void sources_do_not_disturb_each_other() {
        store.append(Append.track("shop", 7));
        store.append(Append.track("depot", 3));

        store.append(Append.track("depot", 4));
        store.append(Append.track("shop", 8));

        assertThat(store.trackedPosition("shop")).hasValue(8);
        assertThat(store.trackedPosition("depot")).hasValue(4);
    }

    @Test
    void a_condition_that_fails_leaves_the_tracked_position_where_it_was() {
        store.append(Append.of(event("order-17", "order.placed")).tracking("shop", 7));
        Append stale = Append.of(event("order-17", "order.paid"))
                .expecting("order-17", Expected.noStream())
                .tracking("shop", 8);

        conflict(stale);
        Appended retried =
                store.append(Append.of(event("order-17", "order.paid")).tracking("shop", 8));

        assertThat(retried).isEqualTo(new Appended(1, List.of(1L)));
        assertThat(store.trackedPosition("shop")).hasValue(8);
    }

    @Test
    void handing_over_twice_in_flight_stores_once() {
        CompletableFuture<Appended> first =
                store.appendAsync(Append.of(event("order-17", "order.placed")).tracking("shop", 7));
        CompletableFuture<Appended> second =
                store.appendAsync(Append.of(event("order-17", "order.placed")).tracking("shop", 7));

        assertThat(answer(first)).isEqualTo(new Appended(0, List.of(0L)));
        assertThat(second).failsWithin(Duration.ofSeconds(10));
        assertThat(log()).hasSize(1);
    }

    @Test
    void a_tracking_does_not_touch_the_streams_of_the_same_name() {
        store.append(Append.track("order-17", 7));

        Appended appended =
                store.append(Append.of(event("order-17", "order.placed")).expecting("order-17", Expected.noStream()));

        assertThat(appended).isEqualTo(new Appended(0, List.of(0L)));
        assertThat(store.stats().streams()).isEqualTo(1);
    }
}
