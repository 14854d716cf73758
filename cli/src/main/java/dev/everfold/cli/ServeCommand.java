package dev.everfold.cli;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.StoreUri;
import dev.everfold.server.EverfoldServer;
import dev.everfold.server.ServerOptions;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Serves a store to other processes.
@Command(
        name = "serve",
        description = "Serve a store to other processes, until Ctrl-C: gRPC, and HTTP with health and metrics.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nEach option may also stand in the environment (EVERFOLD_GRPC_PORT) or in the%n"
                + "file of --config (grpc-port=2113); the command line comes first, the file last.%n%nExamples:%n",
        footer = {
            "  everfold serve --store log:data",
            "  everfold read  --store everfold://localhost:2113 --limit 5",
            "  curl localhost:2114/health/ready"
        })
final class ServeCommand implements Callable<Integer> {

    private static final long NANOS_OF_MILLI = 1_000_000;

    /// What closing the store may take after the calls have ended.
    private static final int END_SECONDS = 30;

    private final Console console;

    @Mixin
    StoreOptions storeOptions = new StoreOptions();

    @Option(
            names = "--host",
            paramLabel = "HOST",
            description = "Where to listen. Default: localhost. Others need --users and TLS.")
    String host = ServerOptions.DEFAULTS.host();

    @Option(names = "--grpc-port", paramLabel = "PORT", description = "Of gRPC; 0 = any. Default: 2113.")
    int grpcPort = ServerOptions.DEFAULTS.grpcPort();

    @Option(names = "--http-port", paramLabel = "PORT", description = "Of HTTP; 0 = any. Default: 2114.")
    int httpPort = ServerOptions.DEFAULTS.httpPort();

    @Option(
            names = "--grace",
            paramLabel = "SECONDS",
            description = "How long calls may take to end when the server ends. Default: 5.")
    int graceSeconds = (int) ServerOptions.DEFAULTS.grace().toSeconds();

    @Mixin
    SecurityArguments security = new SecurityArguments();

    /// Read by [ServeSettings], before the others are asked for.
    @Option(names = "--config", paramLabel = "FILE", description = "Options by name, one name=value a line.")
    String config = "";

    ServeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        console.interruption().allowSeconds(2 * graceSeconds + END_SECONDS);
        long begunNanos = System.nanoTime();
        ServerOptions options = new ServerOptions(
                host,
                grpcPort,
                httpPort,
                Duration.ofSeconds(graceSeconds),
                security.options(System.getenv()),
                security.connectionsOfAddress);
        EventStore store = storeOptions.openToAppend();
        EverfoldServer server;
        try {
            server = EverfoldServer.start(store, options);
        } catch (RuntimeException refused) {
            store.close();
            throw refused;
        }
        try (server) {
            long millis = (System.nanoTime() - begunNanos) / NANOS_OF_MILLI;
            console.out()
                    .line(String.format(
                            Locale.ROOT,
                            "serving %s gRPC at %s:%d, HTTP at %s://%s:%d (ready after %.1f s)",
                            named(storeOptions.uri()),
                            host,
                            server.grpcPort(),
                            options.security().tls().isPresent() ? "https" : "http",
                            host,
                            server.httpPort(),
                            millis / 1_000.0));
            console.out().flush();
            server.shutdownRequested().thenRun(console.interruption()::request);
            console.interruption().await();
        }
        return ExitCode.OK.number();
    }

    /// As a heading: with a colon, unless it ends with one.
    static String named(StoreUri uri) {
        String text = SafeText.of(uri.forMessages());
        return text.endsWith(":") ? text : text + ":";
    }
}
