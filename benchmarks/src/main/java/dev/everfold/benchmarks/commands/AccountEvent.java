package dev.everfold.benchmarks.commands;

import dev.everfold.eventsourcing.codec.EventType;
import org.axonframework.eventsourcing.annotation.EventTag;

/// What happened to an account, as either library stores it: JSON, by the fields.
sealed interface AccountEvent {

    /// It was opened.
    @EventType("account.opened")
    record Opened(@EventTag(key = AxonAccount.TAG) String account) implements AccountEvent {}

    /// Something was paid in.
    @EventType("account.deposited")
    record Deposited(@EventTag(key = AxonAccount.TAG) String account, long cents) implements AccountEvent {}
}
