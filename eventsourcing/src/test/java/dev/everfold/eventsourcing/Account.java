package dev.everfold.eventsourcing;

import static dev.everfold.eventsourcing.Decision.accept;
import static dev.everfold.eventsourcing.Decision.compensating;
import static dev.everfold.eventsourcing.Decision.nothing;
import static dev.everfold.eventsourcing.Decision.reject;

import dev.everfold.eventsourcing.codec.EventType;
import java.util.UUID;

/// An account, as the tests know it.
record Account(boolean open, long cents) {

    sealed interface Event {}

    @EventType("account.opened")
    record Opened(String owner) implements Event {}

    @EventType("account.deposited")
    record Deposited(long cents) implements Event {}

    @EventType("account.withdrawn")
    record Withdrawn(long cents) implements Event {}

    sealed interface Command {}

    record Open(String owner) implements Command {}

    record Deposit(long cents) implements Command {}

    record DepositTwice(long cents) implements Command {}

    record Withdraw(long cents) implements Command {}

    record Refund(UUID withdrawal, long cents) implements Command {}

    static final Decider<Command, Account, Event> DECIDER =
            Decider.of(new Account(false, 0), Account::decide, Account::evolve);

    private static Decision<Event> decide(Command command, Account account) {
        return switch (command) {
            case Open _ when account.open() -> reject("account is already open");
            case Open open -> accept(new Opened(open.owner()));
            case Command _ when !account.open() -> reject("account is not open");
            case Deposit(long cents) when cents == 0 -> nothing();
            case Deposit deposit -> accept(new Deposited(deposit.cents()));
            case DepositTwice twice -> accept(new Deposited(twice.cents()), new Deposited(twice.cents()));
            case Withdraw withdraw when withdraw.cents() > account.cents() -> reject("not enough money");
            case Withdraw withdraw -> accept(new Withdrawn(withdraw.cents()));
            case Refund refund -> accept(compensating(refund.withdrawal(), new Deposited(refund.cents())));
        };
    }

    private static Account evolve(Account account, Event event) {
        return switch (event) {
            case Opened _ -> new Account(true, 0);
            case Deposited deposited -> new Account(true, account.cents() + deposited.cents());
            case Withdrawn withdrawn -> new Account(true, account.cents() - withdrawn.cents());
        };
    }
}
