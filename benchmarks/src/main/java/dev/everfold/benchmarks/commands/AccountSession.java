package dev.everfold.benchmarks.commands;

/// An engine that is open. Safe for many threads.
interface AccountSession extends AutoCloseable {

    /// Handles a command and returns when its event is stored.
    ///
    /// @param accountEvents how many events the account must have before
    void handle(AccountCommand command, long accountEvents) throws Exception;

    /// What is in an account, by loading and folding all of its events.
    long balance(String account) throws Exception;

    @Override
    void close();
}
