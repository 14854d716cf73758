package dev.everfold.eventsourcing;

import static dev.everfold.eventsourcing.Decision.accept;
import static dev.everfold.eventsourcing.Decision.reject;
import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.codec.EventType;
import dev.everfold.eventsourcing.testing.DeciderSpec;
import org.junit.jupiter.api.Test;

/// An account in twenty lines, as a newcomer writes it.
class TwentyLinesTest {

    sealed interface AccountEvent {
        @EventType("account.opened")
        record Opened(String account, String owner) implements AccountEvent {}

        @EventType("account.deposited")
        record Deposited(String account, long cents) implements AccountEvent {}
    }

    sealed interface AccountCommand {
        record Open(String account, String owner) implements AccountCommand {}

        record Deposit(String account, long cents) implements AccountCommand {}
    }

    record Account(boolean open, long cents) {
        static final Decider<AccountCommand, Account, AccountEvent> DECIDER = Decider.of(
                new Account(false, 0),
                (command, account) -> switch (command) {
                    case AccountCommand.Open o when account.open() -> reject("account is already open");
                    case AccountCommand.Open o -> accept(new AccountEvent.Opened(o.account(), o.owner()));
                    case AccountCommand.Deposit d when !account.open() -> reject("account is not open");
                    case AccountCommand.Deposit d -> accept(new AccountEvent.Deposited(d.account(), d.cents()));
                },
                (account, event) -> switch (event) {
                    case AccountEvent.Opened o -> new Account(true, 0);
                    case AccountEvent.Deposited d -> new Account(true, account.cents() + d.cents());
                });
    }

    @Test
    void an_account_of_twenty_lines_is_opened_filled_and_read() {
        try (var everfold = Everfold.open("memory:")) {
            var accounts = everfold.decider("account", Account.DECIDER).snapshotEvery(100);

            accounts.handle("42", new AccountCommand.Open("42", "alice"));
            accounts.handle("42", new AccountCommand.Deposit("42", 500));

            assertThat(accounts.state("42")).isEqualTo(new Account(true, 500));
        }
    }

    @Test
    void its_specification_needs_no_store() {
        DeciderSpec.of(Account.DECIDER)
                .given(new AccountEvent.Opened("42", "alice"))
                .when(new AccountCommand.Deposit("42", 500))
                .then(new AccountEvent.Deposited("42", 500))
                .thenState(new Account(true, 500));
    }
}
