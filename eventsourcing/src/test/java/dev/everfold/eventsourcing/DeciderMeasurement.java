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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import tools.jackson.databind.node.ObjectNode;

/// Measures commands beside plain appends, and loading; not a test. Arguments: a store's URI, and what:
///
/// - `commands`: the engine's own appends beside commands of one event on cached state, without and with
///   a command's id, at 1 and 64 clients, in turn.
/// - `contention`: 64 clients at streams of their own, at one stream, and at one stream as if from 64
///   processes.
/// - `load`: one stream of 100 and one of 10,000 events, with snapshots every 100 and without; and the rate
///   of folding with JSON and with a format that hardly costs anything.
final class DeciderMeasurement {

    private static final int WARM_UP_ROUNDS = 4;
    private static final int ROUNDS = 5;
    private static final long ROUND_NANOS = 1_000_000_000L;
    private static final AtomicLong RUNS = new AtomicLong();

    /// What one client does once.
    private interface Client {

        /// @param round names the streams, so that a client begins anew in each
        void once(String round, int client, long number);
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
            switch (arguments[1]) {
                case "commands" -> measurement.commands();
                case "contention" -> measurement.contention();
                default -> measurement.load();
            }
        }
    }

    private void commands() throws Exception {
        for (int clients : new int[] {1, 64}) {
            Map<String, Client> columns = new LinkedHashMap<>();
            columns.put("appends", appender());
            columns.put("commands", commander(false));
            columns.put("commands with id", commander(true));
            compare(clients, columns);
        }
    }

    private void contention() throws Exception {
        Map<String, Client> columns = new LinkedHashMap<>();
        columns.put("at many streams", commander(false));
        columns.put("at one stream, queued", oneStream());
        columns.put("at one stream, colliding", oneStreamOfManyProcesses(64));
        compare(64, columns);
    }

    /// Each column in turn, round by round; the first one is what the others are compared with.
    private static void compare(int clients, Map<String, Client> columns) throws Exception {
        Map<String, List<Double>> rates = new LinkedHashMap<>();
        for (int round = 1; round <= WARM_UP_ROUNDS + ROUNDS; round++) {
            for (Map.Entry<String, Client> column : columns.entrySet()) {
                double rate = rate(clients, column.getValue());
                if (round > WARM_UP_ROUNDS) {
                    rates.computeIfAbsent(column.getKey(), _ -> new ArrayList<>())
                            .add(rate);
                }
            }
        }
        List<Double> first = rates.values().iterator().next();
        rates.forEach((name, row) -> System.out.printf(
                "%2d clients, %-24s %,9.0f/s  %3.0f %%%n",
                clients,
                name,
                median(row.stream().mapToDouble(rate -> rate)),
                100 * median(IntStream.range(0, ROUNDS).mapToDouble(i -> row.get(i) / first.get(i)))));
    }

    private static double median(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        return sorted[sorted.length / 2];
    }

    /// The engine by itself: an event that is encoded already, with an expected revision.
    private Client appender() {
        NewEvent event = EventCodec.of(Account.Event.class).encode("x", new Account.Deposited(1), EventMetadata.none());
        return (round, client, number) -> {
            String stream = "plain-" + round + "-" + client;
            NewEvent fresh = new NewEvent(
                    stream,
                    id(round, client, number),
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

    private static UUID id(String round, int client, long number) {
        return new UUID(Long.parseLong(round) << 32 | 0x7000L | (long) client << 16, number);
    }

    private Client commander(boolean withId) {
        return (round, client, number) -> {
            CommandContext context = withId ? CommandContext.of(id(round, client, number)) : CommandContext.none();
            accounts.handle(round + "-" + client, number == 0 ? new Open("alice") : new Deposit(1), context);
        };
    }

    private Client oneStream() {
        String id = "hot" + RUNS.incrementAndGet();
        accounts.handle(id, new Open("alice"));
        return (round, client, number) -> accounts.handle(id, new Deposit(1));
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
        return (round, client, number) -> handlers.get(client).handle(id, new Deposit(1));
    }

    private static double rate(int clients, Client client) throws Exception {
        String round = Long.toString(RUNS.incrementAndGet());
        long begin = System.nanoTime();
        long done = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Long>> results = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                int number = i;
                results.add(threads.submit(() -> {
                    long count = 0;
                    while (System.nanoTime() - begin < ROUND_NANOS) {
                        client.once(round, number, count++);
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
