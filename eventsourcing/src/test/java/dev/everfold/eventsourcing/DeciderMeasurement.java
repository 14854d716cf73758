package dev.everfold.eventsourcing;

import dev.everfold.eventsourcing.Account.Deposit;
import dev.everfold.eventsourcing.Account.Open;
import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventMetadata;
import dev.everfold.eventsourcing.codec.JsonFormat;
import dev.everfold.eventsourcing.codec.PayloadFormat;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.NewEvent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.node.ObjectNode;

/// Measures commands beside plain appends, and loading; not a test. Arguments: a store's URI, and what:
///
/// - `commands`: the engine's own appends and commands of one event on cached state, at 1 and 64 clients,
///   in turn; with and without command ids; and all clients at one stream, in one process and as if in many.
/// - `load`: one stream of 100 and one of 10,000 events, with snapshots every 100 and without; and the rate
///   of folding with JSON and with a format that hardly costs anything.
final class DeciderMeasurement {

    private static final int ROUNDS = 3;
    private static final long ROUND_NANOS = 1_200_000_000L;
    private static final AtomicLong RUNS = new AtomicLong();

    private interface Client {
        void once(int client, long number);
    }

    private final EventStore store;
    private final Everfold everfold;
    private final DeciderHandler<Account.Command, Account, Account.Event> accounts;

    private DeciderMeasurement(EventStore store) {
        this.store = store;
        this.everfold = Everfold.on(store);
        this.accounts = everfold.decider("account", Account.DECIDER);
    }

    public static void main(String[] arguments) throws Exception {
        try (EventStore store = EventStores.open(arguments[0])) {
            DeciderMeasurement measurement = new DeciderMeasurement(store);
            if (arguments[1].equals("commands")) {
                measurement.commands();
            } else {
                measurement.load();
            }
        }
    }

    private void commands() throws Exception {
        for (int clients : new int[] {1, 64}) {
            List<List<Double>> rates = new ArrayList<>();
            List<String> names = List.of(
                    "appends", "commands", "commands with id", "at one stream, queued", "at one stream, colliding");
            for (int round = 0; round <= ROUNDS; round++) {
                List<Double> row = List.of(
                        rate(clients, appender()),
                        rate(clients, commander(false)),
                        rate(clients, commander(true)),
                        rate(clients, oneStream()),
                        rate(clients, oneStreamOfManyProcesses(clients)));
                if (round > 0) {
                    rates.add(row);
                }
            }
            for (int column = 0; column < names.size(); column++) {
                int of = column;
                double rate = median(rates.stream().mapToDouble(row -> row.get(of)));
                double share = median(rates.stream().mapToDouble(row -> row.get(of) / row.getFirst()));
                System.out.printf(
                        "%2d clients, %-24s %,9.0f/s  %3.0f %% of appends%n",
                        clients, names.get(column), rate, share * 100);
            }
        }
    }

    private static double median(java.util.stream.DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        return sorted[sorted.length / 2];
    }

    /// The engine by itself: an event that is encoded already, with an expected revision.
    private Client appender() {
        long run = RUNS.incrementAndGet();
        NewEvent event = EventCodec.of(Account.Event.class).encode("x", new Account.Deposited(1), EventMetadata.none());
        return (client, number) -> {
            String stream = "plain-" + run + "-" + client;
            NewEvent fresh = new NewEvent(
                    stream,
                    new java.util.UUID(run << 32 | 0x7000 | client << 16, number),
                    event.type(),
                    event.contentType(),
                    event.data(),
                    event.metadata(),
                    event.tags(),
                    event.occurred(),
                    event.recorded());
            store.append(Append.of(fresh)
                    .expecting(stream, number == 0 ? Expected.noStream() : Expected.revision(number - 1)));
        };
    }

    private Client commander(boolean withId) {
        long run = RUNS.incrementAndGet();
        return (client, number) -> {
            CommandContext context = withId
                    ? CommandContext.of(new java.util.UUID(run << 32 | 0x7000 | client << 16, number))
                    : CommandContext.none();
            accounts.handle(run + "-" + client, number == 0 ? new Open("alice") : new Deposit(1), context);
        };
    }

    private Client oneStream() {
        String id = "hot" + RUNS.incrementAndGet();
        accounts.handle(id, new Open("alice"));
        return (client, number) -> accounts.handle(id, new Deposit(1));
    }

    /// As if each client were a process of its own, so that nothing keeps them from conflicts.
    private Client oneStreamOfManyProcesses(int clients) {
        String id = "hot" + RUNS.incrementAndGet();
        accounts.handle(id, new Open("alice"));
        var handlers = IntStream.range(0, clients)
                .mapToObj(_ -> Everfold.on(store)
                        .decider("account", Account.DECIDER)
                        .retries(Retries.DEFAULTS.withTriesMax(10_000)))
                .toList();
        return (client, number) -> handlers.get(client).handle(id, new Deposit(1));
    }

    private static double rate(int clients, Client client) throws Exception {
        long begin = System.nanoTime();
        long done = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Long>> results = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                int number = i;
                results.add(threads.submit(() -> {
                    long count = 0;
                    while (System.nanoTime() - begin < ROUND_NANOS) {
                        client.once(number, count++);
                    }
                    return count;
                }));
            }
            for (Future<Long> result : results) {
                done += result.get();
            }
        }
        return done * 1e9 / (System.nanoTime() - begin);
    }

    private void load() {
        fill("small", 100);
        fill("large", 10_000);
        fill("huge", 200_000);
        var uncached = accounts.cache(0);
        var snapshotted = uncached.snapshotEvery(100);
        snapshotted.handle("small", new Deposit(1));
        for (int i = 0; i < 150; i++) {
            snapshotted.handle("large", new Deposit(1));
        }
        var trivial = everfold.decider(
                        "account",
                        Account.DECIDER,
                        EventCodec.builder(Account.Event.class)
                                .format(new TrivialFormat())
                                .build())
                .cache(0);
        measureLoad("100 events", 100, () -> uncached.state("small"));
        measureLoad("10,000 events", 10_000, () -> uncached.state("large"));
        measureLoad("10,000 events, snapshots every 100", 10_000, () -> snapshotted.state("large"));
        measureLoad("200,000 events, JSON", 200_000, () -> uncached.state("huge"));
        measureLoad("200,000 events, trivial format", 200_000, () -> trivial.state("huge"));
        everfold.close();
    }

    private void fill(String id, int events) {
        EventCodec<Account.Event> codec = EventCodec.of(Account.Event.class);
        String stream = accounts.stream(id);
        if (!accounts.state(id).open()) {
            store.append(Append.of(codec.encode(stream, new Account.Opened("alice"), EventMetadata.none())));
            for (int done = 1; done < events; ) {
                int count = Math.min(500, events - done);
                store.append(Append.of(IntStream.range(0, count)
                        .mapToObj(_ -> codec.encode(stream, new Account.Deposited(1), EventMetadata.none()))
                        .collect(Collectors.toList())));
                done += count;
            }
        }
    }

    private static void measureLoad(String name, int events, Runnable load) {
        long[] nanos = new long[40];
        for (int i = 0; i < nanos.length; i++) {
            long begin = System.nanoTime();
            load.run();
            nanos[i] = System.nanoTime() - begin;
        }
        long[] warm = Arrays.copyOfRange(nanos, nanos.length / 2, nanos.length);
        Arrays.sort(warm);
        long median = warm[warm.length / 2];
        System.out.printf("load %-36s %,10.0f µs  %,12.0f events/s%n", name, median / 1e3, events * 1e9 / median);
    }

    /// Reads every event as the same one, so that what is measured is all but the decoding of its data.
    private static final class TrivialFormat implements PayloadFormat {

        private static final Account.Deposited DEPOSITED = new Account.Deposited(1);
        private static final Account.Opened OPENED = new Account.Opened("alice");

        @Override
        public String contentType() {
            return NewEvent.JSON;
        }

        @Override
        public Bytes encode(Object event) {
            return JsonFormat.standard().encode(event);
        }

        @Override
        public <T> T decode(Bytes data, Class<T> type) {
            return type.cast(type == Account.Deposited.class ? DEPOSITED : OPENED);
        }

        @Override
        public ObjectNode readTree(Bytes data) {
            return JsonFormat.standard().readTree(data);
        }

        @Override
        public <T> T decode(ObjectNode tree, Class<T> type) {
            return JsonFormat.standard().decode(tree, type);
        }
    }
}
