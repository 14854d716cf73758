import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Proves that each rule fires: one small project that is tidy, and for each rule one file that breaks it.
final class TidySelfTest {
    private static final String MAIN = "log/src/main/java/dev/everfold/log/";
    private static final String TEST = "log/src/test/java/dev/everfold/log/";

    private static final Map<String, String> TIDY_PROJECT = Map.of(
            "README.md",
            "`Good.Inner`, `List<String>`, `log/`, `./everfold serve`, `BIG`, [design](docs/architecture.md#top)\n",
            "docs/architecture.md",
            "`Good#run()`, `java`, `Good.java` and `application/json`\n\n```java\nNothing `Nowhere` here\n```\n",
            "docs/decisions/0001-first.md",
            "# First\n",
            "everfold",
            "#!/bin/sh\n",
            MAIN + "package-info.java",
            "package dev.everfold.log;\n",
            "log/src/main/java/a/package-info.java",
            "package a;\n",
            "log/src/main/java/a/A.java",
            "package a;\n\nclass A {}\n",
            MAIN + "Good.java",
            good());

    /// A file with much that only looks forbidden.
    private static String good() {
        String many = "    // line\n".repeat(Tidy.METHOD_LINES_MAX);
        return "package dev.everfold.log;\n"
                + "final class Good {\n"
                + "    record Inner(String value) {\n        Inner {\n        }\n    }\n"
                + "    enum Size { BIG { int x() { return 1; } }, SMALL(2) {\n" + many + "    }; }\n"
                + "    // Not code: System.out, Thread.sleep(1)\n"
                + "    String text = \"System.out \\\" { new Random()\" + '\"' + '{';\n"
                + "    String block = \"\"\"\n        Thread.sleep(1); \\\"\"\" { \"quoted\" TODO\n        \"\"\";\n"
                + "    Runnable anonymous = new Runnable() {\n" + many + "        public void run() {}\n    };\n"
                + "    java.util.Random random = new java.util.Random(42);\n"
                + "}\n";
    }

    /// A file that breaks a rule, the line at which that must be found, and how the message begins.
    private record Case(String path, int line, String message, String content) {}

    /// One case a line: path, line, message, content. MAIN and TEST are sources; there the content is what
    /// stands in the class Bad from line 3 on. In contents, `$x70$` is x seventy times, n is a new line,
    /// s a space. Tildes are dropped: they keep words apart that this file itself must not contain.
    private static final String CASES = """
                MAIN                 |   3 | 124 columns; the limit is 120       | //$x122$
                MAIN                 | 501 | 504 lines; the limit is 500         | ;$n500$
                MAIN                 |   4 | method "bad" has 72 lines           | void bad(int a)$n1$throws E {$n71$}
                MAIN                 |   6 | method "bad" has 72 lines | @A("x")$n1$@B({1})$n1$<T> T$n1$bad() {$n71$}
                MAIN                 |   3 | method "Bad" has 72 lines           | Bad() {$n71$}
                MAIN                 |   4 | method "R" has 72 lines             | record R(int a) {$n1$R {$n71$}}
                MAIN                 |   3 | method "static initialiser" has     | static {$n71$}
                MAIN                 |   3 | "System.out" is banned: log         | { System.out.println(); }
                MAIN                 |   3 | "System.err" is banned: log         | { System.err.println(); }
                MAIN                 |   3 | "Thread.sleep" is banned: await     | { Thread.sleep(1); }
                TEST                 |   3 | "Thread.sleep" is banned: await     | { Thread.sleep(1); }
                MAIN                 |   3 | ".printStackTrace(" is banned:      | { e.printStackTrace(); }
                TEST                 |   3 | "new Random()" is banned: pass      | { new Random(); }
                TEST                 |   3 | "Math.random" is banned: use        | { Math.random(); }
                TEST                 |   3 | "@Disabled" is banned: fix          | @Disabled void x() {}
                TEST                 |   3 | "assumeTrue(" is banned: fail       | { assumeTrue(false); }
                MAIN                 |   3 | "System.currentTimeMillis" is       | { System.currentTimeMillis(); }
                MAIN                 |   3 | "Instant.now()" is banned: take     | { Instant.now(); }
                MAIN                 |   3 | "System.nanoTime" is banned:        | { System.nanoTime(); }
                MAIN                 |   3 | TO~DO is banned: do it now          | // TO~DO later
                TEST                 |   3 | FIX~ME is banned: do it now         | /* FIX~ME */
                log/src/main/java/a/package-info.java | 1 | missing; it walks  | (absent)
                docs/decisions/0003-x.md | 1 | decisions are numbered without gaps | x$n1$
                docs/decisions/notes.md |  1 | a decision is named NNNN-           | x$n1$
                README.md            | 151 | 151 lines; the limit is 150         | $n151$
                README.md            |   1 | missing; readers begin here         | (absent)
                README.md            |   2 | type `Missing` does not exist       | see$n1$`Missing.thing()`$n1$
                README.md            |   1 | path `log/missing` does not exist   | see `log/missing`$n1$
                README.md            |   1 | path `./missing` does not exist     | run `./missing serve`$n1$
                docs/architecture.md |   1 | path `Missing.java` does not exist  | see `Missing.java`$n1$
                docs/other.md        |   2 | link to "missing.md" leads nowhere  | $n1$[a](missing.md#b)$n1$
                docs/other.md        |   1 | trailing whitespace                 | a$s1$$n1$
                docs/other.md        |   1 | the file does not end with a newline | a
                docs/other.md        |   1 | "repo1.maven~.org" does not belong  | from repo1.maven~.org$n1$
                .ci/run              |   1 | not executable; run chmod           | x$n1$
                """;

    private static List<Case> cases() {
        return CASES.lines().map(TidySelfTest::parse).toList();
    }

    private static Case parse(String line) {
        String[] cells = line.replace("~", "").split("\\s*\\|\\s*", 4);
        String content = Pattern.compile("\\$(.)(\\d+)\\$").matcher(cells[3]).replaceAll(run -> {
            String repeated = run.group(1).replace('n', '\n').replace('s', ' ');
            return repeated.repeat(Integer.parseInt(run.group(2)));
        });
        String inClass = "package dev.everfold.log;\nclass Bad {\n" + content + "\n}\n";
        return switch (cells[0]) {
            case "MAIN" -> new Case(MAIN + "Bad.java", Integer.parseInt(cells[1]), cells[2], inClass);
            case "TEST" -> new Case(TEST + "Bad.java", Integer.parseInt(cells[1]), cells[2], inClass);
            default -> new Case(cells[0], Integer.parseInt(cells[1]), cells[2], content);
        };
    }

    static boolean run() throws IOException {
        List<String> failures = new ArrayList<>();
        List<String> none = findings(Optional.empty());
        if (!none.isEmpty()) {
            failures.add("a tidy project: expected no finding, found " + none);
        }
        for (Case expected : cases()) {
            String finding = expected.path() + ":" + expected.line() + ": error: " + expected.message();
            List<String> found = findings(Optional.of(expected));
            if (found.size() != 1 || !found.getFirst().startsWith(finding)) {
                failures.add("expected exactly \"" + finding + " ...\", found " + found);
            }
        }
        for (Tidy.Ban ban : Tidy.BANS) {
            if (cases().stream()
                    .noneMatch(bad -> ban.pattern().matcher(bad.content()).find())) {
                failures.add("no case for the ban of " + ban.pattern());
            }
        }
        failures.forEach(failure -> System.err.println("tools/Tidy.java:1: error: self-test: " + failure));
        System.out.println("Tidy self-test: " + cases().size() + " cases, " + failures.size() + " failures");
        return failures.isEmpty();
    }

    /// What is found in the tidy project with one of its files replaced, added or taken away.
    private static List<String> findings(Optional<Case> overlay) throws IOException {
        Map<String, String> project = new TreeMap<>(TIDY_PROJECT);
        overlay.ifPresent(bad -> project.put(bad.path(), bad.content()));
        project.values().removeIf(content -> content.equals("(absent)"));
        Path root = Files.createTempDirectory("tidy");
        try {
            for (var file : project.entrySet()) {
                Path path = root.resolve(file.getKey());
                Files.createDirectories(path.getParent());
                Files.writeString(path, file.getValue());
            }
            root.resolve("everfold").toFile().setExecutable(true);
            return new Tidy(root).check();
        } finally {
            delete(root);
        }
    }

    private static void delete(Path root) throws IOException {
        try (var paths = Files.walk(root)) {
            paths.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
