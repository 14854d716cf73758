package dev.everfold.postgres;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.StoreUri;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;

/// Measures this engine beside bare inserts with `bigserial`, which store the same rows under the same indexes, one
/// commit each: what is usual and unsafe. A program, not a test; rounds alternate, medians are shown.
///
/// Arguments: seconds of a round, rounds.
final class SideBySide {

    private static final String DATA = "{\"value\":\"" + "x".repeat(188) + "\"}";
    private static final String NAIVE = """
            create schema naive;
            create table naive.event (position bigserial primary key, revision bigint not null,
                recorded bigint not null, occurred bigint, id uuid not null, stream text collate "C" not null,
                type text collate "C" not null, content_type text, tags text[], metadata bytea, data bytea not null);
            create index on naive.event (stream, revision);
            create index on naive.event (type, position);
            create index on naive.event (split_part(stream, '-', 1), position);
            create index on naive.event (id);
            create index on naive.event (position) where revision = 0;
            create table naive.tag (tag text collate "C" not null, position bigint not null,
                primary key (tag, position));
            create table naive.append (number bigserial primary key, id uuid not null, from_position bigint not null,
                events int not null);
            create index on naive.append (id);
            """;
    private static final String INSERT = """
            with e as (insert into naive.event (revision, recorded, id, stream, type, tags, data)
                    values (?, ?, ?, ?, ?, ?, ?) returning position),
                t as (insert into naive.tag select t.tag, e.position from e, unnest(?::text[]) t(tag))
            insert into naive.append (id, from_position, events) select ?, position, 1 from e
            """;

    private SideBySide() {}

    public static void main(String[] arguments) throws Exception {
        int seconds = Integer.parseInt(arguments[0]);
        int rounds = Integer.parseInt(arguments[1]);
        PostgresServer server = PostgresServer.V18;
        server.run(NAIVE);
        StoreUri uri = server.newStore();
        try (EventStore store = PostgresEventStore.open(uri.toString())) {
            for (int clients : new int[] {1, 64}) {
                double[][] rates = new double[4][rounds];
                for (int round = 0; round < rounds; round++) {
                    rates[0][round] = rate(clients, seconds, number -> naive(server, number));
                    rates[1][round] = rate(clients, seconds, number -> ours(store, number, 0));
                    rates[2][round] = rate(clients, seconds, number -> ours(store, number, 1));
                    rates[3][round] = rate(clients, seconds, number -> ours(store, number, 2));
                }
                System.out.printf(
                        "clients %d: naive %.0f/s, unconditional %.0f/s, no two of a tag %.0f/s, expected revision"
                                + " %.0f/s%n",
                        clients, median(rates[0]), median(rates[1]), median(rates[2]), median(rates[3]));
                System.out.println(Arrays.deepToString(rates));
            }
            System.out.printf(
                    "%d events, %d bytes%n", store.nextPosition(), store.stats().bytes());
        }
    }

    /// A client: each call is one append.
    private interface Client extends AutoCloseable {
        void append(long count) throws Exception;

        @Override
        default void close() {}
    }

    private static Client naive(PostgresServer server, int number) {
        try {
            Connection connection = server.connect();
            try (Statement statement = connection.createStatement()) {
                statement.execute("set jit = off");
            }
            PreparedStatement insert = connection.prepareStatement(INSERT);
            return new Client() {
                @Override
                public void append(long count) throws Exception {
                    String[] tags = {"meter:" + number + "-" + count % 1_000, "house:" + number};
                    insert.setLong(1, count);
                    insert.setLong(2, System.nanoTime());
                    insert.setObject(3, new UUID(System.nanoTime(), count));
                    insert.setString(4, "meter-" + number);
                    insert.setString(5, "measured");
                    insert.setArray(6, connection.createArrayOf("text", tags));
                    insert.setBytes(7, DATA.getBytes(StandardCharsets.UTF_8));
                    insert.setArray(8, connection.createArrayOf("text", tags));
                    insert.setObject(9, new UUID(System.nanoTime(), -count));
                    insert.execute();
                }

                @Override
                public void close() {
                    try {
                        connection.close();
                    } catch (SQLException failed) {
                        throw new IllegalStateException(failed);
                    }
                }
            };
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static Client ours(EventStore store, int number, int condition) {
        String stream = "meter-" + number + "x" + UUID.randomUUID();
        return count -> {
            String tag = "meter:" + number + "-" + count % 1_000;
            Append append = Append.of(NewEvent.of(stream, "measured", DATA).withTags(tag, "house:" + number));
            store.append(
                    switch (condition) {
                        case 1 -> append.unless(Query.tags("nobody:" + number, tag), 0);
                        case 2 ->
                            append.expecting(stream, count == 0 ? Expected.noStream() : Expected.revision(count - 1));
                        default -> append;
                    });
        };
    }

    private static double rate(int clients, int seconds, IntFunction<Client> client) throws Exception {
        AtomicBoolean ended = new AtomicBoolean();
        LongAdder appended = new LongAdder();
        List<Callable<Void>> work = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            int number = i;
            work.add(() -> {
                try (Client one = client.apply(number)) {
                    for (long count = 0; !ended.get(); count++) {
                        one.append(count);
                        appended.increment();
                    }
                }
                return null;
            });
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Void>> running = work.stream().map(threads::submit).toList();
            long begin = System.nanoTime();
            long end = begin + seconds * 1_000_000_000L;
            while (System.nanoTime() < end) {
                LockSupport.parkNanos(10_000_000);
            }
            double rate = appended.sum() * 1e9 / (System.nanoTime() - begin);
            ended.set(true);
            for (Future<Void> one : running) {
                one.get();
            }
            return rate;
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
