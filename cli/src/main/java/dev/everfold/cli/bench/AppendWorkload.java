package dev.everfold.cli.bench;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.Query;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Clients that append to streams of their own and wait until each append is durable.
final class AppendWorkload implements Workload {

    /// After so many appends a client begins another stream.
    static final int APPENDS_A_STREAM = 20;

    private static final AtomicInteger RUNS = new AtomicInteger();

    /// What an append depends on.
    enum Condition {
        /// Nothing.
        NONE,
        /// The stream ends at the revision that the client knows.
        STREAM_AT,
        /// Nothing carries the client's tag since its last append.
        NOTHING_MATCHING
    }

    private final EventStore store;
    private final int clients;
    private final int eventsPerAppend;
    private final Condition condition;

    AppendWorkload(EventStore store, int clients, int eventsPerAppend, Condition condition) {
        this.store = store;
        this.clients = clients;
        this.eventsPerAppend = eventsPerAppend;
        this.condition = condition;
    }

    @Override
    public String name() {
        return switch (condition) {
            case NONE -> "%4d × %3d".formatted(clients, eventsPerAppend);
            case STREAM_AT -> "%4d × %3d StreamAt".formatted(clients, eventsPerAppend);
            case NOTHING_MATCHING -> "%4d × %3d NothingMatching".formatted(clients, eventsPerAppend);
        };
    }

    @Override
    public String unit() {
        return "events/s";
    }

    @Override
    public Measurement run(Duration duration) throws Exception {
        String run = Integer.toString(RUNS.incrementAndGet(), Character.MAX_RADIX);
        return Clients.run(clients, eventsPerAppend, duration, client -> new Appender(run + "." + client));
    }

    private final class Appender implements Clients.Client {

        private final String name;
        private final String tag;
        private final Query ofTag;
        private long appends;
        private long seenPosition;
        private @Nullable Append next;

        Appender(String name) {
            this.name = name;
            this.tag = "client:" + name;
            this.ofTag = Query.tags(tag);
            // Only whoever needs it asks: a thousand clients who do so have to wait for a server.
            this.seenPosition = condition == Condition.NOTHING_MATCHING ? store.nextPosition() : 0;
        }

        @Override
        public void prepare() {
            String stream = "bench-" + name + "-" + appends / APPENDS_A_STREAM;
            long revision = (appends % APPENDS_A_STREAM) * eventsPerAppend;
            Append append = BenchEvents.append(stream, tag, eventsPerAppend);
            next = switch (condition) {
                case NONE -> append;
                case STREAM_AT ->
                    append.expecting(stream, revision == 0 ? Expected.noStream() : Expected.revision(revision - 1));
                case NOTHING_MATCHING -> append.unless(ofTag, seenPosition);
            };
        }

        @Override
        public void call() {
            if (next != null) {
                Appended appended = store.append(next);
                seenPosition = appended.toPosition();
                appends++;
            }
        }
    }
}
