package dev.everfold.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;

/// What the tests of this run tried and found: printed, and kept in `target/reliability.md`.
///
/// Safe for use by many threads.
final class ReliabilityReport {

    private static final Path FILE = Path.of("target", "reliability.md");
    private static final TreeMap<String, List<String>> SECTIONS = new TreeMap<>();

    private ReliabilityReport() {}

    /// Adds a section, or puts it in the place of the one with that title.
    static synchronized void section(String title, List<String> lines) {
        SECTIONS.put(title, List.copyOf(lines));
        lines.forEach(line -> System.out.println(title + ": " + line));
        StringBuilder text = new StringBuilder("# Reliability: figures of the last run\n");
        SECTIONS.forEach((each, its) -> {
            text.append("\n## ").append(each).append("\n\n");
            its.forEach(line -> text.append("- ").append(line).append('\n'));
        });
        try {
            Files.createDirectories(FILE.getParent());
            Files.writeString(FILE, text);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
