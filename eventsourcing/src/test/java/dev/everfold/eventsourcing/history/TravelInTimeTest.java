package dev.everfold.eventsourcing.history;

import static dev.everfold.eventsourcing.Decision.accept;
import static dev.everfold.eventsourcing.Decision.compensating;
import static dev.everfold.eventsourcing.history.PointInTime.asOf;
import static dev.everfold.eventsourcing.history.PointInTime.atPosition;
import static dev.everfold.eventsourcing.history.PointInTime.atRevision;
import static dev.everfold.eventsourcing.history.PointInTime.knownAt;
import static dev.everfold.eventsourcing.history.PointInTime.now;
import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.CommandContext;
import dev.everfold.eventsourcing.Decider;
import dev.everfold.eventsourcing.DeciderHandler;
import dev.everfold.eventsourcing.Decision;
import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.codec.EventType;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.Query;
import dev.everfold.testkit.DocumentedCode;
import dev.everfold.testkit.MutableClock;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The code of docs/how-to/travel-in-time.md, which is compiled and does what the guide says.
class TravelInTimeTest {

    sealed interface AccountEvent {
        @EventType("account.opened")
        record Opened(String owner) implements AccountEvent {}

        @EventType("account.charged")
        record Charged(long cents) implements AccountEvent {}

        @EventType("account.refunded")
        record Refunded(long cents) implements AccountEvent {}
    }

    sealed interface AccountCommand {
        record Open(String owner) implements AccountCommand {}

        record Charge(long cents) implements AccountCommand {}

        record Refund(UUID charge, long cents) implements AccountCommand {}
    }

    record Account(String owner, long cents) {
        static final Decider<AccountCommand, Account, AccountEvent> DECIDER =
                Decider.of(new Account("", 0), Account::decide, Account::evolve);

        private static Decision<AccountEvent> decide(AccountCommand command, Account account) {
            return switch (command) {
                case AccountCommand.Open(String owner) -> accept(new AccountEvent.Opened(owner));
                case AccountCommand.Charge(long cents) -> accept(new AccountEvent.Charged(cents));
                case AccountCommand.Refund(UUID charge, long cents) ->
                    accept(compensating(charge, new AccountEvent.Refunded(cents)));
            };
        }

        private static Account evolve(Account account, AccountEvent event) {
            return switch (event) {
                case AccountEvent.Opened(String owner) -> new Account(owner, 0);
                case AccountEvent.Charged(long cents) -> new Account(account.owner(), account.cents() - cents);
                case AccountEvent.Refunded(long cents) -> new Account(account.owner(), account.cents() + cents);
            };
        }
    }

    private static final Instant MARCH = Instant.parse("2026-03-01T00:00:00Z");
    private static final Instant APRIL = Instant.parse("2026-04-01T00:00:00Z");

    private final MutableClock clock = MutableClock.at(Instant.EPOCH);
    private final InMemoryEventStore store = new InMemoryEventStore(clock, Limits.DEFAULTS);
    private final Everfold everfold = Everfold.on(store);
    private final DeciderHandler<AccountCommand, Account, AccountEvent> accounts =
            everfold.decider("account", Account.DECIDER);

    /// One event of February arrives in the middle of March.
    @BeforeEach
    void anAccountWithAHistory() {
        clock.set(Instant.parse("2026-01-10T00:00:00Z"));
        accounts.handle("42", new AccountCommand.Open("alice"));
        clock.set(Instant.parse("2026-03-15T00:00:00Z"));
        accounts.handle(
                "42",
                new AccountCommand.Charge(500),
                CommandContext.none()
                        .withActor("clerk")
                        .withReason("bill of February")
                        .occurredAt(Instant.parse("2026-02-20T00:00:00Z")));
        clock.set(Instant.parse("2026-04-02T00:00:00Z"));
        UUID charge =
                accounts.history("42").skip(1).findFirst().orElseThrow().place().id();
        accounts.handle(
                "42",
                new AccountCommand.Refund(charge, 500),
                CommandContext.none().withActor("clerk"));
    }

    @Test
    void the_state_at_a_point() {
        Account trueThen = accounts.state("42", asOf(MARCH));
        Account knownThen = accounts.state("42", knownAt(MARCH));
        Account both = accounts.state("42", asOf(MARCH).knownAt(APRIL));

        assertThat(trueThen).isEqualTo(new Account("alice", -500));
        assertThat(knownThen).isEqualTo(new Account("alice", 0));
        assertThat(both).isEqualTo(new Account("alice", -500));
    }

    @Test
    void the_state_at_a_place_of_the_log() {
        long position = 2;

        Account below = accounts.state("42", atPosition(position));
        Account afterOneEvent = accounts.state("42", atRevision(1));

        assertThat(below).isEqualTo(new Account("alice", -500));
        assertThat(afterOneEvent).isEqualTo(new Account("alice", 0));
    }

    @Test
    void how_a_state_came_about() {
        List<String> lines = new ArrayList<>();

        accounts.history("42").map(HistoryEntry::format).forEach(lines::add);

        assertThat(lines).hasSize(3);
        assertThat(lines.get(1)).isEqualTo("""
                        revision 1, position 1: account.charged
                          when: 2026-02-20T00:00:00Z, recorded 2026-03-15T00:00:00Z
                          who: clerk
                          why: bill of February
                          compensated by: account.refunded, revision 2 of account-42, position 2
                          event: Charged[cents=500]
                          state: cents: 0 → -500""");
    }

    @Test
    void what_changed_between_two_points() {
        List<Difference> changed = accounts.difference("42", knownAt(MARCH), knownAt(APRIL));

        assertThat(changed).extracting(Difference::toString).containsExactly("cents: 0 → -500");
    }

    @Test
    void many_states_at_one_point() {
        Map<String, Account> all = accounts.states(asOf(APRIL));
        Map<String, Account> two = accounts.states(List.of("42", "43"), asOf(APRIL));
        Map<String, Account> tagged = accounts.states(Query.tags("branch:berlin"), asOf(APRIL));

        assertThat(all).containsOnlyKeys("42").containsEntry("42", new Account("alice", -500));
        assertThat(two).containsOnlyKeys("42", "43").containsEntry("43", new Account("", 0));
        assertThat(tagged).isEmpty();
    }

    @Test
    void several_deciders_at_one_position() {
        var cards = everfold.decider("card", Account.DECIDER);

        long position = everfold.store().nextPosition();
        Map<String, Account> accountsThen = accounts.states(atPosition(position));
        Map<String, Account> cardsThen = cards.states(atPosition(position));

        assertThat(accountsThen).isEqualTo(accounts.states(now()));
        assertThat(cardsThen).isEmpty();
    }

    @Test
    void the_code_of_the_guide_is_the_code_above() {
        DocumentedCode guide = DocumentedCode.of(Path.of("../docs/how-to/travel-in-time.md"));

        assertThat(guide.blocks()).hasSize(7);
        guide.assertThatBlocksAreIn(Path.of("src/test/java/dev/everfold/eventsourcing/history/TravelInTimeTest.java"));
    }
}
