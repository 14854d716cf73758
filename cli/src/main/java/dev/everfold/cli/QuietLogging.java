package dev.everfold.cli;

/// Keeps the engines' log off standard error, where people and scripts read one line an error.
///
/// The JDK's logging makes an instance of the class named by `java.util.logging.config.class` instead
/// of reading its configuration; this one configures nothing, so nothing is written. It costs nothing
/// while nobody logs.
public final class QuietLogging {

    /// For the JDK's logging.
    public QuietLogging() {}

    /// Turns the log off, unless the user has configured it or asks for details; a server keeps one.
    static void apply(boolean serving, boolean debug) {
        boolean configured = System.getProperty("java.util.logging.config.file") != null
                || System.getProperty("java.util.logging.config.class") != null;
        if (!debug && !configured) {
            Class<?> configuration = serving ? ServeLogging.class : QuietLogging.class;
            System.setProperty("java.util.logging.config.class", configuration.getName());
        }
    }
}
