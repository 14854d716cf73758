package dev.everfold.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The Java code that a document in Markdown shows, held against sources that are compiled and run.
///
/// Where lines break is the formatter's choice, so white space does not count. Immutable.
///
/// @param blocks each block that begins with ` ```java `, in order
public record DocumentedCode(List<String> blocks) {

    /// Copies the list.
    public DocumentedCode {
        blocks = List.copyOf(blocks);
    }

    /// The code of a document.
    ///
    /// @throws UncheckedIOException when it cannot be read
    public static DocumentedCode of(Path document) {
        List<String> blocks = new ArrayList<>();
        List<String> block = new ArrayList<>();
        boolean isInside = false;
        boolean isJava = false;
        for (String line : lines(document)) {
            if (line.startsWith("```")) {
                if (isInside && isJava) {
                    blocks.add(String.join("\n", block));
                }
                block.clear();
                isInside = !isInside;
                isJava = line.equals("```java");
            } else if (isInside) {
                block.add(line);
            }
        }
        return new DocumentedCode(blocks);
    }

    /// All lines of all blocks.
    public List<String> lines() {
        return blocks.stream().flatMap(String::lines).toList();
    }

    /// Fails unless each block stands in one piece in one of the sources.
    public void assertThatBlocksAreIn(Path... sources) {
        List<String> code = codeOf(sources);
        assertThat(blocks)
                .allSatisfy(block ->
                        assertThat(code).anySatisfy(text -> assertThat(text).contains(withoutLayout(block))));
    }

    /// Fails unless each line stands in one of the sources; the document may leave out what lies between.
    public void assertThatLinesAreIn(Path... sources) {
        List<String> code = codeOf(sources);
        assertThat(lines())
                .allSatisfy(line ->
                        assertThat(code).anySatisfy(text -> assertThat(text).contains(withoutLayout(line))));
    }

    private static List<String> codeOf(Path... sources) {
        return List.of(sources).stream()
                .map(source -> withoutLayout(String.join("\n", lines(source))))
                .toList();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static String withoutLayout(String text) {
        return text.replaceAll("\\s+", "");
    }
}
