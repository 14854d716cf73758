package dev.everfold.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.testkit.DocumentedCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// README and the tutorials show code that was compiled, and that runs.
final class ReadmeTest {

    private static final Path EXAMPLES = Path.of("src/main/java/dev/everfold/examples");

    @Test
    void the_code_of_readme_is_that_of_the_example() {
        DocumentedCode readme = DocumentedCode.of(Path.of("../README.md"));

        assertThat(readme.lines()).hasSizeGreaterThan(12);
        readme.assertThatBlocksAreIn(EXAMPLES.resolve("bank/Account.java"));
    }

    @Test
    void the_code_of_the_tutorial_is_that_of_the_example() {
        DocumentedCode tutorial = DocumentedCode.of(Path.of("../docs/tutorial/first-store.md"));

        assertThat(tutorial.lines()).hasSizeGreaterThan(15);
        tutorial.assertThatLinesAreIn(EXAMPLES.resolve("Seats.java"));
    }

    @Test
    void each_piece_of_the_code_of_the_bank_tutorial_is_in_the_bank() throws IOException {
        DocumentedCode tutorial = DocumentedCode.of(Path.of("../docs/tutorial/bank.md"));
        List<Path> sources = new ArrayList<>();
        for (String folder : List.of("src/main/java", "src/test/java")) {
            try (Stream<Path> files = Files.list(Path.of(folder, "dev/everfold/examples/bank"))) {
                sources.addAll(files.toList());
            }
        }

        assertThat(tutorial.blocks()).hasSizeGreaterThan(15);
        tutorial.assertThatBlocksAreIn(sources.toArray(Path[]::new));
    }
}
