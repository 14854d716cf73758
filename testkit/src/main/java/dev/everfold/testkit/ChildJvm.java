package dev.everfold.testkit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A program of the test's own in a JVM of its own, to be killed or stopped: small, quick to start, with the class
/// path and the temporary folder of the test.
public final class ChildJvm {

    /// What a process ends with that was killed by SIGKILL.
    public static final int KILLED = 137;

    private ChildJvm() {}

    /// The program, not started. What it writes to standard error is shown where the test's is.
    ///
    /// @param program has a `main` method
    public static ProcessBuilder of(Class<?> program, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                // SQLite's driver is native code, and Netty in part.
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                "-cp",
                classPath(),
                program.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    }

    /// The class path of the test.
    public static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }
}
