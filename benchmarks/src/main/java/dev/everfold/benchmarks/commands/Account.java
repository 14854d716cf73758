package dev.everfold.benchmarks.commands;

import static dev.everfold.eventsourcing.Decision.accept;
import static dev.everfold.eventsourcing.Decision.reject;

import dev.everfold.benchmarks.commands.AccountCommand.Deposit;
import dev.everfold.benchmarks.commands.AccountCommand.Open;
import dev.everfold.benchmarks.commands.AccountEvent.Deposited;
import dev.everfold.benchmarks.commands.AccountEvent.Opened;
import dev.everfold.eventsourcing.Decider;
import dev.everfold.eventsourcing.Decision;

/// An account as Everfold folds it.
record Account(boolean open, long cents) {

    static final Decider<AccountCommand, Account, AccountEvent> DECIDER =
            Decider.of(new Account(false, 0), Account::decide, Account::evolve);

    private static Decision<AccountEvent> decide(AccountCommand command, Account account) {
        return switch (command) {
            case Open _ when account.open() -> reject("account is already open");
            case Open(String id) -> accept(new Opened(id));
            case Deposit _ when !account.open() -> reject("account is not open");
            case Deposit(String id, long cents) -> accept(new Deposited(id, cents));
        };
    }

    private static Account evolve(Account account, AccountEvent event) {
        return switch (event) {
            case Opened _ -> new Account(true, 0);
            case Deposited deposited -> new Account(true, account.cents() + deposited.cents());
        };
    }
}
