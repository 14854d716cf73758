package dev.everfold.kurrent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// KurrentDB's client for Node.js, unmodified, on each engine. What it does is in `src/test/node`.
///
/// Where Node.js is missing, or its packages cannot be had, the build says so in one line and goes on.
@Timeout(300)
class NodeClientTest {

    /// What the documented script prints.
    static final String PRINTED = """
            0 OrderPlaced { cents: 1250 } { by: 'ada' }
            1 OrderPaid { cents: 1250 } { by: 'ada' }
            event 0 of all orders: OrderPlaced of order-17
            event 1 of all orders: OrderPaid of order-17
            """;

    private static final Path SOURCES = Path.of("src/test/node");
    private static final Path TARGET = Path.of("target/node");
    private static final String SCRIPT = "node-client.test.mjs";
    private static final String DOCUMENTED = "orders.mjs";
    private static final String LOCK = "package-lock.json";

    @TempDir
    Path folder;

    @Test
    void the_client_for_node_does_all_that_it_can_do() throws Exception {
        if (!isPrepared()) {
            return;
        }
        try (TestPostgres postgres = TestPostgres.start(folder.resolve("postgres"))) {
            doesAll(EventStores.open("log:" + folder.resolve("store")));
            doesAll(new InMemoryEventStore());
            doesAll(postgres.open());
        }
    }

    private static void doesAll(EventStore store) throws IOException, InterruptedException {
        try (ServedStore served = ServedStore.of(store)) {
            Run documented = run(List.of("node", DOCUMENTED), served.connectionString());
            Run run = run(List.of("node", "--test", SCRIPT), served.connectionString());

            assertThat(documented.output()).isEqualTo(PRINTED);
            assertThat(run.exitCode()).as(run.output()).isZero();
        }
    }

    @Test
    void the_script_of_readme_reads_the_event_that_its_curl_appends() throws Exception {
        String readme = Files.readString(Path.of("../README.md"));
        String script = readme.substring(readme.indexOf("```js\n") + 6);
        if (!isPrepared()) {
            return;
        }
        try (EventStore store = new InMemoryEventStore();
                ServedStore served = ServedStore.of(store)) {
            store.append(Append.of(NewEvent.of("order-17", "OrderPlaced", "{\"cents\":1250}")));
            Files.writeString(
                    TARGET.resolve("placed.mjs"),
                    script.substring(0, script.indexOf("```"))
                            .replace("kurrentdb://localhost:2113?tls=false", served.connectionString()));

            Run run = run(List.of("node", "placed.mjs"), "");

            assertThat(run.output()).isEqualTo("0 OrderPlaced { cents: 1250 }\n");
            assertThat(readme).contains("prints `" + run.output().strip() + "`");
        }
    }

    /// Says so when it is not.
    private static boolean isPrepared() throws IOException, InterruptedException {
        Optional<String> missing = prepare();
        missing.ifPresent(why -> System.out.println("KurrentDB's client for Node.js was left out of the tests: " + why
                + ". Node.js 20 or newer with npm is needed, and its packages once from a registry."));
        return missing.isEmpty();
    }

    /// Puts the script and its packages into one folder; says why when that cannot be done.
    private static Optional<String> prepare() throws IOException, InterruptedException {
        Files.createDirectories(TARGET);
        Path installed = TARGET.resolve("node_modules/.package-lock.json");
        boolean isInstalled = Files.exists(installed)
                && Files.exists(TARGET.resolve(LOCK))
                && Files.mismatch(SOURCES.resolve(LOCK), TARGET.resolve(LOCK)) < 0;
        for (String file : List.of("package.json", LOCK, SCRIPT, DOCUMENTED)) {
            Files.copy(SOURCES.resolve(file), TARGET.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        Run node = run(List.of("node", "--version"), "");
        if (node.exitCode() != 0 || majorVersion(node.output()) < 20) {
            return Optional.of(
                    "there is no Node.js 20 or newer (" + node.output().strip() + ")");
        }
        if (isInstalled) {
            return Optional.empty();
        }
        Run npm = run(List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"), "");
        return npm.exitCode() == 0
                ? Optional.empty()
                : Optional.of("npm could not install it ("
                        + npm.output().lines().findFirst().orElse("") + ")");
    }

    private static int majorVersion(String version) {
        String digits = version.strip().replaceFirst("^v(\\d+)\\..*$", "$1");
        return digits.matches("\\d{1,4}") ? Integer.parseInt(digits) : 0;
    }

    private static Run run(List<String> command, String store) throws IOException, InterruptedException {
        Path output = Files.createTempFile("node", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(TARGET.toFile())
                .redirectErrorStream(true)
                .redirectOutput(Redirect.to(output.toFile()));
        builder.environment().put("STORE", store);
        Process process;
        try {
            process = builder.start();
        } catch (IOException notThere) {
            return new Run(127, command.getFirst() + " cannot be run");
        }
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            return new Run(124, command.getFirst() + " took longer than 120 s\n" + Files.readString(output));
        }
        return new Run(process.exitValue(), Files.readString(output));
    }

    /// How a program ended, and what it said.
    private record Run(int exitCode, String output) {}
}
