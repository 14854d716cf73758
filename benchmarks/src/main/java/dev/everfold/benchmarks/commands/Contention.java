package dev.everfold.benchmarks.commands;

import dev.everfold.benchmarks.commands.AccountCommand.Deposit;
import dev.everfold.benchmarks.commands.AccountCommand.Open;
import dev.everfold.benchmarks.peers.ComparisonTables;
import dev.everfold.cli.bench.Clients;
import dev.everfold.eventsourcing.DeciderHandler;
import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.Retries;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// What it costs that 64 clients meet at one stream: `Contention STORE_URI [ROUNDS [SECONDS]]`, by default 3
/// rounds of 1 second. The store keeps what was written.
///
/// Prints commands a second with streams of their own, at one stream within a process, where they queue,
/// and at one stream as if from 64 processes, where they collide and decide again.
public final class Contention {

    private static final int CLIENTS = 64;
    private static final int TRIES_MAX = 10_000;

    private final EventStore store;
    private final DeciderHandler<AccountCommand, Account, AccountEvent> accounts;

    private Contention(EventStore store) {
        this.store = store;
        this.accounts = Everfold.on(store).decider("account", Account.DECIDER);
    }

    /// Runs it and prints its tables.
    ///
    /// @param arguments the store; rounds; seconds
    public static void main(String[] arguments) throws Exception {
        if (arguments.length < 1 || arguments.length > 3) {
            System.err.println("usage: Contention STORE_URI [ROUNDS [SECONDS]]");
            System.exit(2);
        }
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 3;
        double seconds = arguments.length > 2 ? Double.parseDouble(arguments[2]) : 1;
        try (EventStore store = EventStores.open(arguments[0])) {
            System.out.println(new Contention(store).run(rounds, Duration.ofNanos((long) (seconds * 1e9))));
        }
    }

    private String run(int rounds, Duration duration) throws Exception {
        ComparisonTables tables = new ComparisonTables("Commands");
        for (int round = 0; round <= rounds; round++) {
            for (var workload : workloads(round).entrySet()) {
                var measurement = Clients.run(CLIENTS, 1, duration, workload.getValue());
                if (round > 0) {
                    tables.add(CLIENTS + " clients", workload.getKey(), measurement);
                }
            }
        }
        return tables.markdown();
    }

    private Map<String, IntFunction<Clients.Client>> workloads(int round) {
        String hot = "hot-" + round;
        String collided = "collided-" + round;
        accounts.handle(hot, new Open(hot));
        accounts.handle(collided, new Open(collided));
        List<DeciderHandler<AccountCommand, Account, AccountEvent>> processes = IntStream.range(0, CLIENTS)
                .mapToObj(_ -> Everfold.on(store)
                        .decider("account", Account.DECIDER)
                        .retries(Retries.DEFAULTS.withTriesMax(TRIES_MAX)))
                .toList();
        Map<String, IntFunction<Clients.Client>> workloads = new LinkedHashMap<>();
        workloads.put("streams of their own", number -> {
            String own = "own-" + round + "-" + number;
            accounts.handle(own, new Open(own));
            return new Client(accounts, own);
        });
        workloads.put("one stream, queued", _ -> new Client(accounts, hot));
        workloads.put("one stream, colliding", number -> new Client(processes.get(number), collided));
        return workloads;
    }

    private record Client(DeciderHandler<AccountCommand, Account, AccountEvent> accounts, String account)
            implements Clients.Client {

        @Override
        public void prepare() {}

        @Override
        public void call() {
            accounts.handle(account, new Deposit(account, 1));
        }
    }
}
