package dev.everfold.benchmarks.commands;

import dev.everfold.eventsourcing.DeciderHandler;
import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.EverfoldOptions;
import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventMetadata;
import dev.everfold.eventsourcing.snapshot.InMemorySnapshotStore;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What it costs to load an account: `Loading STORE_URI [ROUNDS]`, by default 9 rounds. The store must be
/// new; it stays.
///
/// Loads streams of 100, 10,000 and 200,000 events in turn, with no state cached, and prints a table in
/// Markdown. The stream with snapshots has 99 events since its newest, the most that every 100 allows. Two
/// more rows tell where the time goes: a format that decodes nothing, and reading without folding.
public final class Loading {

    private static final int SMALL = 100;
    private static final int LARGE = 10_000;
    private static final int SINCE_SNAPSHOT = 99;
    private static final int HUGE = 200_000;
    private static final int EVENTS_PER_APPEND = 500;
    private static final int WARM_UP_ROUNDS = 6;
    private static final long LOADS_NANOS_MIN = 20_000_000;
    private static final String CATEGORY = "account";

    private final EventStore store;
    private final EventCodec<AccountEvent> codec = EventCodec.of(AccountEvent.class);
    private final Map<String, Work> works = new LinkedHashMap<>();
    private long seen;

    /// What is measured.
    ///
    /// @param events that are read
    private record Work(int events, Runnable load, List<Double> micros) {}

    Loading(EventStore store) {
        this.store = store;
    }

    /// Runs it and prints its table.
    ///
    /// @param arguments a store that is new; rounds
    public static void main(String[] arguments) {
        if (arguments.length < 1 || arguments.length > 2) {
            System.err.println("usage: Loading STORE_URI [ROUNDS]");
            System.exit(2);
        }
        try (EventStore store = EventStores.open(arguments[0])) {
            System.out.println(new Loading(store).run(arguments.length > 1 ? Integer.parseInt(arguments[1]) : 9));
        }
    }

    String run(int rounds) {
        fill("small", SMALL);
        fill("large", LARGE);
        fill("huge", HUGE);
        EverfoldOptions options = EverfoldOptions.defaults().withSnapshots(new InMemorySnapshotStore());
        try (Everfold everfold = Everfold.on(store, options)) {
            takeSnapshot(everfold);
        }
        try (Everfold everfold = Everfold.on(store, options)) {
            var accounts = everfold.decider(CATEGORY, Account.DECIDER).cache(0);
            var trivial =
                    everfold.decider(CATEGORY, Account.DECIDER, trivialCodec()).cache(0);
            add("100 events", SMALL, state(accounts, "small"));
            add(
                    "10,000 events, snapshots every 100",
                    SINCE_SNAPSHOT,
                    state(accounts.snapshotEvery(100), "snapshotted"));
            add("10,000 events", LARGE, state(accounts, "large"));
            add("200,000 events", HUGE, state(accounts, "huge"));
            add("200,000 events, format that decodes nothing", HUGE, state(trivial, "huge"));
            add("200,000 events, read and not folded", HUGE, () -> read("huge"));
            for (int round = 0; round < WARM_UP_ROUNDS + rounds; round++) {
                for (Work work : works.values()) {
                    double micros = micros(work.load());
                    if (round >= WARM_UP_ROUNDS) {
                        work.micros().add(micros);
                    }
                }
            }
            return markdown();
        }
    }

    private void add(String name, int events, Runnable load) {
        works.put(name, new Work(events, load, new ArrayList<>()));
    }

    private static Runnable state(DeciderHandler<AccountCommand, Account, AccountEvent> accounts, String id) {
        return () -> {
            if (!accounts.state(id).open()) {
                throw new IllegalStateException("Account \"" + id + "\" is not open; expected its events.");
            }
        };
    }

    /// Makes an account of 10,000 events with a snapshot 99 events before its end.
    private void takeSnapshot(Everfold everfold) {
        fill("snapshotted", LARGE - 100);
        var accounts = everfold.decider(CATEGORY, Account.DECIDER).snapshotEvery(100);
        accounts.handle("snapshotted", new AccountCommand.Deposit("snapshotted", 1));
        deposit("snapshotted", SINCE_SNAPSHOT);
    }

    private void fill(String id, int events) {
        store.append(Append.of(encode(id, new AccountEvent.Opened(id))));
        deposit(id, events - 1);
    }

    private void deposit(String id, int events) {
        for (int done = 0; done < events; ) {
            int count = Math.min(EVENTS_PER_APPEND, events - done);
            List<NewEvent> some = new ArrayList<>(count);
            for (int number = 0; number < count; number++) {
                some.add(encode(id, new AccountEvent.Deposited(id, 1)));
            }
            store.append(Append.of(some));
            done += count;
        }
    }

    private NewEvent encode(String id, AccountEvent event) {
        return codec.encode(CATEGORY + "-" + id, event, EventMetadata.none());
    }

    private void read(String id) {
        try (EventCursor cursor = store.read(Read.stream(CATEGORY + "-" + id))) {
            while (cursor.hasNext()) {
                seen += cursor.next().data().length();
            }
        }
    }

    /// A load's time, from as many as take long enough for the clock.
    private static double micros(Runnable load) {
        long begin = System.nanoTime();
        int loads = 0;
        do {
            load.run();
            loads++;
        } while (System.nanoTime() - begin < LOADS_NANOS_MIN);
        return (System.nanoTime() - begin) / 1e3 / loads;
    }

    private static EventCodec<AccountEvent> trivialCodec() {
        return EventCodec.builder(AccountEvent.class)
                .format(new TrivialFormat())
                .build();
    }

    private String markdown() {
        double small = median(works.values().iterator().next().micros());
        StringBuilder text = new StringBuilder("| load of | median µs | lowest .. highest | ÷ 100 events |"
                + " events a second |\n| --- | ---: | ---: | ---: | ---: |\n");
        works.forEach((name, work) -> {
            double median = median(work.micros());
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %,.1f | %,.1f .. %,.1f | %,.2f | %,.0f |%n",
                    name,
                    median,
                    work.micros().stream().mapToDouble(micros -> micros).min().orElseThrow(),
                    work.micros().stream().mapToDouble(micros -> micros).max().orElseThrow(),
                    median / small,
                    work.events() * 1e6 / median));
        });
        return text.toString();
    }

    private static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(value -> value).toArray();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    long seen() {
        return seen;
    }
}
