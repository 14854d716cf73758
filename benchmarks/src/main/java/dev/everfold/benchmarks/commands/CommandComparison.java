package dev.everfold.benchmarks.commands;

import com.sun.management.OperatingSystemMXBean;
import dev.everfold.benchmarks.commands.AccountCommand.Deposit;
import dev.everfold.benchmarks.commands.AccountCommand.Open;
import dev.everfold.benchmarks.peers.ComparisonTables;
import dev.everfold.cli.bench.Clients;
import dev.everfold.cli.bench.Measurement;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Measures commands round-robin in one run and prints tables in Markdown:
/// `CommandComparison FOLDER [ROUNDS [SECONDS [ENGINES]]]`, by default 3 rounds of 1 second and all engines;
/// else those whose names begin so, for example `Everfold`. A new folder is made in FOLDER and removed at
/// the end.
///
/// Every engine is opened new before each measurement and closed after it, PostgreSQL's server included. A
/// client opens an account, pays in 19 times, and goes on with another account; no two clients meet. The
/// last workload has one client that loads accounts of 20 events, with no state cached, from a store of 64.
public final class CommandComparison {

    private static final int ACCOUNT_EVENTS = 20;
    private static final int LOADED_ACCOUNTS = 64;
    private static final int CENTS = 500;
    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private final Path folder;
    private final int rounds;
    private final Duration duration;
    private final List<AccountEngine> engines;
    private final ComparisonTables tables = new ComparisonTables("Commands");
    private final ShareTables shares = new ShareTables();
    private int runs;

    CommandComparison(Path folder, int rounds, Duration duration, List<AccountEngine> engines) {
        this.folder = folder;
        this.rounds = rounds;
        this.duration = duration;
        this.engines = engines;
    }

    /// Runs the comparison and prints its tables.
    ///
    /// @param arguments the folder; rounds; seconds; how the names of the engines begin
    public static void main(String[] arguments) throws Exception {
        if (arguments.length < 1 || arguments.length > 4) {
            System.err.println("usage: CommandComparison FOLDER [ROUNDS [SECONDS [ENGINES]]]");
            System.exit(2);
        }
        String begin = arguments.length > 3 ? arguments[3] : "";
        List<AccountEngine> engines = AccountEngines.ALL.stream()
                .filter(engine -> engine.name().startsWith(begin))
                .toList();
        if (engines.isEmpty()) {
            System.err.println("No engine's name begins with \"" + begin + "\"; expected for example Everfold.");
            System.exit(2);
        }
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 3;
        double seconds = arguments.length > 2 ? Double.parseDouble(arguments[2]) : 1;
        Path folder = Files.createTempDirectory(Files.createDirectories(Path.of(arguments[0])), "everfold-commands-");
        try {
            Duration duration = Duration.ofNanos((long) (seconds * 1e9));
            System.out.println(new CommandComparison(folder, rounds, duration, engines).run());
        } finally {
            delete(folder);
        }
    }

    /// Runs it, with one round before that does not count, and returns the tables.
    String run() throws Exception {
        for (int round = 0; round <= rounds; round++) {
            System.err.println(round == 0 ? "warming up" : "round " + round + " of " + rounds);
            for (int clients : new int[] {1, 64}) {
                String workload = clients == 1 ? "1 client" : clients + " clients";
                for (AccountEngine engine : engines) {
                    measure(engine, workload, round > 0, session -> commands(session, clients));
                }
            }
            for (AccountEngine engine : engines) {
                if (engine.loads()) {
                    measure(engine, "load of " + ACCOUNT_EVENTS + " events", round > 0, this::fillAndLoad);
                }
            }
        }
        return heading() + tables.markdown() + shares.markdown();
    }

    /// What is done with an engine that was just opened.
    @FunctionalInterface
    private interface Workload {
        Cost run(AccountSession session) throws Exception;
    }

    /// What a workload reached, and the CPU time of this process for each of its calls.
    private record Cost(Measurement measurement, double cpuMicros) {}

    private void measure(AccountEngine engine, String name, boolean counts, Workload workload) throws Exception {
        Path home = folder.resolve("run-" + runs++);
        try (AccountSession session = engine.opening().open(home)) {
            Cost cost = workload.run(session);
            if (counts) {
                tables.add(engine.name(), name, cost.measurement());
                shares.add(engine.name(), name, cost.measurement().perSecond(), cost.cpuMicros());
            }
        }
        delete(home);
    }

    private Cost commands(AccountSession session, int clients) throws Exception {
        return measured(() -> Clients.run(clients, 1, duration, number -> new Client(session, number)));
    }

    private Cost fillAndLoad(AccountSession session) throws Exception {
        for (int account = 0; account < LOADED_ACCOUNTS; account++) {
            Client client = new Client(session, account);
            for (int event = 0; event < ACCOUNT_EVENTS; event++) {
                client.prepare();
                client.call();
            }
        }
        return measured(() -> Clients.runAlone(duration, repetition -> {
            long balance = session.balance(account(repetition % LOADED_ACCOUNTS, 0));
            if (balance != (ACCOUNT_EVENTS - 1) * CENTS) {
                throw new IllegalStateException("An account was loaded with " + balance + " cents; expected "
                        + (ACCOUNT_EVENTS - 1) * CENTS + ".");
            }
            return 1;
        }));
    }

    /// Something that is measured.
    @FunctionalInterface
    private interface Measuring {
        Measurement run() throws Exception;
    }

    private static Cost measured(Measuring measuring) throws Exception {
        long cpuNanos = SYSTEM.getProcessCpuTime();
        long nanos = System.nanoTime();
        Measurement measurement = measuring.run();
        double calls = measurement.perSecond() * (System.nanoTime() - nanos) / 1e9;
        return new Cost(measurement, (SYSTEM.getProcessCpuTime() - cpuNanos) / 1e3 / calls);
    }

    private static String account(int client, long number) {
        return client + "." + number;
    }

    private String heading() {
        StringBuilder text = new StringBuilder();
        text.append("%d rounds of %.1f s; %d processors, Java %s, heap of %,d MiB at most.%n%n"
                .formatted(
                        rounds,
                        duration.toNanos() / 1e9,
                        Runtime.getRuntime().availableProcessors(),
                        Runtime.version(),
                        Runtime.getRuntime().maxMemory() >> 20));
        for (AccountEngine engine : engines) {
            text.append("- ").append(engine.name()).append(": ").append(engine.settings());
            text.append('\n');
        }
        return text.append('\n').toString();
    }

    private static final class Client implements Clients.Client {

        private final AccountSession session;
        private final int number;
        private long calls;
        private AccountCommand next = new Open("");

        Client(AccountSession session, int number) {
            this.session = session;
            this.number = number;
        }

        @Override
        public void prepare() {
            String account = account(number, calls / ACCOUNT_EVENTS);
            next = calls % ACCOUNT_EVENTS == 0 ? new Open(account) : new Deposit(account, CENTS);
        }

        @Override
        public void call() throws Exception {
            session.handle(next, calls % ACCOUNT_EVENTS);
            calls++;
        }
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
