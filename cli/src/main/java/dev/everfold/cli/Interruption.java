package dev.everfold.cli;

/// Whether the user has asked the command to end. Commands look at it between their steps, so that no
/// step is broken off in the middle: a thread that is interrupted while it reads a file would close the
/// file under the store.
final class Interruption {

    private volatile boolean requested;

    void request() {
        requested = true;
    }

    boolean isRequested() {
        return requested;
    }

    /// Ends the command when it was asked to.
    void check() {
        if (requested) {
            throw new CommandException(ExitCode.INTERRUPTED, "interrupted");
        }
    }
}
