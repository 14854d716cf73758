package dev.everfold.benchmarks.commands;

import dev.everfold.eventsourcing.CommandContext;
import dev.everfold.eventsourcing.DeciderHandler;
import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.Handled;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/// Accounts by a decider on the embedded log.
final class EverfoldAccounts implements AccountSession {

    /// How commands are handled.
    enum Style {
        CACHED,
        WITH_COMMAND_ID,
        NOT_CACHED
    }

    private final Everfold everfold;
    private final Style style;
    private final DeciderHandler<AccountCommand, Account, AccountEvent> accounts;
    private final DeciderHandler<AccountCommand, Account, AccountEvent> uncached;

    private EverfoldAccounts(Everfold everfold, Style style) {
        this.everfold = everfold;
        this.style = style;
        var handler = everfold.decider("account", Account.DECIDER);
        this.uncached = handler.cache(0);
        this.accounts = style == Style.NOT_CACHED ? uncached : handler;
    }

    static EverfoldAccounts open(Path folder, Style style) {
        return new EverfoldAccounts(Everfold.open("log:" + folder), style);
    }

    @Override
    public void handle(AccountCommand command, long accountEvents) {
        CommandContext context = style == Style.WITH_COMMAND_ID ? CommandContext.of(randomId()) : CommandContext.none();
        if (!(accounts.handle(command.account(), command, context) instanceof Handled.Accepted<?, ?>)) {
            throw new IllegalStateException("An account was not as expected: " + command + ".");
        }
    }

    @Override
    public long balance(String account) {
        return uncached.state(account).cents();
    }

    @Override
    public void close() {
        everfold.close();
    }

    /// An id is the caller's affair; this one costs next to nothing.
    private static UUID randomId() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new UUID(random.nextLong(), random.nextLong());
    }
}
