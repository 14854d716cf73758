package dev.everfold.benchmarks.commands;

import org.axonframework.modelling.annotation.TargetEntityId;

/// What is asked of an account, by either library.
sealed interface AccountCommand {

    /// The account.
    String account();

    /// Opens it.
    record Open(@TargetEntityId String account) implements AccountCommand {}

    /// Pays something in.
    record Deposit(@TargetEntityId String account, long cents) implements AccountCommand {}
}
