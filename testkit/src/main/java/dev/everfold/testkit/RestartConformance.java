package dev.everfold.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.AppendIdReusedException;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.PositionAheadException;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StoreClosedException;
import dev.everfold.eventstore.StoreStats;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// What a store still knows after it was closed and opened again.
///
/// Leaves open: what a crash leaves, which needs the engine's own means to make one; how a store is moved
/// or copied.
public abstract class RestartConformance extends ConformanceSuite {

    @Override
    protected abstract RestartableFixture createFixture();

    @Override
    protected Limits limits() {
        return Limits.DEFAULTS.withRememberedAppends(4);
    }

    /// Closes the store and opens it again.
    private void restart() {
        store.close();
        store = ((RestartableFixture) fixture).reopen(clock, limits());
    }

    @Test
    void all_events_are_the_same_byte_for_byte() {
        append(
                event("order-17", "order.placed", "order:17", "customer:alice"),
                event("order-18", "order.placed").withContent(NewEvent.BINARY, Bytes.of(new byte[] {0, -1, 13, 10})));
        clock.advance(Duration.ofMillis(5));
        append(event("order-17", "order.paid").withMetadata(Bytes.utf8("who")).occurredAt(Instant.EPOCH));
        List<RecordedEvent> before = log();

        restart();

        assertThat(log()).isEqualTo(before);
        assertThat(read(Read.stream("order-17").backwards())).containsExactly(before.get(2), before.get(0));
        assertThat(read(Read.matching(Query.tags("customer:alice")))).containsExactly(before.getFirst());
        assertThat(store.nextPosition()).isEqualTo(3);
    }

    @Test
    void an_empty_store_is_still_empty_and_the_same() {
        UUID lineage = store.lineage();

        restart();

        assertThat(store.nextPosition()).isZero();
        assertThat(log()).isEmpty();
        assertThat(store.lineage()).isEqualTo(lineage);
        assertThat(append(event("order-17", "order.placed"))).isEqualTo(new Appended(0, List.of(0L)));
    }

    @Test
    void positions_and_revisions_go_on() {
        append(event("order-17", "order.placed"), event("order-18", "order.placed"));
        append(event("order-17", "order.paid"));

        restart();
        Appended appended = append(event("order-17", "order.sent"), event("order-18", "order.paid"));

        assertThat(appended).isEqualTo(new Appended(3, List.of(2L, 1L)));
    }

    @Test
    void conditions_are_checked_against_what_was_there_before() {
        append(event("order-17", "order.placed", "order:17"), event("order-17", "order.paid", "order:17"));

        restart();
        AppendConflictException stream =
                conflict(Append.of(event("order-17", "order.sent")).expecting("order-17", Expected.revision(0)));
        AppendConflictException boundary =
                conflict(Append.of(event("order-17", "order.sent")).unless(Query.tags("order:17"), 1));
        PositionAheadException ahead = refused(
                PositionAheadException.class,
                Append.of(event("order-17", "order.sent")).unless(Query.tags("order:17"), 3));

        assertThat(stream)
                .hasMessage("Append to stream \"order-17\" refused: expected revision 0, found 1. "
                        + "Read the stream again and repeat the command.");
        assertThat(boundary)
                .hasMessage("Append refused: expected nothing matching tags \"order:17\" from position 1, "
                        + "found an event at position 1. Read the boundary again and repeat the command.");
        assertThat(ahead.nextPosition()).isEqualTo(2);
    }

    @Test
    void tracked_positions_are_kept_and_must_still_rise() {
        store.append(Append.of(event("order-17", "order.placed")).tracking("shop", 7));
        store.append(Append.track("depot", 3));
        store.append(Append.track("shop", 9));

        restart();
        AppendConflictException refusal = conflict(Append.track("shop", 9));
        store.append(Append.track("depot", 4));

        assertThat(store.trackedPosition("shop")).hasValue(9);
        assertThat(store.trackedPosition("depot")).hasValue(4);
        assertThat(store.trackedPosition("other")).isEmpty();
        assertThat(refusal)
                .hasMessage("Append refused: expected a position of source \"shop\" above 9, found 9. "
                        + "It was taken over already; go on after the tracked position.");
    }

    @Test
    void the_lineage_is_the_same() {
        UUID lineage = store.lineage();
        append(event("order-17", "order.placed"));

        restart();

        assertThat(store.lineage()).isEqualTo(lineage);
    }

    @Test
    void the_statistics_are_the_same() {
        append(event("order-17", "order.placed"), event("order-18", "order.placed"), event("order-17", "order.paid"));
        StoreStats before = store.stats();

        restart();

        StoreStats after = store.stats();
        assertThat(after.events()).isEqualTo(before.events());
        assertThat(after.streams()).isEqualTo(before.streams());
        assertThat(after.types()).isEqualTo(before.types());
    }

    @Test
    void recorded_time_does_not_fall_when_the_clock_was_set_back_meanwhile() {
        append(event("order-17", "order.placed"));
        clock.advance(Duration.ofHours(-1));

        restart();
        append(event("order-17", "order.paid"));
        AppendConflictException refusal =
                conflict(Append.of(event("order-17", "order.sent").recordedAt(clock.instant())));

        assertThat(log())
                .extracting(RecordedEvent::recorded)
                .containsExactly(Instant.parse("2026-03-01T12:00:00Z"), Instant.parse("2026-03-01T12:00:00Z"));
        assertThat(refusal)
                .hasMessage("Append refused: expected a recorded time of 2026-03-01T12:00:00Z or later, "
                        + "found 2026-03-01T11:00:00Z. Copy events in the order in which they were recorded.");
    }

    @Test
    void repeats_are_still_recognised() {
        Append placed = Append.of(event("order-17", "order.placed"), event("order-18", "order.placed"))
                .expecting("order-17", Expected.noStream());
        Append paid = Append.of(event("order-17", "order.paid"));
        Append tracked = Append.track("shop", 7);
        Appended firstPlaced = store.append(placed);
        Appended firstPaid = store.append(paid);
        Appended firstTracked = store.append(tracked);

        restart();

        assertThat(store.append(placed)).isEqualTo(firstPlaced);
        assertThat(store.append(paid)).isEqualTo(firstPaid);
        assertThat(store.append(tracked)).isEqualTo(firstTracked);
        assertThat(log()).hasSize(3);
    }

    @Test
    void an_id_that_is_used_again_with_other_events_is_still_refused() {
        Append paid = Append.of(event("order-17", "order.paid"));
        store.append(Append.of(event("order-17", "order.placed")).withId(paid.id()));

        restart();
        AppendIdReusedException refusal = refused(AppendIdReusedException.class, paid);

        assertThat(refusal)
                .hasMessage("Append " + paid.id() + " refused: this id was used for the 1 events at positions [0, 1) "
                        + "with other event ids. Repeat an append unchanged, or give it a new id.");
    }

    @Test
    void only_as_many_appends_are_remembered_as_before() {
        List<Append> appends = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            appends.add(Append.of(event("order-" + i, "order.placed")));
            store.append(appends.getLast());
        }

        restart();
        Appended oldestRemembered = store.append(appends.get(1));
        Appended forgotten = store.append(appends.get(0));
        Appended forgottenNow = store.append(appends.get(1));

        assertThat(oldestRemembered).isEqualTo(new Appended(1, List.of(0L)));
        assertThat(forgotten).isEqualTo(new Appended(5, List.of(1L)));
        assertThat(forgottenNow).isEqualTo(new Appended(6, List.of(1L)));
    }

    @Test
    void appends_without_events_are_counted_among_those_remembered() {
        Append placed = Append.of(event("order-17", "order.placed"));
        store.append(placed);
        for (int i = 1; i <= 3; i++) {
            store.append(Append.track("shop", i));
        }

        restart();
        Appended remembered = store.append(placed);
        store.append(Append.track("shop", 4));
        restart();
        Appended forgotten = store.append(placed);

        assertThat(remembered).isEqualTo(new Appended(0, List.of(0L)));
        assertThat(forgotten).isEqualTo(new Appended(1, List.of(1L)));
    }

    @Test
    void refused_appends_leave_no_trace() {
        append(event("order-17", "order.placed"));
        Append refusedBefore = Append.of(event("order-17", "order.placed")).expecting("order-17", Expected.noStream());
        conflict(refusedBefore);

        restart();
        AppendConflictException again = conflict(refusedBefore);

        assertThat(again)
                .hasMessage("Append to stream \"order-17\" refused: expected no stream, found 0. "
                        + "Read the stream again and repeat the command.");
        assertThat(log()).hasSize(1);
    }

    @Test
    void accepted_asynchronous_appends_are_there_in_their_order() {
        List<CompletableFuture<Appended>> answers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            answers.add(store.appendAsync(Append.of(event("order-17", "step." + i))));
        }

        restart();

        assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompleted());
        assertThat(log())
                .extracting(RecordedEvent::type)
                .isEqualTo(IntStream.range(0, 100).mapToObj(i -> "step." + i).toList());
    }

    @Test
    void exactly_what_writers_were_told_is_stored_when_they_meet_the_close() throws Exception {
        CountDownLatch underWay = new CountDownLatch(20);
        List<List<UUID>> acknowledged =
                Racers.race(5, racer -> () -> racer == 0 ? closeAfter(underWay) : write(racer, underWay));

        restart();

        assertThat(log()).extracting(RecordedEvent::id).doesNotHaveDuplicates();
        assertThat(log().stream().map(RecordedEvent::id).collect(Collectors.toSet()))
                .isEqualTo(acknowledged.stream().flatMap(List::stream).collect(Collectors.toSet()));
    }

    @Test
    void many_restarts_lose_and_repeat_nothing() {
        List<String> types = new ArrayList<>();
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < 3; i++) {
                types.add("step." + round + "." + i);
                append(event("order-" + i, types.getLast()));
            }
            restart();
        }

        assertThat(log()).extracting(RecordedEvent::type).isEqualTo(types);
        assertThat(log())
                .extracting(RecordedEvent::position)
                .isEqualTo(LongStream.range(0, 15).boxed().toList());
        assertThat(positions(Read.stream("order-2"))).containsExactly(2L, 5L, 8L, 11L, 14L);
    }

    private List<UUID> closeAfter(CountDownLatch underWay) throws InterruptedException {
        underWay.await();
        store.close();
        return List.of();
    }

    /// Appends until the store is closed; returns the ids of the events that were acknowledged.
    private List<UUID> write(int writer, CountDownLatch underWay) throws InterruptedException {
        List<UUID> acknowledged = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(writer);
        Racers.Rounds rounds = new Racers.Rounds();
        try {
            while (rounds.another()) {
                NewEvent event = event("order-" + writer, "order.placed");
                append(event);
                acknowledged.add(event.id());
                underWay.countDown();
                Racers.stagger(random);
            }
        } catch (StoreClosedException closed) {
            return acknowledged;
        }
        return acknowledged;
    }
}
