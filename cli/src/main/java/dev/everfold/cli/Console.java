package dev.everfold.cli;

import java.io.InputStream;
import java.io.OutputStream;

/// All that a command knows of the outside.
///
/// @param in standard input
/// @param out standard output: what was asked for
/// @param err standard error: errors and progress
/// @param terminal what is known about who is looking
/// @param interruption whether the user has asked the command to end
record Console(InputStream in, Output out, Output err, Terminal terminal, Interruption interruption) {

    /// Goes to the begin of the line, and erases what stands there.
    private static final String ERASE = "\r\u001b[K";

    /// Of streams that nobody looks at and a command that nobody asks to end.
    static Console of(InputStream in, OutputStream out, OutputStream err) {
        return new Console(in, new Output(out), new Output(err), Terminal.none(), new Interruption());
    }

    /// One line about something that the command carries on with.
    void warn(String message) {
        tell("everfold: " + SafeText.of(message) + "\n");
    }

    /// Text for standard error that the next such text takes the place of on a terminal; else it is a line.
    void tellInPlace(String text) {
        tell(terminal.isErrorShown() ? ERASE + text : text + "\n");
    }

    /// Takes away from a terminal what was told last by [#tellInPlace].
    void erase() {
        if (terminal.isErrorShown()) {
            tell(ERASE);
        }
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
