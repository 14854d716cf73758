package dev.everfold.cli;

import java.util.logging.ConsoleHandler;
import java.util.logging.Level;
import java.util.logging.Logger;

/// The log of a server: one line an event on standard error; of ourselves what a person wants to know, of libraries
/// what went wrong.
///
/// The JDK's logging makes an instance of it; see [QuietLogging].
public final class ServeLogging {

    private static final String FORMAT = "%1$tFT%1$tT.%1$tL%1$tz %4$s %3$s %5$s%6$s%n";

    /// Kept, since a logger that nobody holds forgets its level.
    private static final Logger OURS = Logger.getLogger("dev.everfold");

    /// Logs a stack trace of what a client has sent that is no call; the client is told.
    private static final Logger OF_CALLS = Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty.NettyServerStream");

    /// For the JDK's logging.
    public ServeLogging() {
        System.setProperty("java.util.logging.SimpleFormatter.format", FORMAT);
        Logger root = Logger.getLogger("");
        root.setLevel(Level.WARNING);
        root.addHandler(new ConsoleHandler());
        OURS.setLevel(Level.INFO);
        OF_CALLS.setLevel(Level.SEVERE);
    }
}
