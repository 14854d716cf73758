package dev.everfold.cli.bench;

import dev.everfold.cli.bench.AppendWorkload.Condition;
import dev.everfold.cli.bench.Results.Section;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.StoreUri;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Measures a store, round by round, each workload beside what it is compared with: machines differ, and so
/// do the minutes of one machine, but neighbours in time are alike.
///
/// Appends of 1, of 10 and of 100 events go to a new store each, in every round. Reads go to a store that is
/// filled once and opened anew in every round; its segments are short, so that reads cross many.
///
/// @param uri which engine, and in which folder or on which server; what is made there is removed at the end
/// @param rounds how often everything is measured, after one round that does not count
/// @param duration how long each workload runs in a round
/// @param readEvents about how many events are read, 11,000 or more
public record Benchmark(StoreUri uri, int rounds, Duration duration, int readEvents) {

    private static final int[] CLIENTS = {1, 8, 64, 256, 1_024};
    private static final int[] EVENTS_PER_APPEND = {1, 10, 100};
    private static final List<Integer> CLIENTS_WITH_CONDITIONS = List.of(1, 64);
    private static final long BARE_FILE_BYTES = 256L << 20;
    private static final int SEGMENTS = 16;

    /// Runs it.
    ///
    /// @param progress receives what is being done; may throw to end the run
    /// @throws IOException when the folder cannot be written
    public List<Row> run(Consumer<String> progress) throws Exception {
        try (BenchPlace place = BenchPlace.at(uri)) {
            return new Run(place, progress).all();
        }
    }

    private final class Run {

        private final BenchPlace place;
        private final Consumer<String> progress;
        private final @Nullable Path bareWrites;
        private final @Nullable Path bareReads;
        private final ReadData data = ReadData.ofEvents(readEvents);
        private List<UUID> ids = List.of();

        Run(BenchPlace place, Consumer<String> progress) {
            this.place = place;
            this.progress = progress;
            this.bareWrites = place.bareFiles()
                    .map(folder -> folder.resolve("bare-writes"))
                    .orElse(null);
            this.bareReads = place.bareFiles()
                    .map(folder -> folder.resolve("bare-reads"))
                    .orElse(null);
        }

        List<Row> all() throws Exception {
            if (bareWrites != null && bareReads != null) {
                progress.accept("making files for the bare writer and reader");
                BareWriter.createFile(bareWrites, BARE_FILE_BYTES);
                BareReads.createFile(bareReads, data);
            }
            if (place.isOneStore()) {
                try (EventStore store = place.open("reads")) {
                    fill(store);
                }
            }
            Results results = new Results();
            round(new Round("warming up", place.warmUp(duration), new Results(), progress));
            for (int round = 1; round <= rounds; round++) {
                round(new Round("round " + round + " of " + rounds, duration, results, progress));
            }
            return results.rows();
        }

        private void round(Round round) throws Exception {
            for (int events : EVENTS_PER_APPEND) {
                try (EventStore store = place.open("appends")) {
                    appends(round, store, events);
                } finally {
                    place.delete("appends");
                }
            }
            try (EventStore store = openForReads(round)) {
                new ReadRows(data, ids, bareReads).run(store, round);
                place.more(store, round);
            }
        }

        private void appends(Round round, EventStore store, int events) throws Exception {
            double raw = round.add(place.rawSection(), place.raw(), Measurement.NONE, 0)
                    .perSecond();
            for (int clients : CLIENTS) {
                Measurement limit = limit(round, clients, events);
                Workload workload = new AppendWorkload(store, clients, events, Condition.NONE);
                Section section = place.embedded().isPresent() ? Section.REMOTE_APPENDS : Section.APPENDS;
                Measurement plain = round.add(section, workload, limit, raw);
                if (events == 1 && CLIENTS_WITH_CONDITIONS.contains(clients)) {
                    for (Condition condition : List.of(Condition.STREAM_AT, Condition.NOTHING_MATCHING)) {
                        round.add(Section.CONDITIONS, new AppendWorkload(store, clients, 1, condition), plain, raw);
                    }
                }
            }
            if (events == 1) {
                round.add(Section.CONDITIONS, new ConditionCost(store), Measurement.NONE, 0);
            }
        }

        private Measurement limit(Round round, int clients, int events) throws Exception {
            if (bareWrites != null) {
                return round.measure(new BareAppends(bareWrites, clients, events));
            }
            return place.embedded().isPresent()
                    ? round.measure(new AppendWorkload(place.embedded().get(), clients, events, Condition.NONE))
                    : Measurement.NONE;
        }

        private void fill(EventStore store) {
            progress.accept("appending " + data.events() + " events to read");
            ids = data.fill(store);
        }

        /// Opens the store that is read; fills it where it is empty, which is in the first round, and in
        /// each for an engine that keeps nothing.
        private EventStore openForReads(Round round) {
            long before = System.nanoTime();
            EventStore store = place.open("reads", (data.events() * 256L / SEGMENTS / 1_024) + "KiB");
            if (store.nextPosition() == 0) {
                fill(store);
                return store;
            }
            try (EventCursor last = store.read(Read.all().backwards().limit(1))) {
                last.next();
            }
            round.addOpening((System.nanoTime() - before) / 1e3, data.events());
            return store;
        }
    }
}
