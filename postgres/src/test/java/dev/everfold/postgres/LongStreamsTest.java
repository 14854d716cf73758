package dev.everfold.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.StoreUri;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Reads of long streams and conditions on them: what they have the server look at.
@Timeout(60)
class LongStreamsTest {

    private final StoreUri uri = PostgresServer.V18.newStore();
    private final EventStore store = EventStores.open(uri.toString());

    @AfterEach
    void close() {
        store.close();
    }

    private static NewEvent measured() {
        return NewEvent.of("meter-1", "measured", "{}").withTags("house:1");
    }

    private void append(int events) {
        store.append(Append.of(
                Stream.generate(LongStreamsTest::measured).limit(events).toList()));
    }

    @Test
    void a_long_stream_is_read_backwards_without_another_look_at_what_was_read() throws Exception {
        append(10_000);
        append(10_000);
        store.close();
        long before = entriesRead();

        try (EventStore reading = EventStores.open(uri.toString())) {
            assertThat(reading.read(Read.stream("meter-1").backwards()).toList())
                    .hasSize(20_000);
        }

        // What a connection did is counted a moment after it has ended.
        while (entriesRead() - before < 20_000) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(entriesRead() - before).isLessThan(30_000);
    }

    @Test
    void a_part_of_a_long_stream_is_read_without_a_look_at_the_rest() throws Exception {
        append(10_000);
        append(10_000);
        store.close();
        Read all = Read.matching(Query.stream("meter-1"));
        Read measured =
                Read.matching(Query.of(new Query.Item().withStream("meter-1").withTypes("measured")));

        requireOnly(10, all.fromPosition(19_990));
        requireOnly(10, all.toPosition(10));
        requireOnly(10, all.fromPosition(19_990).backwards());
        requireOnly(10, all.toPosition(10).backwards());
        requireOnly(10, all.fromPosition(10_000).toPosition(10_010));
        requireOnly(10, measured.fromPosition(10_000).toPosition(10_010));
        requireOnly(0, all.fromPosition(20_000));
    }

    @Test
    void a_condition_that_a_long_stream_violates_is_refused_without_a_look_at_all_of_it() throws Exception {
        append(10_000);
        append(10_000);
        store.close();
        Query any = Query.stream("meter-1");
        Query measured = Query.of(new Query.Item().withStream("meter-1").withTypes("measured"));

        for (int position : List.of(1, 10_000, 19_990)) {
            requireRefusal(position, any);
            requireRefusal(position, measured);
        }
    }

    private void requireOnly(int events, Read read) throws Exception {
        requireFewEntries(
                read,
                reading ->
                        assertThat(reading.read(read).toList()).as("%s", read).hasSize(events));
    }

    private void requireRefusal(int position, Query query) throws Exception {
        Append append = Append.of(measured()).unless(query, position);
        requireFewEntries(
                query,
                writing -> assertThatThrownBy(() -> writing.append(append))
                        .as("%s from %s", query, position)
                        .isInstanceOf(AppendConflictException.class)
                        .hasMessage("Append refused: expected nothing matching " + query + " from position " + position
                                + ", found an event at position " + position
                                + ". Read the boundary again and repeat the command."));
    }

    private void requireFewEntries(Object of, Consumer<EventStore> call) throws Exception {
        long before = entriesRead();

        try (EventStore opened = EventStores.open(uri.toString())) {
            call.accept(opened);
        }

        // What a connection did is counted a moment after it has ended.
        while (entriesRead() == before) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(entriesRead() - before).as("%s", of).isLessThan(200);
    }

    private long entriesRead() throws Exception {
        return Long.parseLong(PostgresServer.V18
                .strings("select sum(idx_tup_read) from pg_stat_user_indexes where schemaname = '"
                        + uri.parameters().get("schema") + "' and indexrelname ~ '^event_.*_stream_revision_idx$'")
                .getFirst());
    }
}
