package dev.everfold.eventsourcing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventsourcing.Account.Deposit;
import dev.everfold.eventsourcing.Account.DepositTwice;
import dev.everfold.eventsourcing.Account.Open;
import dev.everfold.eventsourcing.Account.Withdraw;
import dev.everfold.eventsourcing.testing.FixedIds;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.testkit.Racers;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CommandIdTest {

    private static final CommandContext ID = CommandContext.of(FixedIds.id(1));

    private final EventStore store =
            new InMemoryEventStore(Clock.systemUTC(), Limits.DEFAULTS.withRememberedAppends(2));

    private final DeciderHandler<Account.Command, Account, Account.Event> accounts = process();

    private DeciderHandler<Account.Command, Account, Account.Event> process() {
        return Everfold.on(store).decider("account", Account.DECIDER);
    }

    @Test
    void a_command_that_comes_again_has_one_effect_and_its_first_answer() {
        accounts.handle("42", new Open("alice"));

        var first = accounts.handle("42", new DepositTwice(500), ID);
        var again = accounts.handle("42", new DepositTwice(500), ID);
        var elsewhere = process().handle("42", new DepositTwice(500), ID);

        assertThat(again).isEqualTo(first);
        assertThat(elsewhere).isEqualTo(first);
        assertThat(accounts.state("42")).isEqualTo(new Account(true, 1_000));
    }

    @Test
    void a_command_has_its_first_answer_even_when_it_would_be_answered_otherwise_now() {
        var opened = accounts.handle("42", new Open("alice"), ID);
        accounts.handle("42", new Deposit(500), CommandContext.of(FixedIds.id(2)));
        var withdrawn = accounts.handle("42", new Withdraw(500), CommandContext.of(FixedIds.id(3)));

        assertThat(accounts.handle("42", new Open("alice"), ID)).isEqualTo(opened);
        assertThat(process().handle("42", new Open("alice"), ID)).isEqualTo(opened);
        assertThat(accounts.handle("42", new Withdraw(500), CommandContext.of(FixedIds.id(3))))
                .isEqualTo(withdrawn);
        assertThat(opened.state()).isEqualTo(new Account(true, 0));
    }

    @Test
    void a_command_has_its_first_answer_long_after_the_store_has_forgotten_the_append() {
        accounts.handle("42", new Open("alice"));
        var first = accounts.handle("42", new Deposit(500), ID);
        for (int i = 0; i < 10; i++) {
            accounts.handle("42", new Deposit(1));
        }

        assertThat(accounts.handle("42", new Deposit(500), ID)).isEqualTo(first);
        assertThat(process().handle("42", new Deposit(500), ID)).isEqualTo(first);
        assertThat(accounts.state("42")).isEqualTo(new Account(true, 510));
    }

    @Test
    void a_command_that_was_rejected_left_no_trace_and_is_decided_anew() {
        var first = accounts.handle("42", new Deposit(500), ID);
        accounts.handle("42", new Open("alice"));

        var again = accounts.handle("42", new Deposit(500), ID);

        assertThat(first).isInstanceOf(Handled.Rejected.class);
        assertThat(again).isInstanceOf(Handled.Accepted.class);
        assertThat(again.state()).isEqualTo(new Account(true, 500));
    }

    @Test
    void a_command_id_of_another_stream_is_refused_and_nothing_is_stored() {
        accounts.handle("41", new Open("bob"), ID);

        assertThatThrownBy(() -> accounts.handle("42", new Open("alice"), ID))
                .isInstanceOf(CommandIdReusedException.class)
                .hasMessage("Command 00000000-0000-7000-8000-000000000001 for stream \"account-42\" refused: this id"
                        + " was used for stream \"account-41\" (position 0)."
                        + " Repeat a command unchanged, or give it a new id.");
        assertThat(store.nextPosition()).isEqualTo(1);
    }

    @Test
    void a_command_that_races_with_its_own_repeats_has_one_effect_and_all_get_the_same_answer() throws Exception {
        accounts.handle("42", new Open("alice"));
        for (int round = 0; round < 20; round++) {
            CommandContext id = CommandContext.of(FixedIds.id(100 + round));

            List<Handled<Account, Account.Event>> answers = Racers.race(
                    8, racer -> () -> (racer % 2 == 0 ? accounts : process()).handle("42", new Deposit(1), id));

            Set<Object> distinct = new HashSet<>(answers);
            assertThat(distinct).hasSize(1);
            assertThat(accounts.state("42")).isEqualTo(new Account(true, round + 1));
        }
    }

    @Test
    void a_command_has_its_first_answer_also_where_others_handed_its_metadata_on() {
        accounts.handle("42", new Open("alice"));
        var first = accounts.handle("42", new DepositTwice(500), ID);
        store.append(Append.of(NewEvent.of("mail-1", "mail.sent", "{}")
                .withMetadata(ID.metadata().encode())
                .withTags(ID.metadata().tags())));

        assertThat(accounts.handle("42", new DepositTwice(500), ID)).isEqualTo(first);
    }
}
