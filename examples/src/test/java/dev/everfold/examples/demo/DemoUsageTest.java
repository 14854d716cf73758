package dev.everfold.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What `./everfold demo` says of what cannot be: one line, as every command does.
final class DemoUsageTest {

    private static final Path HISTORY = Path.of("data", "repository-history.ndjson.gz");

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--colour | Unknown option: '--colour'. Run everfold demo --help for usage.",
                "--orders many | Invalid value for option '--orders': \"many\" is not a whole number; expected one such"
                        + " as 5. Run everfold demo --help for usage.",
                "--orders 5000 | --orders 5000; expected 0..1000.",
                "--grpc-port 99999 | The port 99999 for gRPC is not one; expected 0..65535."
            })
    void each_misuse_is_one_line_and_exit_code_2_and_makes_no_folder(String options, String message) {
        Path demo = folder.resolve("demo");

        int exitCode = run((options + " --folder " + demo).split(" "));

        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("everfold: " + message + "\n");
        assertThat(exitCode).isEqualTo(2);
        assertThat(demo).doesNotExist();
    }

    @Test
    void a_folder_that_is_a_file_or_in_one_is_refused_and_with_debug_a_trace_is_shown() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "a file");

        assertThat(run("--folder", file.toString())).isEqualTo(3);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo("everfold: \"" + file + "\" of --folder is a file; expected a folder. Name another one.\n");

        err.reset();
        assertThat(run("--debug", "--folder", file + "/in")).isEqualTo(3);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("\tat dev.everfold.examples.demo.Demo.")
                .endsWith("everfold: The folder \"" + file + "/in\" cannot be made: a folder is expected where a file"
                        + " is. Name another one with --folder.\n");
    }

    @Test
    void it_tells_its_version() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("everfold ").contains("Java ");
    }

    private int run(String... arguments) {
        return Demo.run(HISTORY, new CountDownLatch(0), List.of(arguments), out, err);
    }
}
