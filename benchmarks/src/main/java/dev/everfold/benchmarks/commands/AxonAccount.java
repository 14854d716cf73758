package dev.everfold.benchmarks.commands;

import org.axonframework.eventsourcing.annotation.EventSourcedEntity;
import org.axonframework.eventsourcing.annotation.EventSourcingHandler;
import org.axonframework.eventsourcing.annotation.reflection.EntityCreator;
import org.axonframework.messaging.commandhandling.annotation.CommandHandler;
import org.axonframework.messaging.eventhandling.gateway.EventAppender;

/// The same account as an event sourced entity of Axon Framework: annotated, as its guide shows it.
@EventSourcedEntity(tagKey = AxonAccount.TAG)
public class AxonAccount {

    static final String TAG = "account";

    private boolean open;
    private long cents;

    /// An account without events.
    @EntityCreator
    public AxonAccount() {}

    @CommandHandler
    void handle(AccountCommand.Open command, EventAppender appender) {
        if (open) {
            throw new IllegalStateException("account is already open");
        }
        appender.append(new AccountEvent.Opened(command.account()));
    }

    @CommandHandler
    void handle(AccountCommand.Deposit command, EventAppender appender) {
        if (!open) {
            throw new IllegalStateException("account is not open");
        }
        appender.append(new AccountEvent.Deposited(command.account(), command.cents()));
    }

    @EventSourcingHandler
    void on(AccountEvent.Opened event) {
        open = true;
    }

    @EventSourcingHandler
    void on(AccountEvent.Deposited event) {
        cents += event.cents();
    }

    long cents() {
        return cents;
    }
}
