package dev.everfold.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.testkit.DocumentedCode;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// README and the tutorials show code that was compiled, and that runs; errors.md names every exception.
final class ReadmeTest {

    private static final Path EXAMPLES = Path.of("src/main/java/dev/everfold/examples");
    private static final Pattern EXPORT = Pattern.compile("exports ([\\w.]+);");

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

    @Test
    void every_exception_that_a_module_exports_is_explained() throws IOException {
        String errors = Files.readString(Path.of("../docs/reference/errors.md"));

        assertThat(exportedExceptions())
                .hasSizeGreaterThan(20)
                .allSatisfy(name -> assertThat(errors).contains("`" + name + "`"));
    }

    private static List<String> exportedExceptions() throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> modules = Files.newDirectoryStream(Path.of(".."))) {
            for (Path module : modules) {
                Path sources = module.resolve("src/main/java");
                Path declaration = sources.resolve("module-info.java");
                if (Files.exists(declaration)) {
                    for (MatchResult export : EXPORT.matcher(Files.readString(declaration))
                            .results()
                            .toList()) {
                        names.addAll(
                                publicExceptions(sources.resolve(export.group(1).replace('.', '/'))));
                    }
                }
            }
        }
        return names;
    }

    private static List<String> publicExceptions(Path folder) throws IOException {
        List<String> names = new ArrayList<>();
        if (Files.exists(folder)) { // what the protocol exports is generated
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*Exception.java")) {
                for (Path file : files) {
                    String name = file.getFileName().toString().replace(".java", "");
                    if (Files.readString(file).matches("(?s).*\\Rpublic [a-z ]*class " + name + " .*")) {
                        names.add(name);
                    }
                }
            }
        }
        return names;
    }
}
