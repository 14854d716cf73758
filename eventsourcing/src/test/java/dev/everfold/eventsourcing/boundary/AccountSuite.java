package dev.everfold.eventsourcing.boundary;

import static dev.everfold.eventsourcing.Decision.accept;
import static dev.everfold.eventsourcing.Decision.reject;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.everfold.eventsourcing.Decider;
import dev.everfold.eventsourcing.Decision;
import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.Handled;
import dev.everfold.eventsourcing.boundary.AccountSuite.MoneyEvent;
import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventMetadata;
import dev.everfold.eventsourcing.codec.EventType;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendCondition;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Money: one event moves it between two accounts; and one account as a stream, the special case.
abstract class AccountSuite extends BoundarySuite<MoneyEvent> {

    sealed interface MoneyEvent {
        @EventType("money.deposited")
        record Deposited(String account, long cents) implements MoneyEvent {}

        @EventType("money.withdrawn")
        record Withdrawn(String account, long cents) implements MoneyEvent {}

        @EventType("money.transferred")
        record Transferred(String source, String target, long cents) implements MoneyEvent {}
    }

    record Balances(long source, long target) {}

    AccountSuite() {
        super(
                EventCodec.builder(MoneyEvent.class)
                        .tags(event -> switch (event) {
                            case MoneyEvent.Deposited(var account, var _) -> List.of("account:" + account);
                            case MoneyEvent.Withdrawn(var account, var _) -> List.of("account:" + account);
                            case MoneyEvent.Transferred(var source, var target, var _) ->
                                List.of("account:" + source, "account:" + target);
                        })
                        .build(),
                event -> "account-"
                        + switch (event) {
                            case MoneyEvent.Deposited(var account, var _) -> account;
                            case MoneyEvent.Withdrawn(var account, var _) -> account;
                            case MoneyEvent.Transferred(var source, var _, var _) -> source;
                        });
    }

    private static QueryModel<Long> balance(String account) {
        return DecisionModel.of("balance of account " + account, 0L)
                .on(MoneyEvent.class, (cents, event) -> cents + change(account, event))
                .tagged("account:" + account);
    }

    private static long change(String account, MoneyEvent event) {
        return switch (event) {
            case MoneyEvent.Deposited(var _, long cents) -> cents;
            case MoneyEvent.Withdrawn(var _, long cents) -> -cents;
            case MoneyEvent.Transferred(var source, var target, long cents) ->
                (target.equals(account) ? cents : 0) - (source.equals(account) ? cents : 0);
        };
    }

    private Outcome<MoneyEvent> transfer(String source, String target, long cents) {
        return boundary.attempts(500)
                .decide(
                        DecisionModel.compose(balance(source), balance(target), Balances::new),
                        balances -> balances.source() < cents
                                ? reject("account " + source + " has " + balances.source())
                                : accept(new MoneyEvent.Transferred(source, target, cents)));
    }

    @Test
    void a_transfer_is_one_event_of_two_accounts() {
        given(new MoneyEvent.Deposited("alice", 500));

        assertAccepted(transfer("alice", "bob", 300), new MoneyEvent.Transferred("alice", "bob", 300));
        assertThat(boundary.state(balance("alice"))).isEqualTo(200);
        assertThat(boundary.state(balance("bob"))).isEqualTo(300);
    }

    @Test
    void a_transfer_beyond_the_balance_is_refused() {
        given(new MoneyEvent.Deposited("alice", 500));
        transfer("alice", "bob", 300);

        assertRejected(transfer("alice", "bob", 201), "account alice has 200");
        assertAccepted(transfer("bob", "alice", 300), new MoneyEvent.Transferred("bob", "alice", 300));
    }

    @Test
    void transfers_between_a_few_accounts_at_once_keep_the_sum_and_overdraw_none() throws Exception {
        int accounts = 4;
        IntStream.range(0, accounts).forEach(i -> given(new MoneyEvent.Deposited("a" + i, 100)));
        for (long seed = 1; seed <= 3; seed++) {
            long round = seed;
            StaggeredRacers.race(seed, 12, racer -> {
                SplittableRandom random = new SplittableRandom(round * 1_000 + racer);
                for (int i = 0; i < 4; i++) {
                    int source = random.nextInt(accounts);
                    int target = (source + 1 + random.nextInt(accounts - 1)) % accounts;
                    transfer("a" + source, "a" + target, random.nextLong(1, 90));
                }
                return true;
            });

            assertThat(balancesAfterEachEvent(accounts)).as("seed %s", seed).allMatch(cents -> cents >= 0);
            assertThat(IntStream.range(0, accounts)
                            .mapToLong(i -> boundary.state(balance("a" + i)))
                            .sum())
                    .as("seed %s", seed)
                    .isEqualTo(accounts * 100L);
        }
    }

    /// Balances of all accounts at every point of the log.
    private List<Long> balancesAfterEachEvent(int accounts) {
        long[] cents = new long[accounts];
        return log().stream()
                .flatMap(event -> {
                    for (int i = 0; i < accounts; i++) {
                        if (touches("a" + i, event)) {
                            cents[i] += change("a" + i, event);
                        }
                    }
                    return LongStream.of(cents).boxed().toList().stream();
                })
                .toList();
    }

    private static boolean touches(String account, MoneyEvent event) {
        return switch (event) {
            case MoneyEvent.Deposited(var of, var _) -> of.equals(account);
            case MoneyEvent.Withdrawn(var of, var _) -> of.equals(account);
            case MoneyEvent.Transferred(var source, var target, var _) ->
                source.equals(account) || target.equals(account);
        };
    }

    // A stream with an expected revision, and the same stream as a boundary

    @Test
    void a_boundary_of_one_stream_answers_as_a_stream_with_an_expected_revision_does() {
        for (long seed = 1; seed <= 20; seed++) {
            try (InMemoryEventStore byRevision = new InMemoryEventStore()) {
                String account = "s" + seed;
                SplittableRandom random = new SplittableRandom(seed);
                for (int i = 0; i < 12; i++) {
                    MoneyEvent ours = random.nextBoolean()
                            ? new MoneyEvent.Deposited(account, random.nextLong(1, 50))
                            : new MoneyEvent.Withdrawn(account, random.nextLong(1, 50));
                    boolean disturbed = random.nextInt(3) == 0;

                    assertThat(asBoundary(account, ours, disturbed))
                            .as("seed %s, step %s", seed, i)
                            .isEqualTo(asStream(byRevision, account, ours, disturbed));
                }
                assertThat(store.read(Read.stream("account-" + account)).toList())
                        .extracting(RecordedEvent::type, RecordedEvent::revision, RecordedEvent::data)
                        .as("seed %s", seed)
                        .isEqualTo(byRevision.read(Read.all()).toList().stream()
                                .map(event -> tuple(event.type(), event.revision(), event.data()))
                                .toList());
            }
        }
    }

    /// One attempt, with somebody else's deposit coming in between or not.
    private String asBoundary(String account, MoneyEvent event, boolean disturbed) {
        WatchedStore watched = new WatchedStore(store);
        if (disturbed) {
            watched.beforeNextAppend(() -> given(new MoneyEvent.Deposited(account, 1)));
        }
        DecisionModel<Long> stream = DecisionModel.of("account " + account, 0L)
                .inStream("account-" + account)
                .on(MoneyEvent.class, (cents, each) -> cents + change(account, each));
        try {
            return switch (Boundary.on(watched, codec)
                    .into(streamOf)
                    .attempts(1)
                    .decide(stream, cents -> decide(cents, account, event))) {
                case Outcome.Accepted<MoneyEvent> _ -> "accepted";
                case Outcome.Rejected<MoneyEvent>(String reason) -> reason;
                case Outcome.Nothing<MoneyEvent> _ -> "nothing";
            };
        } catch (BoundaryConflictException conflict) {
            return "conflict";
        }
    }

    private String asStream(InMemoryEventStore byRevision, String account, MoneyEvent event, boolean disturbed) {
        List<RecordedEvent> events =
                byRevision.read(Read.stream("account-" + account)).toList();
        long cents = events.stream()
                .flatMap(each -> codec.decode(each).stream())
                .mapToLong(each -> change(account, each))
                .sum();
        if (decide(cents, account, event) instanceof Decision.Rejected<MoneyEvent>(String reason)) {
            return reason;
        }
        if (disturbed) {
            byRevision.append(Append.of(
                    codec.encode("account-" + account, new MoneyEvent.Deposited(account, 1), EventMetadata.none())));
        }
        try {
            byRevision.append(Append.of(codec.encode("account-" + account, event, EventMetadata.none()))
                    .expecting(
                            "account-" + account,
                            events.isEmpty() ? Expected.noStream() : Expected.revision(events.size() - 1L)));
            return "accepted";
        } catch (AppendConflictException conflict) {
            return "conflict";
        }
    }

    private static Decision<MoneyEvent> decide(long cents, String account, MoneyEvent event) {
        return cents + change(account, event) < 0 ? reject("account has " + cents) : accept(event);
    }

    @Test
    void a_decider_and_a_boundary_of_its_stream_answer_alike() {
        for (long seed = 1; seed <= 5; seed++) {
            try (InMemoryEventStore ofDecider = new InMemoryEventStore();
                    Everfold everfold = Everfold.on(ofDecider)) {
                String account = "d" + seed;
                Decider<MoneyEvent, Long, MoneyEvent> decider = Decider.of(
                        0L,
                        (event, cents) -> decide(cents, account, event),
                        (cents, event) -> cents + change(account, event));
                var accounts = everfold.decider("account", decider, codec);
                SplittableRandom random = new SplittableRandom(seed);
                for (int i = 0; i < 20; i++) {
                    MoneyEvent event = random.nextBoolean()
                            ? new MoneyEvent.Deposited(account, random.nextLong(1, 50))
                            : new MoneyEvent.Withdrawn(account, random.nextLong(1, 50));

                    assertThat(asBoundary(account, event, false))
                            .as("seed %s, step %s", seed, i)
                            .isEqualTo(
                                    switch (accounts.handle(account, event)) {
                                        case Handled.Accepted<Long, MoneyEvent> _ -> "accepted";
                                        case Handled.Rejected<Long, MoneyEvent> rejected -> rejected.reason();
                                        case Handled.Nothing<Long, MoneyEvent> _ -> "nothing";
                                    });
                }
                assertThat(accounts.state(account)).isEqualTo(boundary.state(balance(account)));
            }
        }
    }

    @Test
    void a_boundary_may_guard_more_than_the_stream_that_it_writes_to() {
        WatchedStore watched = new WatchedStore(store);

        Boundary.on(watched, codec)
                .into("journal")
                .decide(balance("alice"), _ -> accept(new MoneyEvent.Deposited("alice", 5)));

        assertThat(watched.appends().getFirst().conditions())
                .containsExactly(new AppendCondition.NothingMatching(
                        Query.of(new Query.Item()
                                .withTags("account:alice")
                                .withTypes("money.deposited", "money.transferred", "money.withdrawn")),
                        0));
        assertThat(store.read(Read.stream("journal")).toList()).hasSize(1);
    }
}
