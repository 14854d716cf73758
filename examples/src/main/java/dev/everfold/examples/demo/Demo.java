package dev.everfold.examples.demo;

import dev.everfold.cli.Main;
import dev.everfold.eventsourcing.subscription.ConsumerStatus;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.IoReason;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.examples.orders.LiveShop;
import dev.everfold.server.Application;
import dev.everfold.server.EverfoldServer;
import dev.everfold.server.ServerAction;
import dev.everfold.server.ServerOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/// A server, an embedded store in a folder, and a shop that people order at; until Ctrl-C.
@Command(
        name = "everfold demo",
        description = "Run a server, a store and a shop that people order at, to look at in a browser.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class Demo implements Callable<Integer> {

    private static final int REPORT_SECONDS = 1;
    private static final int ORDERS_PER_SECOND = 2;
    private static final JsonMapper MAPPER = new JsonMapper();

    @Option(
            names = "--folder",
            paramLabel = "FOLDER",
            description = "Where to keep the store and the read model. Default: a temporary one, removed at the end.")
    String folder = "";

    @Option(names = "--debug", description = "Show a stack trace with an error.")
    boolean debug;

    @Option(names = "--grpc-port", paramLabel = "PORT", description = "Of gRPC; 0 = any. Default: 2113.")
    int grpcPort = ServerOptions.DEFAULTS.grpcPort();

    @Option(names = "--http-port", paramLabel = "PORT", description = "Of HTTP; 0 = any. Default: 2114.")
    int httpPort = ServerOptions.DEFAULTS.httpPort();

    @Option(
            names = "--orders",
            paramLabel = "RATE",
            description = "Orders a second at the beginning, 0.." + LiveShop.ORDERS_PER_SECOND_MAX + ". Default: 2.")
    int ordersPerSecond = ORDERS_PER_SECOND;

    private final Path history;
    private final CountDownLatch end;

    /// A demonstration.
    ///
    /// @param history the file of the real log that can be imported
    /// @param end ends it when it reaches zero
    Demo(Path history, CountDownLatch end) {
        this.history = history;
        this.end = end;
    }

    private static final List<Application.Hint> HINTS = List.of(
            new Application.Hint("Turn the load up, and watch the rates here.", "actions"),
            new Application.Hint(
                    "See what happens now; pick an order: its stream, its state over time, what caused what.", "live"),
            new Application.Hint(
                    "Order a mystery box: its event is parked. Mend the read model, and redrive.", "actions"),
            new Application.Hint("See how far the read model and the fulfilment are, and what is parked.", "consumers"),
            new Application.Hint("Import a real history, 74,639 events; then search for file-README.md.", "actions"));

    /// Runs until the process is asked to end.
    ///
    /// @param arguments the file of the real log, then options
    public static void main(String[] arguments) {
        // What listens here is said once, below; what goes wrong is still said.
        Logger.getLogger("").setLevel(Level.WARNING);
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            end.countDown();
                            try {
                                boolean _ = ended.await(30, TimeUnit.SECONDS);
                            } catch (InterruptedException interrupted) {
                                Thread.currentThread().interrupt();
                            }
                        },
                        "demo-end"));
        int exitCode;
        try {
            exitCode = run(Path.of(arguments[0]), end, List.of(arguments).subList(1, arguments.length));
        } finally {
            ended.countDown();
        }
        System.exit(exitCode);
    }

    /// Runs until `end` reaches zero, and returns the exit code.
    static int run(Path history, CountDownLatch end, List<String> arguments) {
        return run(history, end, arguments, System.out, System.err);
    }

    /// The same, with its output and its errors to these.
    static int run(Path history, CountDownLatch end, List<String> arguments, OutputStream out, OutputStream err) {
        String[] given = arguments.toArray(String[]::new);
        return Main.run(new Demo(history, end), given, InputStream.nullInputStream(), out, err);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (ordersPerSecond < 0 || ordersPerSecond > LiveShop.ORDERS_PER_SECOND_MAX) {
            throw new IllegalArgumentException(
                    "--orders " + ordersPerSecond + "; expected 0.." + LiveShop.ORDERS_PER_SECOND_MAX + ".");
        }
        ServerOptions options = ServerOptions.DEFAULTS.withPorts(grpcPort, httpPort);
        boolean isTemporary = folder.isEmpty();
        Path place = place();
        try {
            run(place, options);
        } finally {
            if (isTemporary) {
                delete(place);
            }
        }
        return 0;
    }

    private Path place() {
        try {
            return folder.isEmpty()
                    ? Files.createTempDirectory("everfold-demo")
                    : Files.createDirectories(Path.of(folder).toAbsolutePath());
        } catch (FileAlreadyExistsException file) {
            throw new StoreUnavailableException(
                    "\"" + folder + "\" of --folder is a file; expected a folder. Name another one.", false, file);
        } catch (IOException unmade) {
            IoReason reason =
                    IoReason.of(unmade, Path.of(folder).toAbsolutePath().toString());
            throw new StoreUnavailableException(
                    "The folder \"" + folder + "\" cannot be made: " + reason.words() + ". Name another one with"
                            + " --folder.",
                    false,
                    unmade);
        }
    }

    /// The shop, once it is open, and where its store is served.
    private record Opened(LiveShop shop, int grpcPort) {}

    private void run(Path place, ServerOptions options) throws InterruptedException {
        CompletableFuture<Opened> opened = new CompletableFuture<>();
        Application application = Application.NONE.withActions(actions(opened)).withHints(HINTS);
        try (EventStore store = EventStores.open("log:" + place.resolve("store"));
                EverfoldServer server = EverfoldServer.start(store, options, application);
                // The shop is one of the server's clients, so that the console's rates are those of the shop.
                EventStore served = EventStores.open("everfold://localhost:" + server.grpcPort());
                LiveShop shop = LiveShop.open(served, place.resolve("shop.sqlite"))) {
            shop.ordersPerSecond(ordersPerSecond);
            opened.complete(new Opened(shop, server.grpcPort()));
            System.out.print(greeting(place, server));
            System.out.flush();
            server.shutdownRequested().thenRun(end::countDown);
            report(shop, server.httpPort());
        }
    }

    private String greeting(Path place, EverfoldServer server) {
        return """
                everfold demo: a shop at work in %s

                  http://localhost:%d              the console; open it in a browser
                  everfold://localhost:%d          the store, for programs; also kurrentdb://localhost:%d?tls=false

                The first page says what to try. Ctrl-C ends it%s.
                """.formatted(
                        place,
                        server.httpPort(),
                        server.grpcPort(),
                        server.grpcPort(),
                        folder.isEmpty() ? " and removes the folder" : "");
    }

    private List<ServerAction> actions(CompletableFuture<Opened> opened) {
        return List.of(
                ServerAction.of(
                                "load",
                                "Set the load",
                                "How many orders people place a second, 0.." + LiveShop.ORDERS_PER_SECOND_MAX + ".",
                                value -> {
                                    LiveShop shop = opened.join().shop();
                                    shop.ordersPerSecond(number(value));
                                    return shop.ordersPerSecond() + " orders a second are wanted now.";
                                })
                        .asking("Orders a second", Integer.toString(ordersPerSecond)),
                ServerAction.of(
                        "mystery-box",
                        "Order a mystery box",
                        "The read model does not understand it: its event is parked, and later ones of its"
                                + " customer behind it. Those of others go on.",
                        _ -> {
                            LiveShop shop = opened.join().shop();
                            String order = shop.orderMysteryBox();
                            return "Placed " + order
                                    + (shop.isMended()
                                            ? ". The read model knows what is in it by now."
                                            : ". See Consumers for what is parked.");
                        }),
                ServerAction.of(
                        "mend",
                        "Mend the read model",
                        "As if the next version of the program was started, which knows what is in the box.",
                        _ -> {
                            opened.join().shop().mend();
                            return "Mended. What is parked stays parked until it is redriven.";
                        }),
                ServerAction.of(
                        "redrive",
                        "Redrive what is parked",
                        "Parked events are handled in order, as they would be now.",
                        _ -> {
                            LiveShop shop = opened.join().shop();
                            return shop.redrive() + " events were handled; "
                                    + shop.parked().size() + " are parked now.";
                        }),
                ServerAction.of(
                        "import-history",
                        "Import a real history",
                        "74,639 events of a public repository, each file a stream; a second time changes nothing.",
                        _ -> importHistory(opened.join().grpcPort())));
    }

    private static int number(String value) {
        try {
            return Integer.parseInt(value.strip());
        } catch (NumberFormatException wrong) {
            throw new IllegalArgumentException("\"" + value + "\" is not a number; expected one.", wrong);
        }
    }

    private String importHistory(int port) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        String[] arguments = {"import", "--store", "everfold://localhost:" + port, history.toString()};
        int exitCode = Main.run(arguments, InputStream.nullInputStream(), said, said);
        String text = said.toString(StandardCharsets.UTF_8).strip();
        if (exitCode != 0) {
            throw new IllegalArgumentException(text);
        }
        // What was said on the way is of no use afterwards.
        return text.substring(Math.max(0, text.indexOf("imported ")));
    }

    /// Tells the server how far the shop's consumers are, as any application does, until the end.
    private void report(LiveShop shop, int port) throws InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            do {
                for (ConsumerStatus status : shop.consumers()) {
                    HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/consumers"))
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofByteArray(json(status)))
                            .build();
                    client.send(request, HttpResponse.BodyHandlers.discarding());
                }
            } while (!end.await(REPORT_SECONDS, TimeUnit.SECONDS));
        } catch (IOException gone) {
            end.await();
        }
    }

    private static byte[] json(ConsumerStatus status) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("name", status.name());
        report.put("kind", status.kind());
        report.put("position", status.position());
        report.put("status", status.state().name().toLowerCase(Locale.ROOT).replace('_', ' '));
        if (status.parked() > 0) {
            String why = status.lastFailure()
                    .map(failure -> ": " + failure.message())
                    .orElse("");
            report.put("detail", status.parked() + " events are parked" + why);
        }
        return MAPPER.writeValueAsBytes(report);
    }

    private static void delete(Path folder) throws IOException {
        List<Path> all;
        try (Stream<Path> paths = Files.walk(folder)) {
            all = paths.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.deleteIfExists(path);
        }
    }
}
