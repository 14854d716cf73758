package dev.everfold.search;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A program that lives no longer than this JVM, however that ends.
///
/// The shell starts a watcher beside it, which reads from a pipe that only this JVM writes to: when the pipe ends,
/// the JVM is gone, and the watcher ends the program.
final class ServerProcess {

    private static final String GUARD = """
            exec 3<&0
            (cat <&3 >/dev/null; kill $$ 2>/dev/null) >/dev/null 2>&1 &
            exec "$@" 3<&- </dev/null
            """;

    private static final Duration STOP_MAX = Duration.ofSeconds(30);
    private static final int SHOWN_LINES_MAX = 40;

    private final Process process;
    private final Path output;

    private ServerProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /// @param output what the program prints goes there
    static ServerProcess start(List<String> command, Map<String, String> environment, Path folder, Path output) {
        List<String> guarded = new ArrayList<>(List.of("/bin/sh", "-c", GUARD, "guard"));
        guarded.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(guarded)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
        builder.environment().putAll(environment);
        try {
            return new ServerProcess(builder.start(), output);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// A port that nobody listened at a moment ago.
    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    long id() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /// Waits until it has ended, and ends its watcher before its number belongs to somebody else.
    void awaitEnd() {
        await(process.toHandle());
        try {
            process.getOutputStream().close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// Ends it as a failure of the machine would, with all that it has started.
    void kill() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        children.forEach(this::await);
        awaitEnd();
    }

    /// The last lines of what it printed.
    String lastLines() {
        try {
            List<String> lines = new String(Files.readAllBytes(output), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - SHOWN_LINES_MAX), lines.size()));
        } catch (IOException failed) {
            return "(" + output + " cannot be read: " + failed.getMessage() + ")";
        }
    }

    private void await(ProcessHandle ended) {
        try {
            ended.onExit().get(STOP_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (Exception failed) {
            throw new IllegalStateException("Process " + ended.pid() + " did not end", failed);
        }
    }
}
