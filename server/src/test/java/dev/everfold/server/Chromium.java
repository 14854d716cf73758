package dev.everfold.server;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// A real Chromium, where the machine has one; a class of tests that needs it is left out elsewhere, and says so.
final class Chromium implements AutoCloseable {

    private static final List<String> PLACES = List.of(
            "/usr/bin/chromium",
            "/usr/bin/chromium-browser",
            "/usr/bin/google-chrome",
            "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");

    private static final List<String> FLAGS = List.of(
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync");

    private final Playwright playwright =
            Playwright.create(new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));

    final Browser browser = playwright
            .chromium()
            .launch(new BrowserType.LaunchOptions()
                    .setExecutablePath(find().orElseThrow())
                    .setArgs(FLAGS));

    private static Optional<Path> find() {
        return Stream.concat(Stream.ofNullable(System.getenv("EVERFOLD_BROWSER")), PLACES.stream())
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    /// Whether there is one; says in one line what to do where there is none.
    static boolean isThere() {
        boolean isThere = find().isPresent();
        if (!isThere) {
            System.out.println("The console's tests were left out: no Chromium on this machine. Get it with"
                    + " `apt-get install chromium`, or name one in EVERFOLD_BROWSER.");
        }
        return isThere;
    }

    @Override
    public void close() {
        playwright.close();
    }
}
