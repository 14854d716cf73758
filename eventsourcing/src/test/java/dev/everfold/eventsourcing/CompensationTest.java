package dev.everfold.eventsourcing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventsourcing.Account.Deposit;
import dev.everfold.eventsourcing.Account.Open;
import dev.everfold.eventsourcing.Account.Refund;
import dev.everfold.eventsourcing.Account.Withdraw;
import dev.everfold.eventsourcing.codec.EventMetadata;
import dev.everfold.eventsourcing.testing.FixedIds;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.testkit.Racers;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CompensationTest {

    private final EventStore store = new InMemoryEventStore();
    private final DeciderHandler<Account.Command, Account, Account.Event> accounts =
            Everfold.on(store).decider("account", Account.DECIDER);

    private UUID withdrawal;

    @BeforeEach
    void withdraw() {
        accounts.handle("42", new Open("alice"));
        accounts.handle("42", new Deposit(500));
        withdrawal = switch (accounts.handle("42", new Withdraw(300))) {
            case Handled.Accepted<Account, Account.Event> accepted ->
                accepted.eventIds().getFirst();
            case Handled<Account, Account.Event> other -> throw new AssertionError(other.toString());
        };
    }

    @Test
    void an_event_that_makes_good_another_is_linked_to_it() {
        var refunded = accounts.handle("42", new Refund(withdrawal, 300));

        assertThat(refunded.state()).isEqualTo(new Account(true, 500));
        var events = store.read(Read.matching(Query.tags(EventMetadata.compensatesTag(withdrawal))))
                .toList();
        assertThat(events)
                .extracting(event -> EventMetadata.of(event).compensates().orElseThrow())
                .containsExactly(withdrawal);
    }

    @Test
    void an_event_that_is_not_there_cannot_be_compensated() {
        var refused = accounts.handle("42", new Refund(FixedIds.id(1), 300));

        assertThat(refused)
                .isEqualTo(new Handled.Rejected<>(
                        "there is no event 00000000-0000-7000-8000-000000000001 to compensate",
                        new Account(true, 200)));
        assertThat(store.nextPosition()).isEqualTo(3);
    }

    @Test
    void an_event_is_compensated_once() {
        accounts.handle("42", new Refund(withdrawal, 300));

        var refused = accounts.handle("42", new Refund(withdrawal, 300));

        assertThat(refused)
                .isEqualTo(new Handled.Rejected<>(
                        "event " + withdrawal + " is compensated already, by the event at position 3",
                        new Account(true, 500)));
        assertThat(store.nextPosition()).isEqualTo(4);
    }

    @Test
    void of_many_who_compensate_one_event_from_many_streams_one_does() throws Exception {
        for (int i = 0; i < 8; i++) {
            accounts.handle("other" + i, new Open("bob"));
        }

        List<Handled<Account, Account.Event>> answers =
                Racers.race(8, racer -> () -> accounts.handle("other" + racer, new Refund(withdrawal, 300)));

        assertThat(answers).filteredOn(Handled.Accepted.class::isInstance).hasSize(1);
        assertThat(answers).filteredOn(Handled.Rejected.class::isInstance).hasSize(7);
    }

    @Test
    void a_refund_that_comes_again_by_its_id_has_its_first_answer() {
        CommandContext id = CommandContext.of(FixedIds.id(1));

        var first = accounts.handle("42", new Refund(withdrawal, 300), id);

        assertThat(first).isInstanceOf(Handled.Accepted.class);
        assertThat(accounts.handle("42", new Refund(withdrawal, 300), id)).isEqualTo(first);
    }

    @Test
    void where_it_is_allowed_an_event_is_compensated_in_parts() {
        var lenient = accounts.allowRepeatedCompensation();

        lenient.handle("42", new Refund(withdrawal, 100));
        lenient.handle("42", new Refund(withdrawal, 200));

        assertThat(lenient.state("42")).isEqualTo(new Account(true, 500));
    }

    @Test
    void a_command_does_not_compensate_an_event_twice_by_itself() {
        Decider<String, Long, Account.Deposited> twice = Decider.of(
                0L,
                (command, sum) -> Decision.accept(
                        Decision.compensating(withdrawal, new Account.Deposited(1)),
                        Decision.compensating(withdrawal, new Account.Deposited(2))),
                (sum, event) -> sum + event.cents());

        assertThat(Everfold.on(store).decider("jar", twice).handle("1", "refund"))
                .isEqualTo(new Handled.Rejected<>("one command compensates an event twice", 0L));
    }

    @Test
    void a_command_that_was_decided_before_another_process_compensated_is_decided_again() {
        Decider<String, Boolean, Account.Deposited> once = Decider.of(
                false,
                (command, refunded) -> refunded
                        ? Decision.nothing()
                        : Decision.accept(Decision.compensating(withdrawal, new Account.Deposited(300))),
                (refunded, event) -> true);
        var here = Everfold.on(store).decider("jar", once);
        var there = Everfold.on(store).decider("jar", once);
        assertThat(there.state("1")).isFalse();
        here.handle("1", "refund");

        assertThat(there.handle("1", "refund")).isEqualTo(new Handled.Nothing<>(true));
    }

    @Test
    void metadata_of_a_command_compensates_nothing_past_the_decision() {
        EventMetadata metadata = EventMetadata.none().withCompensates(withdrawal);

        assertThatThrownBy(() -> CommandContext.of(metadata))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The metadata of a command compensates event " + withdrawal + ", and would go with all of"
                        + " its events, unchecked; expected none that does. Let the decision say which event"
                        + " compensates: Decision.compensating(eventId, event).");
    }
}
