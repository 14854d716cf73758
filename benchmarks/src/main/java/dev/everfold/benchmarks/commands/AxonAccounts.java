package dev.everfold.benchmarks.commands;

import org.axonframework.common.configuration.AxonConfiguration;
import org.axonframework.common.configuration.ComponentBuilder;
import org.axonframework.eventsourcing.configuration.EventSourcedEntityModule;
import org.axonframework.eventsourcing.configuration.EventSourcingConfigurer;
import org.axonframework.eventsourcing.eventstore.EventStorageEngine;
import org.axonframework.eventsourcing.eventstore.inmemory.InMemoryEventStorageEngine;
import org.axonframework.messaging.commandhandling.gateway.CommandGateway;
import org.axonframework.messaging.core.unitofwork.UnitOfWorkFactory;
import org.axonframework.modelling.StateManager;

/// Accounts by Axon Framework: commands through its gateway, with all that it configures by itself.
final class AxonAccounts implements AccountSession {

    /// Says to Axon's update checker, which would ask over the network, that nobody wants to know.
    private static final String UPDATE_CHECKER_DISABLED = "axoniq.update-checker.disabled";

    private final AxonConfiguration configuration;
    private final CommandGateway gateway;
    private final UnitOfWorkFactory unitsOfWork;
    private final StateManager states;
    private final Runnable afterClose;

    private AxonAccounts(AxonConfiguration configuration, Runnable afterClose) {
        this.configuration = configuration;
        this.gateway = configuration.getComponent(CommandGateway.class);
        this.unitsOfWork = configuration.getComponent(UnitOfWorkFactory.class);
        this.states = configuration.getComponent(StateManager.class);
        this.afterClose = afterClose;
    }

    static AxonAccounts inMemory() {
        return open(configuration -> new InMemoryEventStorageEngine(), () -> {});
    }

    static AxonAccounts open(ComponentBuilder<EventStorageEngine> engine, Runnable afterClose) {
        System.setProperty(UPDATE_CHECKER_DISABLED, "true");
        AxonConfiguration configuration = EventSourcingConfigurer.create()
                .registerEventStorageEngine(engine)
                .registerEntity(EventSourcedEntityModule.autodetected(String.class, AxonAccount.class))
                .start();
        return new AxonAccounts(configuration, afterClose);
    }

    @Override
    public void handle(AccountCommand command, long accountEvents) {
        gateway.sendAndWait(command);
    }

    @Override
    public long balance(String account) {
        return unitsOfWork
                .create()
                .executeWithResult(context -> states.loadEntity(AxonAccount.class, account, context))
                .join()
                .cents();
    }

    @Override
    public void close() {
        configuration.shutdown();
        afterClose.run();
    }
}
