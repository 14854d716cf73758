package dev.everfold.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Applications may be modules themselves.
final class ModulesTest {

    private static final Pattern MODULE = Pattern.compile("(?m)^module ([\\w.]+) \\{");

    /// Stands on JUnit, which requires the same annotations, and brings them.
    private static final String TESTKIT = "dev.everfold.testkit";

    @Test
    void a_module_that_requires_ours_compiles_without_the_annotations_that_we_compile_with(@TempDir Path folder)
            throws IOException {
        Path declaration = folder.resolve("module-info.java");
        Files.writeString(
                declaration,
                ourModules().stream()
                        .map(name -> "requires " + name + ";")
                        .collect(Collectors.joining("\n", "module shop {\n", "\n}\n")));
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said, true);

        int status = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(
                        out,
                        out,
                        "--module-path",
                        classPathWithoutAnnotations(),
                        "-d",
                        folder.toString(),
                        declaration.toString());

        assertThat(said.toString()).isEmpty();
        assertThat(status).isZero();
    }

    private static List<String> ourModules() throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(Path.of(".."))) {
            for (Path folder : folders) {
                Path declaration = folder.resolve("src/main/java/module-info.java");
                if (Files.exists(declaration)) {
                    MODULE.matcher(Files.readString(declaration))
                            .results()
                            .map(match -> match.group(1))
                            .filter(name -> !name.equals(TESTKIT))
                            .forEach(names::add);
                }
            }
        }
        assertThat(names).hasSizeGreaterThan(10);
        return names;
    }

    /// They are of scope provided, so no build hands them on.
    private static String classPathWithoutAnnotations() {
        return Pattern.compile(File.pathSeparator, Pattern.LITERAL)
                .splitAsStream(System.getProperty("java.class.path"))
                .filter(entry -> !Path.of(entry).getFileName().toString().startsWith("jspecify"))
                .filter(entry -> !entry.endsWith("test-classes"))
                .collect(Collectors.joining(File.pathSeparator));
    }
}
