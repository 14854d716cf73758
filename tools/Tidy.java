import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// House rules that no compiler knows. `./mvnw verify` runs it from the root of the project; by hand,
/// with a `java` of version 25 or newer:
///
///     java tools/Tidy.java               checks; prints `path:line: error: …` for each finding, ends with 1 if any
///     java tools/Tidy.java --self-test   proves that each rule finds what it is for, on small files made for that
///
/// The limits and the tables come first, since they are what people change. A rule that is in the way in one place
/// gets that place into its allow-list, with a reason; a rule that is in the way everywhere is wrong and goes.
///
/// The rules on code work on text in which comments and strings are blanked ([JavaSource]), not on a syntax tree: a
/// heuristic that errs on the side of silence, and needs nothing but a JDK.
final class Tidy {
    static final int COLUMNS_MAX = 120;
    static final int FILE_LINES_MAX = 500;
    static final int METHOD_LINES_MAX = 70;
    static final int README_LINES_MAX = 150;

    /// Places that may do what others may not. Programs print and measure; the command line shows a stack trace
    /// with `--debug`; the suites measure how long a wait took; a time-ordered id contains the time.
    static final String[] PRINTS = {"cli/", "benchmarks/", "examples/"};
    static final String[] TRACES = {"cli/src/main/java/dev/everfold/cli/Failures.java"};
    static final String[] MEASURES = {"cli/", "benchmarks/", "examples/", "testkit/"};
    static final String[] READS_CLOCK = {
        "benchmarks/", "eventstore/src/main/java/dev/everfold/eventstore/TimeOrderedId.java"
    };

    /// Which Java sources a ban applies to.
    enum Where {
        MAIN,
        TEST,
        BOTH
    }

    /// Something that code does not say, and what it says instead. Paths that begin with an entry of `allowed` may.
    record Ban(Pattern pattern, Where where, String instead, List<String> allowed) {
        Ban(String regex, Where where, String instead, String... allowed) {
            this(Pattern.compile(regex), where, instead, List.of(allowed));
        }
    }

    static final List<Ban> BANS = List.of(
            new Ban("\\bSystem\\.(out|err)\\b", Where.MAIN, "log through System.Logger; only programs print", PRINTS),
            new Ban("\\bThread\\.sleep\\b", Where.BOTH, "await a position, a latch or a condition, with a timeout"),
            new Ban("\\.printStackTrace\\(", Where.BOTH, "throw with the cause, or log through System.Logger", TRACES),
            new Ban("\\bnew Random\\(\\)", Where.BOTH, "pass a seed, and print it when the test fails"),
            new Ban("\\bMath\\.random\\b", Where.BOTH, "use new Random(seed), and print the seed when the test fails"),
            new Ban("@Disabled\\b", Where.BOTH, "fix the test, or delete it; a test that does not run proves nothing"),
            new Ban("\\bassum(e|ing)[A-Z]\\w+\\(", Where.BOTH, "fail; a backend that is missing must break the build"),
            new Ban("\\bSystem\\.currentTimeMillis\\b", Where.BOTH, "take a Clock and ask it", READS_CLOCK),
            new Ban("\\b(Instant|\\w+Date|\\w+Time)\\.now\\(\\)", Where.BOTH, "take a Clock and ask it", READS_CLOCK),
            new Ban("\\bSystem\\.nanoTime\\b", Where.MAIN, "measuring is for programs and benchmarks", MEASURES));

    /// Notes to self, looked for in comments.
    static final Pattern NOTE = Pattern.compile("\\b(TODO|FIXME|XXX)\\b");

    /// What no file may contain. Split in two here, so that this file does not find itself.
    static final Map<String, String> FOREIGN_WORDS = new TreeMap<>(Map.of(
            "repo.maven" + ".apache.org", "name the artifact, not the registry it came from",
            "repo1.maven" + ".org", "name the artifact, not the registry it came from",
            "registry.npmjs" + ".org", "name the package, not the registry it came from",
            "<<<<<<" + "< ", "resolve the conflict",
            ">>>>>>" + "> ", "resolve the conflict"));

    /// Files that are not ours to style.
    static final Set<String> NOT_OURS = words("mvnw .mvn/wrapper/maven-wrapper.properties LICENSE");

    static final Set<String> TEXT_EXTENSIONS =
            words("java md xml yml yaml properties sh proto json css js ts html sql txt");
    static final Set<String> SCRIPTS = words("mvnw everfold tools/find-jdk .ci/run");
    static final Set<String> SKIPPED_FOLDERS = words("target .git node_modules .idea .vscode");

    /// Documents whose names of types and paths must be true.
    static final List<String> CHECKED_DOCUMENTS = List.of("README.md", "docs/architecture.md");

    /// Names that those documents may use although no source declares them. JDK types are found by themselves.
    static final Set<String> OTHER_NAMES = words("CommitMade FileAdded FileChanged FileRemoved NullAway");
    static final Set<String> JDK_PACKAGES =
            words("java.lang java.util java.util.concurrent java.util.function java.util.stream java.time java.nio"
                    + " java.nio.file java.nio.channels java.io java.net java.net.http java.sql");

    private static Set<String> words(String words) {
        return Set.of(words.split(" "));
    }

    public static void main(String[] arguments) throws IOException {
        if (List.of(arguments).contains("--self-test")) {
            System.exit(TidySelfTest.run() ? 0 : 1);
        }
        List<String> findings = new Tidy(Path.of("").toAbsolutePath()).check();
        findings.forEach(System.err::println);
        if (!findings.isEmpty()) {
            System.err.println("Tidy: " + findings.size() + (findings.size() == 1 ? " finding" : " findings"));
        }
        System.exit(findings.isEmpty() ? 0 : 1);
    }

    private final Path root;
    private final Map<String, String> texts = new TreeMap<>();
    private final Map<String, JavaSource> sources = new TreeMap<>();
    private final Set<String> files = new TreeSet<>();
    private final List<String> findings = new ArrayList<>();

    Tidy(Path root) {
        this.root = root;
    }

    List<String> check() throws IOException {
        readFiles();
        texts.forEach(this::checkText);
        sources.forEach(this::checkSource);
        checkPackageInfos();
        checkDecisions();
        checkReadme();
        checkNamesInDocuments();
        texts.forEach(this::checkLinks);
        checkScripts();
        return findings;
    }

    private void report(String path, int line, String message) {
        findings.add(path + ":" + line + ": error: " + message);
    }

    private void readFiles() throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                boolean skipped = SKIPPED_FOLDERS.contains(folder.getFileName().toString());
                return skipped && !folder.equals(root) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                read(file);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private void read(Path file) throws IOException {
        String path = root.relativize(file).toString().replace('\\', '/');
        files.add(path);
        boolean text = TEXT_EXTENSIONS.contains(extension(path)) || SCRIPTS.contains(path);
        if (!text || NOT_OURS.contains(path)) {
            return;
        }
        try {
            texts.put(path, Files.readString(file));
        } catch (MalformedInputException e) {
            report(path, 1, "not UTF-8; every text file is");
            return;
        }
        if (path.endsWith(".java")) {
            sources.put(path, new JavaSource(texts.get(path)));
        }
    }

    private static String extension(String path) {
        int dot = path.lastIndexOf('.');
        return dot <= path.lastIndexOf('/') ? "" : path.substring(dot + 1);
    }

    // Any text

    private void checkText(String path, String text) {
        if (!text.isEmpty() && !text.endsWith("\n")) {
            report(path, (int) text.lines().count(), "the file does not end with a newline; add one");
        }
        String[] lines = text.split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            String line = lines[i];
            if (!line.isEmpty() && Character.isWhitespace(line.charAt(line.length() - 1))) {
                report(path, i + 1, "trailing whitespace; remove it");
            }
            for (var word : FOREIGN_WORDS.entrySet()) {
                if (line.contains(word.getKey())) {
                    report(path, i + 1, "\"" + word.getKey().strip() + "\" does not belong here; " + word.getValue());
                }
            }
        }
    }

    // Java

    private static boolean isMain(String path) {
        return path.contains("src/main/java/");
    }

    private static boolean isTest(String path) {
        return path.contains("src/test/java/");
    }

    private void checkSource(String path, JavaSource source) {
        String[] lines = source.text().split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            checkColumns(path, i + 1, lines[i]);
        }
        int length = lines.length - 1;
        if (isMain(path) && length > FILE_LINES_MAX) {
            String message = length + " lines; the limit is " + FILE_LINES_MAX;
            report(path, FILE_LINES_MAX + 1, message + ". Look for the second idea and give it its own file");
        }
        for (JavaSource.Method method : source.methods()) {
            int size = method.lastLine() - method.firstLine() + 1;
            if (size > METHOD_LINES_MAX) {
                String message = "method \"" + method.name() + "\" has " + size + " lines; the limit is ";
                report(
                        path,
                        method.firstLine(),
                        message + METHOD_LINES_MAX + ". Let it branch, and its helpers compute");
            }
        }
        checkBans(path, source);
    }

    private void checkColumns(String path, int number, String line) {
        int columns = line.codePointCount(0, line.length());
        if (columns > COLUMNS_MAX) {
            String limit = "; the limit is " + COLUMNS_MAX + ", the formatter's width. Wrap the line, best below 100";
            report(path, number, columns + " columns" + limit);
        }
    }

    private void checkBans(String path, JavaSource source) {
        for (Ban ban : BANS) {
            boolean applies = isMain(path) && ban.where() != Where.TEST || isTest(path) && ban.where() != Where.MAIN;
            if (!applies || ban.allowed().stream().anyMatch(path::startsWith)) {
                continue;
            }
            Matcher matcher = ban.pattern().matcher(source.code());
            while (matcher.find()) {
                String message = "\"" + matcher.group() + "\" is banned: " + ban.instead();
                report(path, source.lineAt(matcher.start()), message);
            }
        }
        if (isMain(path) || isTest(path)) {
            Matcher matcher = NOTE.matcher(source.comments());
            while (matcher.find()) {
                int line = source.lineAt(matcher.start());
                report(path, line, matcher.group() + " is banned: do it now, or open an issue");
            }
        }
    }

    private void checkPackageInfos() {
        Set<String> folders = new TreeSet<>();
        for (String path : sources.keySet()) {
            if (isMain(path) && !path.endsWith("/module-info.java")) {
                folders.add(path.substring(0, path.lastIndexOf('/')));
            }
        }
        for (String folder : folders) {
            if (!sources.containsKey(folder + "/package-info.java")) {
                report(folder + "/package-info.java", 1, "missing; it walks the reader through the package");
            }
        }
    }

    // Documents

    private void checkDecisions() {
        int expected = 1;
        for (String path : files) {
            if (!path.startsWith("docs/decisions/")) {
                continue;
            }
            String name = path.substring("docs/decisions/".length());
            if (!name.matches("\\d{4}-[a-z0-9]+(-[a-z0-9]+)*\\.md")) {
                report(path, 1, "a decision is named NNNN-what-we-decided.md");
                continue;
            }
            int number = Integer.parseInt(name.substring(0, 4));
            if (number != expected) {
                report(path, 1, "decisions are numbered without gaps; expected number %04d".formatted(expected));
            }
            expected = number + 1;
        }
    }

    private void checkReadme() {
        for (String document : CHECKED_DOCUMENTS) {
            if (!texts.containsKey(document)) {
                report(document, 1, "missing; readers begin here");
            }
        }
        long lines = texts.getOrDefault("README.md", "").lines().count();
        if (lines > README_LINES_MAX) {
            String message = lines + " lines; the limit is " + README_LINES_MAX + ". Move details into docs";
            report("README.md", README_LINES_MAX + 1, message);
        }
    }

    private static final Pattern IN_BACKTICKS = Pattern.compile("`([^`]+)`");
    private static final Pattern TYPE = Pattern.compile("(?:new )?([A-Z]\\w*[a-z]\\w*)([.#(<\\[].*)?");
    private static final Pattern PATH = Pattern.compile("(\\./)?[\\w.@-]+(/[\\w.@-]+)*/?");
    private static final Pattern DECLARED = Pattern.compile("\\b(?:class|interface|record|enum)\\s+([A-Z]\\w*)");
    private static final Pattern ENUM_BODY = Pattern.compile("\\benum\\s+\\w+[^{]*\\{([^;}]*)");
    private static final Pattern LINK = Pattern.compile("!?\\[[^\\]]*\\]\\(\\s*<?([^)\\s>]+)>?[^)]*\\)");

    private void checkNamesInDocuments() {
        Set<String> names = new HashSet<>(OTHER_NAMES);
        for (JavaSource source : sources.values()) {
            DECLARED.matcher(source.code()).results().forEach(found -> names.add(found.group(1)));
            ENUM_BODY.matcher(source.code()).results().forEach(found -> {
                names.addAll(List.of(found.group(1).split("\\W+")));
            });
        }
        for (String document : CHECKED_DOCUMENTS) {
            for (Line line : prose(texts.getOrDefault(document, ""))) {
                IN_BACKTICKS.matcher(line.text()).results().forEach(found -> {
                    checkName(document, line.number(), found.group(1).strip(), names);
                });
            }
        }
    }

    private void checkName(String document, int line, String quoted, Set<String> names) {
        Matcher type = TYPE.matcher(quoted);
        if (type.matches() && !TEXT_EXTENSIONS.contains(extension(quoted))) {
            String name = type.group(1);
            if (!names.contains(name) && !isJdkType(name)) {
                report(document, line, "type `" + name + "` does not exist in the sources; correct the name");
            }
            return;
        }
        String path = quoted.startsWith("./") ? quoted.split(" ", 2)[0] : quoted;
        if (!PATH.matcher(path).matches() || path.contains("target/") || path.matches("(application|text|image)/.*")) {
            return;
        }
        boolean pathlike = path.contains("/") || TEXT_EXTENSIONS.contains(extension(path));
        if (pathlike && !exists(document, path)) {
            report(document, line, "path `" + path + "` does not exist; correct it");
        }
    }

    /// A path is meant from the root or from the document; a bare file name may stand anywhere.
    private boolean exists(String document, String path) {
        return Files.exists(root.resolve(path))
                || Files.exists(root.resolve(document).resolveSibling(path))
                || !path.contains("/") && files.stream().anyMatch(file -> file.endsWith("/" + path));
    }

    private static boolean isJdkType(String name) {
        for (String jdkPackage : JDK_PACKAGES) {
            try {
                Class.forName(jdkPackage + "." + name, false, ClassLoader.getPlatformClassLoader());
                return true;
            } catch (ClassNotFoundException e) {
                // Not in this package; the next may have it.
            }
        }
        return false;
    }

    private void checkLinks(String path, String text) {
        if (!path.endsWith(".md")) {
            return;
        }
        for (Line line : prose(text)) {
            LINK.matcher(line.text().replaceAll("`[^`]*`", "``")).results().forEach(found -> {
                String target = found.group(1).replaceFirst("#.*", "");
                boolean elsewhere = target.isEmpty() || target.matches("[a-zA-Z][a-zA-Z0-9+.-]*:.*");
                if (!elsewhere && !Files.exists(root.resolve(path).resolveSibling(target))) {
                    report(path, line.number(), "link to \"" + target + "\" leads nowhere; correct it");
                }
            });
        }
    }

    /// A line of a document outside of fenced code.
    record Line(int number, String text) {}

    private static List<Line> prose(String text) {
        List<Line> lines = new ArrayList<>();
        boolean fenced = false;
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            if (line.stripLeading().startsWith("```")) {
                fenced = !fenced;
            } else if (!fenced) {
                lines.add(new Line(number, line));
            }
        }
        return lines;
    }

    private void checkScripts() {
        for (String script : SCRIPTS) {
            if (files.contains(script) && !Files.isExecutable(root.resolve(script))) {
                report(script, 1, "not executable; run chmod +x " + script);
            }
        }
    }
}
