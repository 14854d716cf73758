package dev.everfold.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `examples/run` refuses what it cannot run before it builds anything.
@Timeout(30)
final class RunScriptTest {

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            seats folder A1 ~ usage: examples/run seats FOLDER SEAT PERSON
            orders memory: ~ usage: examples/run orders STORE-URI SQLITE-FILE [SEARCH-URL]
            """)
    void what_is_missing_is_told_in_one_line(String arguments, String said) throws Exception {
        assertThat(run(arguments)).isEqualTo(said);
    }

    @Test
    void what_is_no_example_is_told_with_those_that_there_are() throws Exception {
        assertThat(run("seat"))
                .isEqualTo(
                        "examples/run: \"seat\" is not an example; expected repository-history, seats, bank, courses,"
                                + " orders or demo");
    }

    private static String run(String arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("./run"));
        command.addAll(List.of(arguments.split(" ")));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isEqualTo(2);
        return said.strip();
    }
}
