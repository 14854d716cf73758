package dev.everfold.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// README shows code that was compiled, and that runs.
final class ReadmeTest {

    @Test
    void the_code_of_readme_is_that_of_the_example() throws IOException {
        List<String> readme = codeIn(Path.of("../README.md"));

        String example = Files.readString(Path.of("src/main/java/dev/everfold/examples/bank/Account.java"));

        assertThat(readme).hasSizeGreaterThan(12);
        assertThat(withoutLayout(example)).contains(withoutLayout(String.join("\n", readme)));
    }

    @Test
    void the_code_of_the_tutorial_is_that_of_the_example() throws IOException {
        List<String> tutorial = codeIn(Path.of("../docs/tutorial/first-store.md"));

        String example = Files.readString(Path.of("src/main/java/dev/everfold/examples/Seats.java"));

        assertThat(tutorial).hasSizeGreaterThan(15);
        for (String line : tutorial) {
            assertThat(withoutLayout(example)).contains(withoutLayout(line));
        }
    }

    @Test
    void each_piece_of_the_code_of_the_bank_tutorial_is_in_the_bank() throws IOException {
        List<String> pieces = piecesOf(Path.of("../docs/tutorial/bank.md"));
        List<String> sources = new ArrayList<>();
        for (String folder : List.of("src/main/java", "src/test/java")) {
            try (Stream<Path> files = Files.list(Path.of(folder, "dev/everfold/examples/bank"))) {
                for (Path file : files.toList()) {
                    sources.add(withoutLayout(Files.readString(file)));
                }
            }
        }

        assertThat(pieces)
                .hasSizeGreaterThan(15)
                .allSatisfy(piece ->
                        assertThat(sources).as(piece).anyMatch(source -> source.contains(withoutLayout(piece))));
    }

    /// Each block of code by itself.
    private static List<String> piecesOf(Path document) throws IOException {
        return Pattern.compile("(?ms)^```java\n(.*?)^```$")
                .matcher(Files.readString(document))
                .results()
                .map(block -> block.group(1))
                .toList();
    }

    private static List<String> codeIn(Path document) throws IOException {
        List<String> lines = Files.readAllLines(document);
        List<String> code = new ArrayList<>();
        boolean inside = false;
        for (String line : lines) {
            if (line.startsWith("```")) {
                inside = line.equals("```java");
            } else if (inside) {
                code.add(line);
            }
        }
        return code;
    }

    /// Where lines break is the formatter's choice, in code and in comments.
    private static String withoutLayout(String text) {
        return text.replaceAll("//|\\s+", "");
    }
}
