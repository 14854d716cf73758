package dev.everfold.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What docs/how-to/add-an-engine.md shows is compiled and run: each of its examples stands in a test.
class HowToTest {

    private static final Path HOW_TO = Path.of("..", "docs", "how-to", "add-an-engine.md");
    private static final Path SAMPLES = Path.of("src", "test", "java", "dev", "everfold", "testkit", "sample");
    private static final Pattern EXAMPLE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @Test
    void every_example_of_the_how_to_stands_in_a_sample_test() throws IOException {
        List<String> examples = EXAMPLE.matcher(Files.readString(HOW_TO))
                .results()
                .map((MatchResult found) -> onOneLine(found.group(1)))
                .toList();

        List<String> samples;
        try (Stream<Path> files = Files.list(SAMPLES)) {
            samples = files.map(HowToTest::text).map(HowToTest::onOneLine).toList();
        }

        assertThat(examples)
                .hasSizeGreaterThanOrEqualTo(3)
                .allSatisfy(example -> assertThat(samples)
                        .as("a sample with: %s", example)
                        .anyMatch(sample -> sample.contains(example)));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /// Layout is the formatter's business.
    private static String onOneLine(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }
}
