package dev.everfold.examples.bank;

import java.util.UUID;

/// What an account can be asked for.
public sealed interface AccountCommand {

    record Open(String account, String owner) implements AccountCommand {}

    record Deposit(String account, long cents) implements AccountCommand {}

    record Withdraw(String account, long cents) implements AccountCommand {}

    record Charge(String account, long cents, String shop) implements AccountCommand {}

    /// Makes a charge good.
    ///
    /// @param charge id of its event
    record Refund(String account, long cents, UUID charge) implements AccountCommand {}

    /// Which account is asked.
    String account();
}
