package dev.everfold.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.AppendConflictException.Failure.QueryMatched;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.PositionAheadException;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What a store must be capable of to become a copy of another one: same lineage, same events at the same
/// positions, same tracked positions.
///
/// For engines that have `openCopy`; extend it by itself, since [EventStoreConformance] does not demand it.
/// Leaves open: what `openCopy` makes of a store that is there already, and that a lineage survives its closing.
public abstract class CopyConformance extends ConformanceSuite {

    private static final UUID LINEAGE = new UUID(0x0199_b1f6_e9cf_7eebL, 0xaa49_ef0c_fa75_a30dL);

    @Override
    protected abstract CopyFixture createFixture();

    /// Goes on with a store that is to become a copy.
    private void becomeCopy() {
        store.close();
        store = ((CopyFixture) fixture).openCopy(clock, limits(), LINEAGE);
    }

    /// The event as a copy brings it.
    private static NewEvent copied(RecordedEvent event) {
        return event.toNewEvent().recordedAt(event.recorded());
    }

    /// Events that are to come to this position and the ones after it, or not at all.
    private static Append at(long position, List<NewEvent> events) {
        return Append.of(events).unless(Query.all(), position);
    }

    private static Append at(long position, NewEvent... events) {
        return at(position, List.of(events));
    }

    @Test
    void a_store_that_is_made_as_a_copy_has_the_lineage_that_it_was_given_and_is_empty() {
        becomeCopy();

        assertThat(store.lineage()).isEqualTo(LINEAGE);
        assertThat(store.nextPosition()).isZero();
        assertThat(store.trackedPositions()).isEmpty();
        assertThat(append(event("order-17", "order.placed"))).isEqualTo(new Appended(0, List.of(0L)));
        assertThat(store.lineage()).isEqualTo(LINEAGE);
    }

    @Test
    void events_of_another_store_come_out_the_same_byte_for_byte() {
        List<RecordedEvent> events = history();
        becomeCopy();

        for (int from = 0; from < events.size(); from += 4) {
            List<RecordedEvent> batch = events.subList(from, Math.min(from + 4, events.size()));
            Appended appended = store.append(
                    at(from, batch.stream().map(CopyConformance::copied).toList()));
            assertThat(appended)
                    .isEqualTo(new Appended(
                            from, batch.stream().map(RecordedEvent::revision).toList()));
        }

        assertThat(log()).isEqualTo(events);
        assertThat(read(Read.stream("order-17")))
                .isEqualTo(events.stream()
                        .filter(event -> event.stream().equals("order-17"))
                        .toList());
    }

    @Test
    void after_a_copy_time_goes_on_where_it_stood_even_when_the_clock_is_behind() {
        becomeCopy();
        Instant ahead = clock.instant().plus(Duration.ofDays(400));

        store.append(at(0, event("order-17", "order.placed").recordedAt(Instant.EPOCH)));
        store.append(at(1, event("order-17", "order.paid").recordedAt(ahead)));
        append(event("order-17", "order.sent"));

        assertThat(log()).extracting(RecordedEvent::recorded).containsExactly(Instant.EPOCH, ahead, ahead);
    }

    @Test
    void batches_on_their_way_that_each_expect_the_end_of_the_one_before_are_all_stored() {
        becomeCopy();

        List<CompletableFuture<Appended>> answers = new ArrayList<>();
        for (int batch = 0; batch < 60; batch++) {
            answers.add(store.appendAsync(
                    at(2L * batch, event("order-17", "order.placed"), event("order-" + batch, "order.paid"))));
        }

        for (int batch = 0; batch < answers.size(); batch++) {
            assertThat(answer(answers.get(batch)).fromPosition()).isEqualTo(2L * batch);
        }
        assertThat(store.nextPosition()).isEqualTo(120);
    }

    @Test
    void a_batch_that_would_leave_a_gap_is_refused_and_nothing_is_stored() {
        becomeCopy();
        store.append(at(0, event("order-17", "order.placed")));

        PositionAheadException refusal = refused(PositionAheadException.class, at(2, event("order-17", "order.sent")));

        assertThat(refusal)
                .hasMessage("Condition from position 2 refused: the log ends at next position 1. The position is of"
                        + " another store or from before a restore; compare the lineage.");
        assertThat(store.nextPosition()).isEqualTo(1);
    }

    @Test
    void a_batch_whose_position_was_taken_by_someone_else_is_refused_and_nothing_is_stored() {
        becomeCopy();
        store.append(at(0, event("order-17", "order.placed")));
        append(event("order-18", "order.placed"));

        AppendConflictException refusal = conflict(at(1, event("order-17", "order.paid")));

        assertThat(refusal.failures())
                .hasSize(1)
                .first()
                .isInstanceOfSatisfying(
                        QueryMatched.class,
                        matched -> assertThat(matched.position()).isEqualTo(1));
        assertThat(store.nextPosition()).isEqualTo(2);
    }

    @Test
    void a_batch_that_is_repeated_with_its_id_is_stored_once() {
        becomeCopy();
        Append batch = at(0, event("order-17", "order.placed"), event("order-18", "order.placed"));

        Appended first = store.append(batch);
        Appended again = store.append(batch);

        assertThat(again).isEqualTo(first);
        assertThat(store.nextPosition()).isEqualTo(2);
    }

    @Test
    void every_tracked_source_is_listed_once_with_its_last_position() {
        store.append(Append.track("shop", 7));
        store.append(Append.of(event("order-17", "order.placed")).tracking("$consumer:mails", 0));
        store.append(Append.track("café", Long.MAX_VALUE));
        store.append(Append.of(event("order-17", "order.paid")).tracking("shop", 9));

        SortedMap<String, Long> tracked = store.trackedPositions();

        assertThat(tracked)
                .containsExactlyEntriesOf(
                        new TreeMap<>(Map.of("$consumer:mails", 0L, "café", Long.MAX_VALUE, "shop", 9L)));
    }

    @Test
    void a_refused_tracking_changes_nothing_of_what_is_listed() {
        store.append(Append.track("shop", 7));

        conflict(Append.track("shop", 7));
        conflict(Append.of(event("order-17", "order.placed"))
                .expecting("order-18", Expected.exists())
                .tracking("depot", 1));

        assertThat(store.trackedPositions()).containsExactly(Map.entry("shop", 7L));
    }

    @Test
    void what_was_listed_is_a_snapshot() {
        store.append(Append.track("shop", 7));
        SortedMap<String, Long> before = store.trackedPositions();

        store.append(Append.track("shop", 8));
        store.append(Append.track("depot", 1));

        assertThat(before).containsExactly(Map.entry("shop", 7L));
    }

    @Test
    void tracked_positions_of_another_store_are_taken_over_after_its_events() {
        becomeCopy();

        store.append(at(0, event("order-17", "order.placed").recordedAt(Instant.EPOCH)));
        store.append(Append.track("shop", 7).unless(Query.all(), 1));

        assertThat(store.trackedPosition("shop")).hasValue(7);
        assertThat(store.nextPosition()).isEqualTo(1);
    }

    /// A history with all that an event can have.
    private List<RecordedEvent> history() {
        try (EventStore other = new InMemoryEventStore(MutableClock.at("2019-02-19T10:46:15.123456Z"), limits())) {
            other.append(Append.of(
                    event("order-17", "order.placed", "order:17", "customer:alice"),
                    event("order-18", "order.placed").withContent(NewEvent.BINARY, Bytes.of(new byte[] {0, -1, 13}))));
            other.append(Append.of(event("order-17", "order.paid")
                    .withMetadata(Bytes.utf8("{\"actor\":\"alice\"}"))
                    .occurredAt(Instant.parse("2019-02-18T00:00:00.000001Z"))));
            NewEvent twice = event("order-17", "order.noted").withContent("text/plain", Bytes.utf8("café"));
            other.append(Append.of(twice, twice));
            other.append(Append.of(IntStream.range(0, 20)
                    .mapToObj(i -> event("$system-" + i % 3, "$noted", "n:" + i))
                    .toList()));
            return other.read(Read.all()).toList();
        }
    }
}
