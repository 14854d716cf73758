package dev.everfold.examples.bank;

import static dev.everfold.examples.bank.Bank.at;
import static dev.everfold.examples.bank.Bank.eventOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.CommandContext;
import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.Handled;
import dev.everfold.eventsourcing.boundary.Outcome;
import dev.everfold.eventsourcing.codec.EventMetadata;
import dev.everfold.eventsourcing.testing.DeciderSpec;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.examples.bank.AccountCommand.Charge;
import dev.everfold.examples.bank.AccountCommand.Deposit;
import dev.everfold.examples.bank.AccountCommand.Open;
import dev.everfold.examples.bank.AccountCommand.Withdraw;
import dev.everfold.examples.bank.AccountEvent.Deposited;
import dev.everfold.examples.bank.AccountEvent.Opened;
import dev.everfold.examples.bank.AccountEvent.Withdrawn;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The bank keeps its rules.
final class BankTest {

    private static final CommandContext MONDAY = at("2026-03-02T09:00:00Z");

    private final Everfold everfold = Everfold.open("memory:");
    private final Bank bank = new Bank(everfold);

    @BeforeEach
    void openTwoAccounts() {
        bank.handle(new Open("alice", "Alice"), MONDAY);
        bank.handle(new Open("bob", "Bob"), MONDAY);
        bank.handle(new Deposit("alice", 100), MONDAY);
    }

    @AfterEach
    void close() {
        everfold.close();
    }

    @Test
    void an_account_gives_what_is_there_and_no_more() {
        DeciderSpec.of(Account.DECIDER)
                .given(new Opened("42", "Alice"), new Deposited("42", 500))
                .when(new Withdraw("42", 300))
                .then(new Withdrawn("42", 300))
                .thenState(new Account(true, 200))
                .when(new Withdraw("42", 300))
                .thenRejected("only 200 cents are there");
    }

    @Test
    void what_is_not_an_amount_and_what_is_not_an_account_are_refused() {
        DeciderSpec.of(Account.DECIDER).when(new Deposit("42", 1)).thenRejected("there is no such account");
        DeciderSpec.of(Account.DECIDER)
                .given(new Opened("42", "Alice"))
                .when(new Deposit("42", 0))
                .thenRejected("an amount is more than nothing");
        DeciderSpec.of(Account.DECIDER)
                .given(new Opened("42", "Alice"))
                .when(new Withdraw("42", -1))
                .thenRejected("an amount is more than nothing");
        DeciderSpec.of(Account.DECIDER)
                .given(new Opened("42", "Alice"))
                .when(new Open("42", "Bob"))
                .thenRejected("the account is open already");
    }

    @Test
    void a_transfer_happens_on_both_sides_or_on_neither() {
        assertThat(bank.transfer("alice", "bob", 60, MONDAY)).isInstanceOf(Outcome.Accepted.class);
        assertThat(bank.transfer("alice", "bob", 60, MONDAY))
                .isEqualTo(new Outcome.Rejected<>("only 40 cents are there"));
        assertThat(bank.transfer("alice", "nobody", 1, MONDAY))
                .isEqualTo(new Outcome.Rejected<>("there is no such account"));
        assertThat(bank.transfer("alice", "alice", 1, MONDAY))
                .isEqualTo(new Outcome.Rejected<>("a transfer is between two accounts"));

        assertThat(bank.account("alice").cents()).isEqualTo(40);
        assertThat(bank.account("bob").cents()).isEqualTo(60);
    }

    @Test
    void no_money_is_made_or_lost_by_many_transfers_at_once() throws Exception {
        bank.handle(new Deposit("bob", 100), MONDAY);
        List<Future<Outcome<AccountEvent>>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20; i++) {
                String from = i % 2 == 0 ? "alice" : "bob";
                String to = i % 2 == 0 ? "bob" : "alice";
                answers.add(threads.submit(() -> bank.transfer(from, to, 7, MONDAY)));
            }
        }

        for (Future<Outcome<AccountEvent>> answer : answers) {
            assertThat(answer.get()).isInstanceOf(Outcome.Accepted.class);
        }
        assertThat(bank.account("alice").cents()).isEqualTo(100);
        assertThat(bank.account("bob").cents()).isEqualTo(100);
    }

    @Test
    void a_command_that_is_repeated_charges_once() {
        CommandContext once = CommandContext.of(UUID.randomUUID());

        Handled<Account, AccountEvent> first = bank.handle(new Charge("alice", 30, "cafe"), once);
        Handled<Account, AccountEvent> again = bank.handle(new Charge("alice", 30, "cafe"), once);

        assertThat(eventOf(again)).isEqualTo(eventOf(first));
        assertThat(bank.account("alice").cents()).isEqualTo(70);
    }

    @Test
    void a_charge_is_refunded_once_and_both_stay_in_the_log() {
        bank.handle(new Charge("alice", 30, "cafe"), MONDAY);
        UUID twice = eventOf(bank.handle(new Charge("alice", 30, "cafe"), MONDAY));

        bank.refund(twice, MONDAY.withReason("charged twice"));

        assertThat(bank.account("alice").cents()).isEqualTo(70);
        assertThat(bank.refund(twice, MONDAY))
                .isInstanceOfSatisfying(
                        Handled.Rejected.class,
                        rejected -> assertThat(rejected.reason()).contains("is compensated already"));
        assertThat(everfold.store()
                        .read(Read.matching(Query.tags(EventMetadata.compensatesTag(twice))))
                        .toList())
                .singleElement()
                .satisfies(
                        refund -> assertThat(EventMetadata.of(refund).reason()).contains("charged twice"));
    }

    @Test
    void a_statement_tells_what_was_so_on_its_date_also_when_it_was_recorded_later() {
        bank.handle(new Withdraw("alice", 10), at("2026-03-05T00:00:00Z"));
        bank.handle(new Deposit("alice", 5), at("2026-03-04T00:00:00Z"));

        assertThat(bank.statement("alice", "2026-03-01T00:00:00Z").lines()).isEmpty();
        assertThat(bank.statement("alice", "2026-03-03T00:00:00Z").cents()).isEqualTo(100);
        assertThat(bank.statement("alice", "2026-03-04T00:00:00Z").cents()).isEqualTo(105);
        assertThat(bank.statement("alice", "2026-03-06T00:00:00Z").lines())
                .extracting(Statement.Line::cents)
                .containsExactly(0L, 100L, 105L, 95L);
        assertThat(bank.statement("alice", "2026-03-06T00:00:00Z").cents())
                .isEqualTo(bank.account("alice").cents());
    }

    @Test
    void the_program_leaves_each_with_what_is_theirs(@TempDir Path folder) {
        Bank.main(new String[] {"log:" + folder});

        try (Everfold stored = Everfold.open("log:" + folder)) {
            Bank after = new Bank(stored);
            assertThat(after.account("alice").cents()).isEqualTo(26_50);
            assertThat(after.account("bob").cents()).isEqualTo(20_00);
        }
    }
}
