package dev.everfold.benchmarks.commands;

import java.util.List;

/// All that are compared. The first is what the others are compared with.
final class AccountEngines {

    static final List<AccountEngine> ALL = List.of(
            new AccountEngine(
                    "Everfold, appends alone",
                    "log:DIRECTORY with its defaults, synced; events that are encoded already, with the expected"
                            + " revision",
                    false,
                    LogAppends::open),
            new AccountEngine(
                    "Everfold, commands",
                    "the same store; deciders with their defaults: JSON, states cached",
                    true,
                    folder -> EverfoldAccounts.open(folder, EverfoldAccounts.Style.CACHED)),
            new AccountEngine(
                    "Everfold, commands with an id",
                    "the same; a repeated command has one effect and the first answer, for good",
                    true,
                    folder -> EverfoldAccounts.open(folder, EverfoldAccounts.Style.WITH_COMMAND_ID)),
            new AccountEngine(
                    "Everfold, commands without cache",
                    "the same without a cache: each command loads its account",
                    true,
                    folder -> EverfoldAccounts.open(folder, EverfoldAccounts.Style.NOT_CACHED)),
            new AccountEngine(
                    "Axon, in memory",
                    "Axon Framework 5.0.1, InMemoryEventStorageEngine; nothing is written to a disk, and each"
                            + " command goes through all events of the store",
                    true,
                    folder -> AxonAccounts.inMemory()),
            new AccountEngine(
                    "Axon, JPA on PostgreSQL",
                    "Axon Framework 5.0.1, AggregateBasedJpaEventStorageEngine; " + AxonOnPostgres.SETTINGS,
                    true,
                    AxonOnPostgres::open));

    private AccountEngines() {}
}
