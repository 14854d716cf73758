package dev.everfold.examples.bank;

import static dev.everfold.eventsourcing.Decision.accept;
import static dev.everfold.eventsourcing.Decision.compensating;
import static dev.everfold.eventsourcing.Decision.reject;

import dev.everfold.eventsourcing.Decider;
import dev.everfold.eventsourcing.Decision;
import dev.everfold.examples.bank.AccountCommand.Charge;
import dev.everfold.examples.bank.AccountCommand.Deposit;
import dev.everfold.examples.bank.AccountCommand.Open;
import dev.everfold.examples.bank.AccountCommand.Refund;
import dev.everfold.examples.bank.AccountCommand.Withdraw;
import dev.everfold.examples.bank.AccountEvent.Charged;
import dev.everfold.examples.bank.AccountEvent.Deposited;
import dev.everfold.examples.bank.AccountEvent.Opened;
import dev.everfold.examples.bank.AccountEvent.Received;
import dev.everfold.examples.bank.AccountEvent.Refunded;
import dev.everfold.examples.bank.AccountEvent.Sent;
import dev.everfold.examples.bank.AccountEvent.Withdrawn;

/// An account as its events tell it, and how it answers commands.
///
/// @param isOpen whether it was opened
/// @param cents what is there
public record Account(boolean isOpen, long cents) {

    static final Account NONE = new Account(false, 0);

    static final Decider<AccountCommand, Account, AccountEvent> DECIDER =
            Decider.of(NONE, Account::decide, Account::evolve);

    static Decision<AccountEvent> decide(AccountCommand command, Account account) {
        return switch (command) {
            case Open _ when account.isOpen() -> reject("the account is open already");
            case Open open -> accept(new Opened(open.account(), open.owner()));
            case AccountCommand _ when !account.isOpen() -> reject("there is no such account");
            case Deposit deposit when deposit.cents() <= 0 -> reject("an amount is more than nothing");
            case Deposit deposit -> accept(new Deposited(deposit.account(), deposit.cents()));
            case Withdraw withdraw when !account.canPay(withdraw.cents()) -> reject(account.refusal(withdraw.cents()));
            case Withdraw withdraw -> accept(new Withdrawn(withdraw.account(), withdraw.cents()));
            case Charge charge when !account.canPay(charge.cents()) -> reject(account.refusal(charge.cents()));
            case Charge charge -> accept(new Charged(charge.account(), charge.cents(), charge.shop()));
            case Refund refund -> accept(compensating(refund.charge(), new Refunded(refund.account(), refund.cents())));
        };
    }

    static Account evolve(Account account, AccountEvent event) {
        return switch (event) {
            case Opened _ -> new Account(true, 0);
            case Deposited deposited -> account.plus(deposited.cents());
            case Withdrawn withdrawn -> account.plus(-withdrawn.cents());
            case Charged charged -> account.plus(-charged.cents());
            case Refunded refunded -> account.plus(refunded.cents());
            case Sent sent -> account.plus(-sent.cents());
            case Received received -> account.plus(received.cents());
        };
    }

    boolean canPay(long amount) {
        return amount > 0 && amount <= cents;
    }

    String refusal(long amount) {
        return amount <= 0 ? "an amount is more than nothing" : "only " + cents + " cents are there";
    }

    private Account plus(long change) {
        return new Account(isOpen, cents + change);
    }
}
