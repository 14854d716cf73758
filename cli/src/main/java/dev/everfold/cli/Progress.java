package dev.everfold.cli;

import java.util.Locale;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/// Tells on standard error how far a command is that takes longer than two seconds: on a terminal by
/// overwriting one line, otherwise by a line now and then. For one thread.
final class Progress {

    private static final long QUIET_NANOS = 2_000_000_000L;
    private static final long TERMINAL_NANOS = 200_000_000L;
    private static final long LINES_NANOS = 5_000_000_000L;

    private final Console console;
    private final String verb;
    private final String unit;
    private final LongSupplier nanoClock;
    private final long startNanos;
    private long nextNanos;
    private boolean hasLine;

    /// @param verb what is being done, for example "imported"
    /// @param unit what is counted, for example "events"
    Progress(Console console, String verb, String unit) {
        this(console, verb, unit, System::nanoTime);
    }

    Progress(Console console, String verb, String unit, LongSupplier nanoClock) {
        this.console = console;
        this.verb = verb;
        this.unit = unit;
        this.nanoClock = nanoClock;
        this.startNanos = nanoClock.getAsLong();
        this.nextNanos = startNanos + QUIET_NANOS;
    }

    /// Called as often as there is news; costs little.
    void update(long count) {
        long now = nanoClock.getAsLong();
        if (now - nextNanos < 0) {
            return;
        }
        boolean isTerminal = console.terminal().isErrorShown();
        nextNanos = now + (isTerminal ? TERMINAL_NANOS : LINES_NANOS);
        String text =
                String.format(Locale.ROOT, "%s %,d %s, %,d a second", verb, count, unit, perSecond(count, seconds()));
        console.tellInPlace(text);
        hasLine = true;
    }

    /// The same as [#update], for work that is done elsewhere: it ends there when the user has asked the
    /// command to end.
    LongConsumer until(Interruption interruption) {
        return count -> {
            update(count);
            interruption.check();
        };
    }

    /// Takes the line away, so that what comes next stands by itself.
    void end() {
        if (hasLine) {
            console.erase();
            hasLine = false;
        }
    }

    double seconds() {
        return (nanoClock.getAsLong() - startNanos) / 1e9;
    }

    /// How long it took, and how fast that was: ` in 2.5 s, 40,000 a second`.
    static String pace(long count, double seconds) {
        return String.format(Locale.ROOT, " in %.1f s, %,d a second", seconds, perSecond(count, seconds));
    }

    private static long perSecond(long count, double seconds) {
        return (long) (count / Math.max(seconds, 0.001));
    }
}
