package dev.everfold.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendCondition.StreamAt;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StoreStats;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// What an accepted append is given, and what can be read of it.
///
/// Leaves open: how long an append takes, how many are made durable at once, and the bytes and segments
/// of the statistics, which each engine counts in its own way.
public abstract class AppendConformance extends ConformanceSuite {

    @Test
    void a_new_store_is_empty() {
        StoreStats stats = store.stats();

        assertThat(store.nextPosition()).isZero();
        assertThat(log()).isEmpty();
        assertThat(stats.events()).isZero();
        assertThat(stats.streams()).isZero();
        assertThat(stats.types()).isEmpty();
    }

    @Test
    void the_first_event_is_given_position_0_and_revision_0() {
        Appended appended = append(event("order-17", "order.placed"));

        assertThat(appended).isEqualTo(new Appended(0, List.of(0L)));
        assertThat(appended.toPosition()).isEqualTo(1);
        assertThat(store.nextPosition()).isEqualTo(1);
    }

    @Test
    void events_of_one_append_are_given_consecutive_positions_and_revisions() {
        append(event("order-17", "order.placed"));

        Appended appended = append(
                event("order-17", "order.paid"), event("order-17", "order.packed"), event("order-17", "order.sent"));

        assertThat(appended).isEqualTo(new Appended(1, List.of(1L, 2L, 3L)));
        assertThat(log())
                .extracting(RecordedEvent::type)
                .containsExactly("order.placed", "order.paid", "order.packed", "order.sent");
        assertThat(log()).extracting(RecordedEvent::position).containsExactly(0L, 1L, 2L, 3L);
        assertThat(log()).extracting(RecordedEvent::revision).containsExactly(0L, 1L, 2L, 3L);
    }

    @Test
    void events_of_several_streams_in_one_append_keep_their_order_and_count_revisions_by_stream() {
        append(event("account-alice", "opened"));

        Appended appended = append(
                event("account-bob", "opened"),
                event("account-alice", "withdrawn"),
                event("account-bob", "deposited"),
                event("transfer-1", "completed"),
                event("account-bob", "charged"));

        assertThat(appended).isEqualTo(new Appended(1, List.of(0L, 1L, 1L, 0L, 2L)));
        assertThat(log())
                .extracting(RecordedEvent::stream)
                .containsExactly(
                        "account-alice", "account-bob", "account-alice", "account-bob", "transfer-1", "account-bob");
        assertThat(log()).extracting(RecordedEvent::revision).containsExactly(0L, 0L, 1L, 1L, 0L, 2L);
    }

    @Test
    void every_field_of_an_event_comes_back_as_it_was_given() {
        UUID id = UUID.fromString("0190a3f2-7c1e-7d22-9b1a-3f5e6d7c8b9a");
        NewEvent placed = NewEvent.of("order-17", "order.placed", "{\"total\":42}")
                .withId(id)
                .withMetadata(Bytes.utf8("{\"user\":\"alice\"}"))
                .withTags("order:17", "customer:alice", "shop:berlin")
                .occurredAt(Instant.parse("2026-02-28T23:59:59.123456Z"));

        append(placed);

        RecordedEvent recorded = log().getFirst();
        assertThat(recorded.stream()).isEqualTo("order-17");
        assertThat(recorded.id()).isEqualTo(id);
        assertThat(recorded.type()).isEqualTo("order.placed");
        assertThat(recorded.contentType()).isEqualTo("application/json");
        assertThat(recorded.data().utf8()).isEqualTo("{\"total\":42}");
        assertThat(recorded.metadata().utf8()).isEqualTo("{\"user\":\"alice\"}");
        assertThat(recorded.tags()).containsExactly("order:17", "customer:alice", "shop:berlin");
        assertThat(recorded.occurred()).contains(Instant.parse("2026-02-28T23:59:59.123456Z"));
        assertThat(recorded.recorded()).isEqualTo(Instant.parse("2026-03-01T12:00:00Z"));
        assertThat(recorded.toNewEvent()).isEqualTo(placed);
    }

    @Test
    void an_event_without_optional_fields_comes_back_without_them() {
        append(event("order-17", "order.placed"));

        RecordedEvent recorded = log().getFirst();
        assertThat(recorded.tags()).isEmpty();
        assertThat(recorded.metadata().isEmpty()).isTrue();
        assertThat(recorded.occurred()).isEmpty();
    }

    @Test
    void what_was_acknowledged_can_be_read_at_once() {
        for (int round = 0; round < 50; round++) {
            Appended appended = append(event("counter-1", "counted"), event("counter-2", "counted"));

            assertThat(store.nextPosition()).isEqualTo(appended.toPosition());
            assertThat(positions(Read.all().fromPosition(appended.fromPosition())))
                    .containsExactly(appended.fromPosition(), appended.fromPosition() + 1);
        }
    }

    @Test
    void unconditional_appends_always_succeed_whatever_they_share() {
        NewEvent same = event("course-1", "subscribed", "course:1", "student:alice");

        List<Long> positions = new ArrayList<>();
        for (int round = 0; round < 20; round++) {
            positions.add(append(same, same).fromPosition());
        }

        assertThat(positions)
                .isEqualTo(
                        LongStream.range(0, 20).map(round -> round * 2).boxed().toList());
        assertThat(log()).hasSize(40);
    }

    @Test
    void event_ids_need_not_be_unique() {
        UUID id = UUID.fromString("0190a3f2-7c1e-7d22-9b1a-3f5e6d7c8b9a");
        append(event("order-17", "order.placed").withId(id));

        append(
                event("order-17", "order.paid").withId(id),
                event("order-18", "order.placed").withId(id));

        assertThat(log()).extracting(RecordedEvent::id).containsExactly(id, id, id);
        assertThat(positions(Read.matching(Query.ids(List.of(id))))).containsExactly(0L, 1L, 2L);
    }

    @Test
    void an_append_without_events_whose_condition_holds_stores_nothing_and_answers() {
        append(event("order-17", "order.placed"), event("order-18", "order.placed"));

        Appended appended = store.append(Append.check(new StreamAt("order-17", Expected.revision(0))));

        assertThat(appended).isEqualTo(new Appended(2, List.of()));
        assertThat(appended.toPosition()).isEqualTo(2);
        assertThat(store.nextPosition()).isEqualTo(2);
    }

    @Test
    void as_many_events_as_the_limit_allows_are_one_append() {
        NewEvent[] events = new NewEvent[limits().appendEventsMax()];
        for (int i = 0; i < events.length; i++) {
            events[i] = event("sensor-" + i % 7, "measured", "sensor:" + i % 7);
        }

        Appended appended = append(events);

        assertThat(appended.fromPosition()).isZero();
        assertThat(appended.revisions()).hasSize(10_000).endsWith(1_428L);
        assertThat(log())
                .extracting(RecordedEvent::id)
                .isEqualTo(List.of(events).stream().map(NewEvent::id).toList());
    }

    @Test
    void an_asynchronous_append_is_answered_like_a_blocking_one() throws Exception {
        append(event("order-17", "order.placed"));

        CompletableFuture<Appended> future = store.appendAsync(
                Append.of(event("order-17", "order.paid")).expecting("order-17", Expected.revision(0)));

        assertThat(future.get()).isEqualTo(new Appended(1, List.of(1L)));
        assertThat(store.nextPosition()).isEqualTo(2);
        assertThat(log()).extracting(RecordedEvent::type).containsExactly("order.placed", "order.paid");
    }

    @Test
    void an_asynchronous_append_is_refused_like_a_blocking_one() {
        append(event("order-17", "order.placed"));
        Append stale = Append.of(event("order-17", "order.placed")).expecting("order-17", Expected.noStream());

        CompletableFuture<Appended> future = store.appendAsync(stale);

        assertThat(future)
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableOfType(ExecutionException.class)
                .havingCause()
                .isInstanceOf(AppendConflictException.class)
                .withMessage("Append to stream \"order-17\" refused: expected no stream, found 0. "
                        + "Read the stream again and repeat the command.");
        assertThat(log()).hasSize(1);
    }

    @Test
    void the_statistics_count_events_streams_and_types() {
        append(event("order-17", "order.placed"), event("order-18", "order.placed"), event("order-17", "order.paid"));
        append(event("$system", "$started"));

        StoreStats stats = store.stats();

        assertThat(stats.events()).isEqualTo(4);
        assertThat(stats.streams()).isEqualTo(3);
        assertThat(stats.types())
                .containsExactly(entry("$started", 1L), entry("order.paid", 1L), entry("order.placed", 2L));
    }

    @Test
    void each_new_store_has_a_lineage_of_its_own_that_stays_while_it_grows() {
        UUID lineage = store.lineage();
        append(event("order-17", "order.placed"));
        UUID after = store.lineage();
        startOver(limits());

        assertThat(after).isEqualTo(lineage);
        assertThat(store.lineage()).isNotEqualTo(lineage);
    }
}
