package dev.everfold.eventsourcing.testing;

import static dev.everfold.eventsourcing.projection.ModelRow.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventType;
import dev.everfold.eventsourcing.projection.Build;
import dev.everfold.eventsourcing.projection.MemoryReadModel;
import dev.everfold.eventsourcing.projection.MemoryRows;
import dev.everfold.eventsourcing.projection.Projection;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProjectionSpecTest {

    private static final long SEED = 42;

    sealed interface AccountEvent {
        @EventType("account.opened")
        record Opened(String account) implements AccountEvent {}

        @EventType("account.deposited")
        record Deposited(String account, long cents) implements AccountEvent {}
    }

    private static final EventCodec<AccountEvent> CODEC = EventCodec.of(AccountEvent.class);
    private static final AccountEvent ALICE = new AccountEvent.Opened("alice");
    private static final AccountEvent BOB = new AccountEvent.Opened("bob");
    private static final AccountEvent FIVE = new AccountEvent.Deposited("alice", 5);
    private static final AccountEvent SEVEN = new AccountEvent.Deposited("alice", 7);

    private static final Projection<MemoryRows<String, Long>> BALANCES =
            Projection.of("balances", CODEC, (rows, event, _) -> {
                switch (event) {
                    case AccountEvent.Opened opened -> rows.put(opened.account(), 0L);
                    case AccountEvent.Deposited deposited
                    when deposited.cents() < 0 -> throw new IllegalArgumentException("less than nothing");
                    case AccountEvent.Deposited deposited ->
                        rows.update(deposited.account(), cents -> cents + deposited.cents());
                }
            });

    private static final ProjectionSpec<MemoryRows<String, Long>, AccountEvent> SPEC =
            ProjectionSpec.of(BALANCES, CODEC);

    @Test
    void the_rows_that_events_make_are_compared() {
        SPEC.thenNothing()
                .given(ALICE, FIVE)
                .then(row("balances", "alice").with("value", 5))
                .given(BOB, SEVEN)
                .then(
                        row("balances", "bob").with("value", 0),
                        row("balances", "alice").with("value", 12))
                .thenIn(
                        "balances",
                        row("balances", "alice").with("value", 12),
                        row("balances", "bob").with("value", 0))
                .thenIn("others")
                .thenSameAfterKill(2)
                .thenSameAfterKills(SEED);
    }

    @Test
    void rows_that_are_wrong_missing_or_too_many_are_named() {
        assertThatThrownBy(() -> SPEC.given(ALICE, FIVE, BOB)
                        .then(
                                row("balances", "alice").with("value", 7),
                                row("balances", "carol").with("value", 0)))
                .isInstanceOf(AssertionError.class)
                .hasMessage("""
                        Projection "balances" after 3 events
                          balances alice: value expected 7, found 5
                          balances bob: expected nothing, found {value=0}
                          balances carol: expected {value=0}, found nothing
                          given    events [Opened[account=alice], Deposited[account=alice, cents=5], \
                        Opened[account=bob]]""");
        assertThatThrownBy(() -> SPEC.given(ALICE).then(row("balances", "alice").with("cents", 0)))
                .isInstanceOf(AssertionError.class)
                .hasMessage("""
                        Projection "balances" after 1 event
                          balances alice: cents expected 0, found nothing; value expected nothing, found 0
                          given    events [Opened[account=alice]]""");
        assertThatThrownBy(() -> SPEC.given(ALICE).thenNothing()).isInstanceOf(AssertionError.class);
    }

    @Test
    void many_differences_are_counted() {
        AccountEvent[] opened = new AccountEvent[25];
        for (int i = 0; i < opened.length; i++) {
            opened[i] = new AccountEvent.Opened("account " + (char) ('a' + i));
        }

        assertThatThrownBy(() -> SPEC.given(opened).thenNothing())
                .isInstanceOf(AssertionError.class)
                .message()
                .contains(
                        "balances account t: expected nothing, found {value=0}\n  and 5 rows more\n  given    events [")
                .doesNotContain("balances account u:");
    }

    @Test
    void an_event_that_cannot_be_handled_is_named() {
        AccountEvent wrong = new AccountEvent.Deposited("alice", -1);

        assertThatThrownBy(() -> SPEC.given(ALICE, wrong, FIVE).then())
                .isInstanceOf(AssertionError.class)
                .hasMessage("Projection \"balances\" fails at event 2 of 3, account.deposited:"
                        + " IllegalArgumentException: less than nothing");
    }

    @Test
    void a_projection_that_keeps_something_in_a_field_does_not_come_out_the_same_when_it_is_built_anew() {
        Map<String, Long> field = new HashMap<>();
        Projection<MemoryRows<String, Long>> wrong = Projection.of("counts", CODEC, (rows, _, context) -> {
            rows.put(context.event().stream(), field.merge(context.event().stream(), 1L, Long::sum));
        });

        assertThatThrownBy(
                        () -> ProjectionSpec.of(wrong, CODEC).given(ALICE, FIVE).thenSameAfterKill(1))
                .isInstanceOf(AssertionError.class)
                .hasMessage("""
                        Projection "counts" built anew from 2 events
                          counts spec-1: value expected 2, found 4
                          given    events [Opened[account=alice], Deposited[account=alice, cents=5]]""");
    }

    /// It begins anew with an account, so that only a step that is repeated shows that it counts beside the model.
    private static Projection<MemoryRows<String, Long>> totals(AtomicLong field) {
        return Projection.of("totals", CODEC, (rows, event, _) -> {
            switch (event) {
                case AccountEvent.Opened _ -> field.set(0);
                case AccountEvent.Deposited deposited -> rows.put("total", field.addAndGet(deposited.cents()));
            }
        });
    }

    @Test
    void a_projection_that_counts_beside_the_model_is_found_by_a_kill() {
        assertThatThrownBy(() -> ProjectionSpec.of(totals(new AtomicLong()), CODEC)
                        .given(ALICE, FIVE, SEVEN)
                        .then(row("totals", "total").with("value", 12))
                        .thenSameAfterKill(3))
                .isInstanceOf(AssertionError.class)
                .hasMessage("""
                        Projection "totals" killed after event 3 of 3, in steps of 1, \
                        before the step was stored, and started again
                          totals total: value expected 12, found 19
                          given    events [Opened[account=alice], Deposited[account=alice, cents=5], \
                        Deposited[account=alice, cents=7]]""");
    }

    @Test
    void a_kill_at_random_tells_the_seed_and_the_same_seed_fails_in_the_same_way() {
        String once = failure(SEED);

        assertThat(once)
                .startsWith("Projection \"totals\" killed after event ")
                .contains(" and started again (seed 42)\n  totals total: value expected 12, found ");
        assertThat(failure(SEED)).isEqualTo(once);
    }

    private static String failure(long seed) {
        try {
            ProjectionSpec.of(totals(new AtomicLong()), CODEC)
                    .given(ALICE, FIVE, SEVEN)
                    .thenSameAfterKills(seed);
        } catch (AssertionError failed) {
            return failed.getMessage();
        }
        throw new IllegalStateException("it was not found");
    }

    @Test
    void a_kill_is_after_an_event_that_the_projection_takes() {
        var spec = ProjectionSpec.of(BALANCES.select(Query.types("account.opened")), CODEC)
                .given(FIVE, ALICE, SEVEN);

        spec.thenSameAfterKill(2);

        assertThatThrownBy(() -> spec.thenSameAfterKill(3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Killed after event 3 of 3; expected one that projection \"balances\" takes: [2].");
        assertThatThrownBy(() -> SPEC.thenSameAfterKills(SEED))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("No event was given that projection \"balances\" takes; expected one to be killed after.");
    }

    @Test
    void stream_and_time_of_events_are_said_where_they_matter() {
        Projection<MemoryRows<String, Instant>> last = Projection.of(
                "last", CODEC, (rows, _, context) -> rows.put(context.event().stream(), context.occurred()));

        ProjectionSpec.of(last, CODEC)
                .given(ALICE)
                .in("account-bob")
                .at(Instant.parse("2026-03-01T00:00:00Z"))
                .given(BOB)
                .then(
                        row("last", "spec-1").with("value", FixedClock.NOON),
                        row("last", "account-bob").with("value", "2026-03-01T00:00:00Z"));
    }

    @Test
    void events_as_they_are_stored_go_into_the_streams_that_they_name() {
        Projection<MemoryRows<String, Integer>> counts = Projection.raw(
                "counts", Query.types("placed"), (rows, event) -> rows.merge(event.stream(), 1, Integer::sum));

        ProjectionSpec.raw(counts)
                .given(NewEvent.of("order-1", "placed", "{}"), NewEvent.of("order-2", "sent", "{}"))
                .given(NewEvent.of("order-1", "placed", "{}"))
                .then(row("counts", "order-1").with("value", 2))
                .thenSameAfterKills(SEED);
    }

    @Test
    void a_model_that_is_given_keeps_one_build() {
        MemoryReadModel<String, Long> model = MemoryReadModel.empty();

        ProjectionSpec.of(BALANCES, CODEC, model)
                .given(ALICE, FIVE)
                .then(row("balances", "alice").with("value", 5))
                .thenSameAfterKills(SEED);

        assertThat(model.builds("balances")).extracting(Build::number).containsExactly(1L);
    }

    @Test
    void a_row_of_another_part_cannot_be_expected_in_one() {
        assertThatThrownBy(() -> SPEC.thenIn("balances", row("orders", "1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A row of \"orders\" is expected in \"balances\"; expected rows of it alone.");
    }
}
