package dev.everfold.cli;

import java.io.InputStream;

/// All that a command knows of the outside.
///
/// @param in standard input
/// @param out standard output: what was asked for
/// @param err standard error: errors and progress
/// @param terminal what is known about who is looking
/// @param interruption whether the user has asked the command to end
record Console(InputStream in, Output out, Output err, Terminal terminal, Interruption interruption) {

    /// One line about something that the command carries on with.
    void warn(String message) {
        tell("everfold: " + SafeText.of(message) + "\n");
    }

    /// Text for standard error. A command does what it was asked also when nobody listens, as behind
    /// `2>&1 | head`: what counts is told by its exit code.
    void tell(String text) {
        synchronized (err) {
            try {
                err.print(text);
                err.flush();
            } catch (Output.FailedException nobodyListens) {
                // The exit code still says it.
            }
        }
    }
}
