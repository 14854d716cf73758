package dev.everfold.cli;

import dev.everfold.cloudevents.CloudEventException;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.OutcomeUnknownException;
import dev.everfold.eventstore.StorageFullException;
import dev.everfold.eventstore.StoreClosedException;
import dev.everfold.eventstore.StoreUnavailableException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/// Turns what went wrong into one line and an exit code.
final class Failures {

    private Failures() {}

    /// Reports the failure; a stack trace only when it was asked for.
    static ExitCode report(Throwable failure, Console console, boolean debug) {
        if (failure instanceof Output.FailedException output && output.isBrokenPipe()) {
            return ExitCode.OK;
        }
        ExitCode exitCode = exitCode(failure);
        if (debug) {
            StringWriter trace = new StringWriter();
            failure.printStackTrace(new PrintWriter(trace));
            console.tell(trace.toString());
        }
        if (exitCode != ExitCode.INTERRUPTED) {
            console.warn(message(failure));
        }
        return exitCode;
    }

    static ExitCode exitCode(Throwable failure) {
        return switch (failure) {
            case CommandException command -> command.exitCode();
            case StoreUnavailableException _,
                    StorageFullException _,
                    OutcomeUnknownException _,
                    StoreClosedException _ -> ExitCode.UNAVAILABLE;
            case EventStoreException _ -> ExitCode.REFUSED;
            case CloudEventException _ -> ExitCode.REFUSED;
            case Output.FailedException _ -> ExitCode.UNAVAILABLE;
            case IllegalArgumentException _ -> ExitCode.USAGE;
            default -> ExitCode.REFUSED;
        };
    }

    private static String message(Throwable failure) {
        return switch (failure) {
            case Output.FailedException output ->
                "the output cannot be written: " + output.reason() + ". Make room or write elsewhere.";
            case CommandException _, EventStoreException _, CloudEventException _, IllegalArgumentException _ ->
                String.valueOf(failure.getMessage());
            case UncheckedIOException input -> String.valueOf(input.getMessage());
            case UnsupportedOperationException unsupported -> String.valueOf(unsupported.getMessage());
            default -> "something that should not happen: " + failure + ". Repeat it with --debug and report it.";
        };
    }
}
