package dev.everfold.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.eventstore.StoreUri;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Partitions: made ahead, crossed by appends and reads, and detached.
@Timeout(60)
class PartitionsTest {

    private final StoreUri uri = PostgresServer.V18.newStore().with("partition", "1000");
    private final String schema = uri.parameters().get("schema");

    private static Append appendOf(int events) {
        List<NewEvent> all = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            all.add(NewEvent.of("meter-" + i % 7, "measured." + i % 3, "{}").withTags("house:" + i % 5));
        }
        return Append.of(all);
    }

    private List<String> partitions() throws Exception {
        return PostgresServer.V18.strings("select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid"
                + " where i.inhparent = '" + schema + ".event'::regclass order by 1");
    }

    /// It is made after the answer to the append that came near it.
    private void awaitPartition(String name) throws Exception {
        while (!partitions().contains(name)) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void there_is_always_one_more_than_is_needed_and_reads_cross_them() throws Exception {
        try (EventStore store = PostgresEventStore.open(uri.toString())) {
            assertThat(partitions()).containsExactly("event_000000", "event_000001");
            for (int i = 0; i < 7; i++) {
                store.append(appendOf(490));
            }

            awaitPartition("event_000004");
            assertThat(partitions())
                    .startsWith("event_000000", "event_000001", "event_000002", "event_000003", "event_000004");
            assertThat(store.read(Read.all()).toList())
                    .extracting(RecordedEvent::position)
                    .isEqualTo(LongStream.range(0, 3_430).boxed().toList());
            List<RecordedEvent> stream = store.read(Read.stream("meter-3")).toList();
            assertThat(stream)
                    .extracting(RecordedEvent::revision)
                    .isEqualTo(LongStream.range(0, 490).boxed().toList());
            assertThat(store.read(Read.stream("meter-3").backwards()).toList()).isEqualTo(stream.reversed());
            assertThat(store.read(Read.matching(Query.tags("house:2")).backwards())
                            .toList())
                    .hasSize(686);
        }
    }

    @Test
    void a_missing_partition_is_made_by_the_append_that_needs_it() throws Exception {
        try (EventStore store = PostgresEventStore.open(uri.toString());
                EventStore other = PostgresEventStore.open(uri.toString())) {
            for (int i = 0; i < 3; i++) {
                assertThat(store.append(appendOf(1_000)).fromPosition()).isEqualTo(i * 2_000L);
                assertThat(other.append(appendOf(1_000)).fromPosition()).isEqualTo(i * 2_000L + 1_000);
            }
        }
    }

    /// After the first append it is not known how the log ends, and after some more it is.
    @ParameterizedTest
    @ValueSource(ints = {1, 5})
    void a_partition_ahead_that_an_operator_takes_away_is_made_again(int before) throws Exception {
        try (EventStore store = PostgresEventStore.open(uri.toString())) {
            for (int i = 0; i < before; i++) {
                store.append(appendOf(900 / before));
            }
            PostgresServer.V18.run(
                    "drop table " + schema + ".event_000001",
                    "drop table " + schema + ".entry_000001",
                    "drop table " + schema + ".tag_000001");

            assertThat(store.append(appendOf(900)).fromPosition()).isEqualTo(900);

            assertThat(partitions()).contains("event_000000", "event_000001");
            assertThat(store.read(Read.all()).toList()).hasSize(1_800);
        }
    }

    @Test
    void who_may_make_no_partition_appends_as_long_as_there_is_one() throws Exception {
        EventStores.open(uri.toString()).close();
        String writer = schema + "_writer";
        PostgresServer.V18.run(
                "create role " + writer + " login",
                "grant usage on schema " + schema + " to " + writer,
                "grant select on all tables in schema " + schema + " to " + writer,
                "grant select, update on sequence " + schema + ".newest to " + writer,
                "grant insert on all tables in schema " + schema + " to " + writer,
                "revoke insert on " + schema + ".store from " + writer,
                "grant delete on " + schema + ".batch, " + schema + ".remembered, " + schema + ".indexed to " + writer);
        StoreUri granted = uri.with("user", writer);
        try (EventStore store = PostgresEventStore.open(granted.toString())) {
            store.append(appendOf(900));
            store.append(appendOf(300));
        }

        try (EventStore store = PostgresEventStore.open(granted.toString())) {
            assertThat(store.append(appendOf(300)).fromPosition()).isEqualTo(1_200);
            assertThatThrownBy(() -> store.append(appendOf(900)))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessage("The store in schema \"" + schema + "\" of postgresql://localhost:"
                            + PostgresServer.V18.port() + "/postgres does not let this user: permission denied for"
                            + " schema " + schema + ". Nothing was stored. Grant it, or open with mode=read.");
            assertThat(store.append(appendOf(500)).fromPosition()).isEqualTo(1_500);
        }
    }

    @Test
    void old_partitions_can_be_detached_and_the_log_goes_on() throws Exception {
        try (EventStore store = PostgresEventStore.open(uri.toString())) {
            store.append(appendOf(900));
            store.append(appendOf(900));
            PostgresServer.V18.run(
                    "alter table " + schema + ".entry detach partition " + schema + ".entry_000000",
                    "alter table " + schema + ".tag detach partition " + schema + ".tag_000000",
                    "alter table " + schema + ".event detach partition " + schema + ".event_000000");

            long position = store.append(Append.of(NewEvent.of("meter-3", "measured.0", "{}"))
                            .expecting("meter-3", Expected.exists()))
                    .fromPosition();

            assertThat(position).isEqualTo(1_800);
            assertThat(store.read(Read.all().fromPosition(1_000)).toList()).hasSize(801);
            assertThat(store.append(appendOf(900)).fromPosition()).isEqualTo(1_801);
            awaitPartition("event_000003");
            assertThat(partitions()).doesNotContain("event_000000");
        }
    }

    @Test
    void a_stream_is_read_between_any_positions_whatever_partition_was_detached() throws Exception {
        try (EventStore store = PostgresEventStore.open(uri.toString())) {
            for (int i = 0; i < 6; i++) {
                store.append(appendOf(490));
            }
            PostgresServer.V18.run(
                    "alter table " + schema + ".entry detach partition " + schema + ".entry_000001",
                    "alter table " + schema + ".tag detach partition " + schema + ".tag_000001",
                    "alter table " + schema + ".event detach partition " + schema + ".event_000001");
            Read stream = Read.matching(Query.stream("meter-3"));
            List<RecordedEvent> left = store.read(stream).toList();

            assertThat(left).hasSize(277);
            for (long from = 0; from < 2_940; from += 97) {
                for (long to = from; to <= 2_940; to += 245) {
                    assertThat(store.read(stream.fromPosition(from).toPosition(to))
                                    .toList())
                            .as("from %d to %d", from, to)
                            .isEqualTo(between(left, from, to));
                    assertThat(store.read(stream.fromPosition(from)
                                            .toPosition(to)
                                            .backwards())
                                    .toList())
                            .as("from %d to %d, backwards", from, to)
                            .isEqualTo(between(left, from, to).reversed());
                }
            }
        }
    }

    private static List<RecordedEvent> between(List<RecordedEvent> events, long from, long to) {
        return events.stream()
                .filter(event -> event.position() >= from && event.position() < to)
                .toList();
    }
}
