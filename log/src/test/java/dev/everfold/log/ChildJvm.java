package dev.everfold.log;

import dev.everfold.eventstore.EventStore;
import dev.everfold.testkit.MutableClock;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Another JVM with the engine and these tests on its class path.
final class ChildJvm {

    private static final int HUNG = 3;

    private ChildJvm() {}

    /// Starts a class's main method; its output can be read from the process, its errors come out here.
    static Process start(Class<?> main, List<String> options, List<String> arguments) throws IOException {
        return new ProcessBuilder(command(main, options, arguments))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /// The command that starts a class's main method, for those who start it by another program.
    static List<String> command(Class<?> main, List<String> options, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.addAll(options);
        command.addAll(List.of("-cp", classPath(main), main.getName()));
        command.addAll(arguments);
        return command;
    }

    /// Called by the other JVM first of all: it ends with this code if it still runs then, so that nobody waits
    /// for ever for one that hangs.
    static void haltAfter(Duration time) {
        CompletableFuture.delayedExecutor(time.toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> Runtime.getRuntime().halt(HUNG));
    }

    /// Wherever the runner of the tests has these classes from.
    private static String classPath(Class<?> main) {
        return Stream.of(EventStore.class, MutableClock.class, LogEventStore.class, ChildJvm.class, main)
                .map(ChildJvm::location)
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String location(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
