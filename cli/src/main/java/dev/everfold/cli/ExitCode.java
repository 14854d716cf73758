package dev.everfold.cli;

/// What the exit code of a command says; scripts rely on the numbers.
enum ExitCode {
    /// It did what it was asked.
    OK(0),
    /// The store or the input says no: conflict, not found, malformed line, verification failed.
    REFUSED(1),
    /// The command was not used as it is meant to be.
    USAGE(2),
    /// The store cannot be reached, opened or written, or the output cannot be written.
    UNAVAILABLE(3),
    /// It was interrupted from the keyboard.
    INTERRUPTED(130);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
