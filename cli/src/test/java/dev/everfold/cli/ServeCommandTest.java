package dev.everfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.StoreUri;
import dev.everfold.protocol.kurrent.OperationsGrpc;
import dev.everfold.protocol.kurrent.Shared;
import dev.everfold.server.EverfoldServer;
import dev.everfold.server.Secret;
import dev.everfold.server.SecurityOptions;
import dev.everfold.server.ServerOptions;
import dev.everfold.server.TokenOptions;
import dev.everfold.testkit.ChildJvm;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Timeout(60)
class ServeCommandTest {

    private static final Pattern SERVING = Pattern.compile(
            "serving (.+): gRPC at localhost:([0-9]+), HTTP at http://localhost:([0-9]+) \\(ready after [0-9.]+ s\\)");
    private static final int TERMINATED = 143;

    @TempDir
    Path folder;

    @Test
    void every_command_can_use_a_served_store_and_the_server_ends_when_it_is_interrupted() throws Exception {
        Interruption interruption = new Interruption();
        Lines out = new Lines();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(
                InputStream.nullInputStream(), new Output(out), new Output(err), Terminal.none(), interruption);
        String[] arguments = {"serve", "--store", store(), "--grpc-port", "0", "--http-port", "0"};
        FutureTask<Integer> serving = new FutureTask<>(() -> Main.run(arguments, console));
        Thread.startVirtualThread(serving);
        String served = "everfold://localhost:" + grpcPort(out.first());

        CommandLineRun appended = CommandLineRun.of(
                "append", "--store", served, "--stream", "order-17", "--type", "OrderPlaced", "--data", "{}");
        CommandLineRun again = CommandLineRun.of(
                "append",
                "--store",
                served,
                "--stream",
                "order-17",
                "--type",
                "OrderPlaced",
                "--data",
                "{}",
                "--expect",
                "none");
        CommandLineRun read = CommandLineRun.of("export", "--store", served);
        CommandLineRun stats = CommandLineRun.of("stats", "--store", served, "--json");
        interruption.request();

        assertThat(appended.exitCode()).as(appended.err()).isZero();
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.err())
                .isEqualTo("everfold: Append to stream \"order-17\" refused: expected no stream, found 0. "
                        + "Read the stream again and repeat the command.\n");
        assertThat(read.outLines()).hasSize(1);
        assertThat(stats.out()).contains("\"events\":1");
        assertThat(serving.get()).isZero();
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void the_server_ends_when_an_operator_asks_for_it() throws Exception {
        Lines out = new Lines();
        Console console = new Console(
                InputStream.nullInputStream(),
                new Output(out),
                new Output(new ByteArrayOutputStream()),
                Terminal.none(),
                new Interruption());
        String[] arguments = {"serve", "--store", store(), "--grpc-port", "0", "--http-port", "0"};
        FutureTask<Integer> serving = new FutureTask<>(() -> Main.run(arguments, console));
        Thread.startVirtualThread(serving);
        ManagedChannel channel = ManagedChannelBuilder.forAddress("localhost", grpcPort(out.first()))
                .usePlaintext()
                .build();

        var _ = OperationsGrpc.newBlockingStub(channel).shutdown(Shared.Empty.getDefaultInstance());

        assertThat(serving.get()).isZero();
        channel.shutdownNow();
    }

    @Test
    void a_host_that_strangers_could_reach_is_refused_in_one_line_and_no_store_is_made() {
        CommandLineRun run = CommandLineRun.of("serve", "--store", store(), "--host", "0.0.0.0");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .isEqualTo("everfold: The server does not listen at \"0.0.0.0\" without TLS and users, since whoever"
                        + " reaches it could read and append everything. Expected localhost, or --users with"
                        + " --tls-certificate and --tls-key, or, where the network is trusted,"
                        + " --i-accept-insecure-network.\n");
        assertThat(folder.resolve("store")).doesNotExist();
    }

    @Test
    void a_server_that_is_not_there_is_exit_code_3() {
        CommandLineRun run = CommandLineRun.of("stats", "--store", "everfold://localhost:1");

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err())
                .startsWith("everfold: The server at localhost:1 cannot be reached: ")
                .endsWith(". See that it runs there, and try again.\n");
    }

    @Test
    void a_real_process_that_is_told_to_end_closes_its_store() throws Exception {
        Process process = ChildJvm.of(Main.class, "serve", "--store", store(), "--grpc-port", "0", "--http-port", "0")
                .redirectError(folder.resolve("log").toFile())
                .start();
        String line = String.valueOf(process.inputReader().readLine());
        try (EventStore store = EventStores.open("everfold://localhost:" + grpcPort(line))) {
            store.append(Append.of(NewEvent.of("order-17", "OrderPlaced", "{}")));
        }

        process.destroy();

        assertThat(process.waitFor()).isEqualTo(TERMINATED);
        assertThat(CommandLineRun.of("verify", "--store", store()).out()).doesNotContain("note");
        assertThat(Files.readString(folder.resolve("log")))
                .contains("INFO dev.everfold.server.EverfoldServer serving host=localhost grpcPort=");
    }

    @Test
    void a_store_in_memory_is_named_with_one_colon() {
        assertThat(ServeCommand.named(StoreUri.parse("memory:"))).isEqualTo("memory:");
        assertThat(ServeCommand.named(StoreUri.parse("log:data"))).isEqualTo("log:data:");
    }

    @Test
    void the_command_line_comes_before_the_environment_and_that_before_the_file() throws IOException {
        Path file = Files.writeString(
                folder.resolve("everfold.properties"), "store=memory:\ngrpc-port=1\nhttp-port=2\ngrace=3\n");
        Map<String, String> environment = Map.of("EVERFOLD_HTTP_PORT", "20", "EVERFOLD_GRACE", "30");

        ServeCommand command = parsed(environment, "--config", file.toString(), "--grace", "300");

        assertThat(command.storeOptions.store).isEqualTo("memory:");
        assertThat(command.host).isEqualTo("localhost");
        assertThat(command.grpcPort).isEqualTo(1);
        assertThat(command.httpPort).isEqualTo(20);
        assertThat(command.graceSeconds).isEqualTo(300);
    }

    @Test
    void security_is_set_in_all_three_places() throws IOException {
        Path file = Files.writeString(
                folder.resolve("everfold.properties"), "store=memory:\nusers=true\ntls-certificate=a.crt\n");
        Map<String, String> environment = Map.of("EVERFOLD_TLS_KEY", "a.key", "EVERFOLD_USERS", "true");

        ServeCommand command = parsed(environment, "--config", file.toString(), "--connections-of-address", "7");

        SecurityOptions options = command.security.options(Map.of("EVERFOLD_ADMIN_PASSWORD", "correct horse"));
        assertThat(options.users()).isTrue();
        assertThat(options.tls()).hasValue(new SecurityOptions.Tls(Path.of("a.crt"), Path.of("a.key")));
        assertThat(options.adminPassword().orElseThrow().reveal()).isEqualTo("correct horse");
        assertThat(command.security.connectionsOfAddress).isEqualTo(7);
        assertThat(parsed(environment, "--store", "memory:", "--users").security.users)
                .isTrue();
        assertThat(parsed(environment, "--store", "memory:", "--users=false").security.users)
                .isFalse();
    }

    @Test
    void trusted_proxies_are_set_in_all_three_places_one_or_several() throws IOException {
        String settings = """
                store=memory:
                users=true
                tls-certificate=a.crt
                tls-key=a.key
                tls-client-authorities=ca.crt
                trusted-proxy=edge,inner edge
                """;
        Path file = Files.writeString(folder.resolve("everfold.properties"), settings);
        String[] config = {"--config", file.toString()};
        String[] named = {"--config", file.toString(), "--trusted-proxy", "a,b", "--trusted-proxy", "c"};
        Map<String, String> environment = Map.of("EVERFOLD_TRUSTED_PROXY", "gate");

        assertThat(trustedProxies(Map.of(), config)).containsExactlyInAnyOrder("edge", "inner edge");
        assertThat(trustedProxies(environment, config)).containsExactly("gate");
        assertThat(trustedProxies(environment, named)).containsExactlyInAnyOrder("a", "b", "c");
        assertThat(trustedProxies(Map.of(), "--store", "memory:")).isEmpty();
    }

    private static Set<String> trustedProxies(Map<String, String> environment, String... arguments) {
        return parsed(environment, arguments).security.options(Map.of()).trustedProxies();
    }

    @Test
    void a_trusted_proxy_without_authorities_or_without_a_name_is_refused() {
        for (String[] more : new String[][] {{}, {"--tls-certificate", "a.crt", "--tls-key", "a.key"}}) {
            List<String> arguments =
                    new ArrayList<>(List.of("serve", "--store", "memory:", "--users", "--trusted-proxy", "edge"));
            arguments.addAll(List.of(more));

            CommandLineRun run = CommandLineRun.of(arguments.toArray(String[]::new));

            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.err())
                    .isEqualTo("everfold: A trusted proxy is known by its certificate; expected"
                            + " --tls-client-authorities with --trusted-proxy.\n");
        }
        CommandLineRun nameless = CommandLineRun.of(
                "serve",
                "--store",
                "memory:",
                "--users",
                "--tls-certificate",
                "a.crt",
                "--tls-key",
                "a.key",
                "--tls-client-authorities",
                "ca.crt",
                "--trusted-proxy=");
        assertThat(nameless.exitCode()).isEqualTo(2);
        assertThat(nameless.err())
                .isEqualTo("everfold: The name of a trusted proxy is empty; expected the common name (CN) of its"
                        + " certificate with --trusted-proxy.\n");
    }

    @Test
    void tokens_of_a_provider_are_set_in_all_three_places() throws IOException {
        Path file = Files.writeString(
                folder.resolve("everfold.properties"),
                "store=memory:\nusers=true\ntoken-issuer=https://login.example\ntoken-ops-group=operators\n");
        Map<String, String> environment =
                Map.of("EVERFOLD_TOKEN_AUDIENCE", "everfold", "EVERFOLD_TOKEN_USER_CLAIM", "email");

        ServeCommand command = parsed(
                environment, "--config", file.toString(), "--token-keys", "keys.json", "--token-admin-group", "staff");

        TokenOptions expected = new TokenOptions(URI.create("https://login.example"), "everfold")
                .withKeys(new TokenOptions.Keys.In(Path.of("keys.json")))
                .withUserClaim("email")
                .withAdminGroup("staff")
                .withOperatorGroup("operators");
        assertThat(command.security.options(Map.of()).tokens()).hasValue(expected);
        assertThat(parsed(Map.of(), "--store", "memory:")
                        .security
                        .options(Map.of())
                        .tokens())
                .isEmpty();
    }

    @Test
    void an_issuer_without_an_audience_or_the_other_way_round_is_refused() {
        String words = "everfold: Tokens are taken of one issuer, and for one audience; expected --token-issuer with"
                + " --token-audience.\n";

        for (String[] half : new String[][] {
            {"--token-issuer", "https://login.example"}, {"--token-audience", "everfold"}, {"--token-keys", "keys.json"}
        }) {
            CommandLineRun run = CommandLineRun.of("serve", "--store", "memory:", "--users", half[0], half[1]);

            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.err()).isEqualTo(words);
        }
    }

    @Test
    void commands_come_in_with_a_token_of_the_environment() throws Exception {
        SecurityOptions users = SecurityOptions.NONE
                .withUsers(true)
                .withPasswordIterations(1_000)
                .withAdminPassword(Secret.of("correct-horse"));
        try (EverfoldServer server = EverfoldServer.start(
                        EventStores.open("memory:"),
                        ServerOptions.DEFAULTS.withPorts(0, 0).withSecurity(users));
                HttpClient http = HttpClient.newHttpClient()) {
            String expires =
                    Clock.systemUTC().instant().plus(Duration.ofHours(1)).toString();
            String made = http.send(
                            HttpRequest.newBuilder(URI.create("http://localhost:" + server.httpPort() + "/tokens"))
                                    .header(
                                            "Authorization",
                                            "Basic "
                                                    + Base64.getEncoder()
                                                            .encodeToString("admin:correct-horse"
                                                                    .getBytes(StandardCharsets.UTF_8)))
                                    .header("Content-Type", "application/json")
                                    .POST(HttpRequest.BodyPublishers.ofString(
                                            "{\"name\":\"ci\",\"expires\":\"" + expires + "\"}"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            String token = made.replaceAll(".*(ef_[A-Za-z0-9_-]{43}).*", "$1");

            assertThat(stats(server, token)).contains("\"events\":");
            assertThat(stats(server, "ef_wrong"))
                    .isEqualTo("everfold: The server at localhost:" + server.grpcPort() + " does not let this client"
                            + " in: The token is wrong, has expired or was revoked. Expected another token in"
                            + " EVERFOLD_TOKEN.");
        }
    }

    private static String stats(EverfoldServer server, String token) throws Exception {
        ProcessBuilder command = ChildJvm.of(
                        Main.class, "stats", "--store", "everfold://localhost:" + server.grpcPort(), "--json")
                .redirectErrorStream(true);
        command.environment().put("EVERFOLD_TOKEN", token);
        Process process = command.start();
        try (BufferedReader lines = process.inputReader()) {
            return String.valueOf(lines.readLine());
        }
    }

    @Test
    void a_real_server_with_users_writes_the_first_password_to_a_file_of_its_owner() throws Exception {
        Path password = folder.resolve("password");
        Path log = folder.resolve("log");
        Process process = ChildJvm.of(
                        Main.class,
                        "serve",
                        "--store",
                        store(),
                        "--grpc-port",
                        "0",
                        "--http-port",
                        "0",
                        "--users",
                        "--admin-password-file",
                        password.toString())
                .redirectError(log.toFile())
                .start();
        String line = String.valueOf(process.inputReader().readLine());
        String address = "localhost:" + grpcPort(line);
        String written = Files.readString(password).strip();

        CommandLineRun refused = CommandLineRun.of("stats", "--store", "everfold://" + address);
        CommandLineRun appended = CommandLineRun.of(
                "append",
                "--store",
                "everfold://admin:" + written + "@" + address,
                "--stream",
                "order-17",
                "--type",
                "OrderPlaced",
                "--data",
                "{}");
        process.destroy();
        process.waitFor();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(password)))
                .isEqualTo("rw-------");
        assertThat(refused.exitCode()).isEqualTo(3);
        assertThat(refused.err())
                .isEqualTo("everfold: The server at " + address + " does not let this client in: The call names no"
                        + " user. Expected everfold://USER@HOST, and the password in EVERFOLD_PASSWORD.\n");
        assertThat(appended.exitCode()).as(appended.err()).isZero();
        assertThat(Files.readString(log))
                .contains("first user login=admin passwordWrittenTo=" + password)
                .doesNotContain(written);
    }

    @Test
    void the_environment_may_name_the_file() throws IOException {
        Path file = Files.writeString(folder.resolve("everfold.properties"), "store=memory:\ngrpc-port=7\n");

        ServeCommand command = parsed(Map.of("EVERFOLD_CONFIG", file.toString()));

        assertThat(command.grpcPort).isEqualTo(7);
    }

    @Test
    void a_file_that_is_missing_or_says_what_nobody_knows_is_refused() throws IOException {
        Path file = Files.writeString(folder.resolve("everfold.properties"), "colour=red\n");
        Path missing = folder.resolve("missing");

        CommandLineRun unknown = CommandLineRun.of("serve", "--store", "memory:", "--config", file.toString());
        CommandLineRun absent = CommandLineRun.of("serve", "--store", "memory:", "--config", missing.toString());

        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.err())
                .isEqualTo("everfold: \"colour\" in \"" + file + "\" is not a setting; expected one of"
                        + " admin-password-file, connections-of-address, grace, grpc-port, host, http-port,"
                        + " i-accept-insecure-network, kurrent-default-passwords, store, tls-certificate,"
                        + " tls-client-authorities, tls-key, token-admin-group, token-audience,"
                        + " token-groups-claim, token-issuer, token-keys, token-ops-group, token-user-claim,"
                        + " trusted-proxy, users.\n");
        assertThat(absent.exitCode()).isEqualTo(2);
        assertThat(absent.err())
                .isEqualTo("everfold: the file \"" + missing + "\" of --config cannot be read: there is no such file."
                        + " Correct its name, or name another one.\n");
    }

    @Test
    void a_file_with_a_backslash_that_means_something_else_is_refused() throws IOException {
        Path file = Files.writeString(folder.resolve("everfold.properties"), "tls-key=C:\\users\\key.pem\n");

        CommandLineRun run = CommandLineRun.of("serve", "--store", "memory:", "--config", file.toString());

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .isEqualTo("everfold: the file \"" + file + "\" of --config is malformed: \\u stands before something"
                        + " other than four hexadecimal digits. Write \\\\ where a backslash is meant.\n");
    }

    @Test
    void settings_are_taken_as_they_stand() throws IOException {
        String store = "postgresql://shop:a$$b${c}$d@localhost/shop";
        Path file = Files.writeString(folder.resolve("everfold.properties"), "store=" + store + "\n");

        assertThat(parsed(Map.of("EVERFOLD_STORE", store)).storeOptions.store).isEqualTo(store);
        assertThat(parsed(Map.of(), "--config", file.toString()).storeOptions.store)
                .isEqualTo(store);
        assertThat(parsed(Map.of(), "--store", store).storeOptions.store).isEqualTo(store);
    }

    private static ServeCommand parsed(Map<String, String> environment, String... arguments) {
        Console console = new Console(
                InputStream.nullInputStream(),
                new Output(new ByteArrayOutputStream()),
                new Output(new ByteArrayOutputStream()),
                Terminal.none(),
                new Interruption());
        ServeCommand command = new ServeCommand(console);
        new CommandLine(command)
                .setDefaultValueProvider(ServeSettings.of(environment, List.of(arguments)))
                .parseArgs(arguments);
        return command;
    }

    private String store() {
        return "log:" + folder.resolve("store");
    }

    private static int grpcPort(String line) {
        Matcher serving = SERVING.matcher(line);
        assertThat(serving.matches()).as(line).isTrue();
        return Integer.parseInt(serving.group(2));
    }

    /// An output whose first line can be waited for.
    private static final class Lines extends ByteArrayOutputStream {

        @Override
        public synchronized void write(byte[] bytes, int from, int count) {
            super.write(bytes, from, count);
            notifyAll();
        }

        synchronized String first() throws InterruptedException {
            while (!toString(StandardCharsets.UTF_8).contains("\n")) {
                wait();
            }
            return toString(StandardCharsets.UTF_8).lines().findFirst().orElseThrow();
        }
    }
}
