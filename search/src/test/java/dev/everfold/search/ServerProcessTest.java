package dev.everfold.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ServerProcessTest {

    @TempDir
    Path folder;

    @Test
    void a_program_ends_when_it_is_killed() {
        ServerProcess program = start(folder, "sleep", "600");
        assertThat(program.isAlive()).isTrue();

        program.kill();

        assertThat(program.isAlive()).isFalse();
    }

    @Test
    void what_a_program_printed_is_known() {
        ServerProcess program = start(folder, "sh", "-c", "echo no such thing >&2; exit 3");

        program.awaitEnd();

        assertThat(program.lastLines()).isEqualTo("no such thing");
    }

    @Test
    void a_program_ends_with_the_jvm_that_started_it_even_when_that_is_killed() throws Exception {
        Process parent = new ProcessBuilder(TestServer.java(
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Parent.class.getName(),
                        folder.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        ProcessHandle program;
        try (BufferedReader output = parent.inputReader()) {
            program = ProcessHandle.of(Long.parseLong(output.readLine())).orElseThrow();
            assertThat(program.isAlive()).isTrue();

            parent.destroyForcibly().waitFor();
        }

        program.onExit().get(30, TimeUnit.SECONDS);
    }

    private static ServerProcess start(Path folder, String... command) {
        return ServerProcess.start(List.of(command), Map.of(), folder, folder.resolve("output.txt"));
    }

    /// Starts a program, says which, and waits to be killed.
    static final class Parent {

        private Parent() {}

        public static void main(String[] arguments) throws Exception {
            ServerProcess program = start(Path.of(arguments[0]), "sleep", "600");
            System.out.println(program.id());
            new java.util.concurrent.CountDownLatch(1).await();
        }
    }
}
