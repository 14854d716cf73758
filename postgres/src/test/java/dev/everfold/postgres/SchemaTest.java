package dev.everfold.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.eventstore.StoreUri;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Where a store is, who may open it, and how its tables come about.
@Timeout(60)
class SchemaTest {

    private static Append noted(int number) {
        return Append.of(NewEvent.of("order-" + number, "noted", "{}").withTags("order:" + number));
    }

    @Test
    void a_store_is_found_by_its_uri() {
        StoreUri uri = PostgresServer.V18.newStore();

        try (EventStore store = EventStores.open(uri.toString())) {
            assertThat(store).isInstanceOf(PostgresEventStore.class);
            assertThat(store.append(noted(17)).fromPosition()).isZero();
        }
    }

    @Test
    void several_stores_share_a_database_and_nothing_else() throws Exception {
        try (EventStore orders = EventStores.open(PostgresServer.V18.newStore().toString());
                EventStore users =
                        EventStores.open(PostgresServer.V18.newStore().toString())) {
            orders.append(noted(17));

            assertThat(users.nextPosition()).isZero();
            assertThat(users.lineage()).isNotEqualTo(orders.lineage());
        }
    }

    @Test
    void a_schema_named_like_a_word_of_sql_will_do() throws Exception {
        PostgresServer.V18.run("drop schema if exists \"select\" cascade");
        try (EventStore store =
                EventStores.open(PostgresServer.V18.store("select").toString())) {
            assertThat(store.append(noted(17)).fromPosition()).isZero();
            assertThat(store.read(Read.matching(Query.tags("order:17"))).toList())
                    .hasSize(1);
        }
    }

    @Test
    void a_name_that_could_be_more_than_one_is_refused() {
        for (String schema : List.of("a\"b", "Orders", "pg_catalog", "a;drop", "1a", "")) {
            assertThatThrownBy(() -> EventStores.open("postgresql://localhost/postgres?schema=" + schema))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("The schema \"" + schema + "\" is not a name for one; expected lower case letters,"
                            + " digits and _, not a digit first, not pg_…, at most 63 characters.");
        }
    }

    @Test
    void of_processes_that_create_a_store_at_once_one_does() throws Exception {
        StoreUri uri = PostgresServer.V18.newStore();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<UUID>> opened = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                opened.add(CompletableFuture.supplyAsync(
                        () -> {
                            try (EventStore store = EventStores.open(uri.toString())) {
                                store.append(noted(17));
                                return store.lineage();
                            }
                        },
                        threads));
            }
            assertThat(opened.stream().map(CompletableFuture::join).distinct()).hasSize(1);
        }
    }

    @Test
    void a_newer_store_is_refused_and_left_alone() throws Exception {
        StoreUri uri = PostgresServer.V18.newStore();
        EventStores.open(uri.toString()).close();
        String schema = uri.parameters().get("schema");
        PostgresServer.V18.run("update " + schema + ".store set version = 99");

        assertThatThrownBy(() -> EventStores.open(uri.toString()))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessage("The store in schema \"" + schema + "\" of postgresql://localhost:"
                        + PostgresServer.V18.port() + "/postgres is of version 99; this program knows version 7 and"
                        + " older. Use a newer one.");
        assertThat(PostgresServer.V18.strings("select version from " + schema + ".store"))
                .containsExactly("99");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6})
    void an_older_store_is_brought_up_to_date_with_all_that_it_holds(int version) throws Exception {
        StoreUri uri = olderStore(version);
        String schema = uri.parameters().get("schema");

        assertThatThrownBy(() -> EventStores.open(uri.with("mode", "read").toString()))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessage("The store in schema \"" + schema + "\" of postgresql://localhost:"
                        + PostgresServer.V18.port() + "/postgres is of version " + version + "; this program reads"
                        + " version 7. Open it once for writing, which brings it up to date.");
        try (EventStore store = EventStores.open(uri.with("mode", "existing").toString())) {
            assertThat(store.nextPosition()).isEqualTo(5);
            assertThat(positions(store, Query.all())).containsExactly(0L, 1L, 2L, 3L, 4L);
            assertThat(positions(store, Query.tags("order:17"))).containsExactly(0L, 3L);
            assertThat(positions(store, Query.types("noted"))).containsExactly(0L, 1L, 3L);
            assertThat(positions(store, Query.category("order"))).containsExactly(0L, 1L, 3L);
            assertThat(positions(store, Query.ids(List.of(new UUID(0, 4))))).containsExactly(4L);
            Append repeat = Append.of(NewEvent.of("order-17", "noted", "{}").withId(new UUID(0, 3)))
                    .withId(new UUID(1, 2));
            assertThat(store.append(repeat).fromPosition()).isEqualTo(3);
            assertThat(store.append(noted(18)).fromPosition()).isEqualTo(5);
            assertThat(store.append(Append.of(NewEvent.of("a-1", "noted", "{}"), NewEvent.of("a-2", "noted", "{}")))
                            .fromPosition())
                    .isEqualTo(6);
        }
        assertThat(VerifierTest.damages(uri)).isEmpty();
        assertThat(PostgresServer.V18.strings("select version from " + schema + ".store"))
                .containsExactly("7");
        assertThat(PostgresServer.V18.strings("select conname from pg_constraint where conname = 'append_pkey'"
                        + " and connamespace = '" + schema + "'::regnamespace"))
                .as("what an older program appends to")
                .isEmpty();
        assertThat(PostgresServer.V18.strings("select attname from pg_attribute where attname = 'counts'"
                        + " and attrelid = '" + schema + ".batch'::regclass"))
                .as("what a program of version 6 appends to")
                .isEmpty();
    }

    @Test
    void to_bring_a_store_up_to_date_may_take_longer_than_any_other_answer() throws Exception {
        StoreUri uri = olderStore(5);
        String schema = uri.parameters().get("schema");
        PostgresOptions impatient = PostgresOptions.DEFAULTS.withTimes(
                Duration.ofSeconds(10), Duration.ofSeconds(15), Duration.ofSeconds(1));
        try (Connection holding = PostgresServer.V18.connect();
                Statement statement = holding.createStatement()) {
            holding.setAutoCommit(false);
            statement.execute("lock table " + schema + ".append");

            FutureTask<EventStore> opening = new FutureTask<>(() -> PostgresEventStore.open(uri.toString(), impatient));
            Thread.ofVirtual().start(opening);
            String waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%"
                    + schema + "\".append%' and query_start < now() - interval '2 s'";
            while (PostgresServer.V18.strings(waiting).equals(List.of("0")) && !opening.isDone()) {
                Thread.onSpinWait();
            }
            holding.rollback();

            try (EventStore store = opening.get()) {
                assertThat(store.nextPosition()).isEqualTo(5);
            }
        }
    }

    /// A store as versions 1 to 6 made it, without their functions, with four appends of five events.
    private static StoreUri olderStore(int version) throws Exception {
        StoreUri uri = PostgresServer.V18.newStore();
        String schema = uri.parameters().get("schema");
        Sql sql = new Sql(schema);
        PostgresServer.V18.run(
                "create schema " + schema,
                sql.in(Sql.resource("version-5.sql")).replace("{version}", String.valueOf(version)));
        if (version == 6) {
            String partition =
                    "create table {schema}.entry_000000 partition of {schema}.entry for values from (0) to (1000);";
            PostgresServer.V18.run(sql.in(Sql.resource("schema-6.sql")
                    .replace("{key}", String.valueOf(sql.sequencer()))
                    .replace("{entry_partitions}", partition)));
        }
        return uri;
    }

    private static List<Long> positions(EventStore store, Query query) {
        return store.read(Read.matching(query)).toList().stream()
                .map(RecordedEvent::position)
                .toList();
    }

    @Test
    void a_program_that_misses_a_function_appends_one_event_at_a_time_and_of_several_stores_nothing() throws Exception {
        StoreUri uri = PostgresServer.V18.newStore();
        try (EventStore store = EventStores.open(uri.toString())) {
            store.append(noted(17));
            PostgresServer.V18.run("drop function " + uri.parameters().get("schema") + ".append");

            Append several = Append.of(NewEvent.of("a-1", "noted", "{}"), NewEvent.of("a-2", "noted", "{}"));

            assertThatThrownBy(() -> store.append(several)).hasMessageContaining("does not exist");
            assertThat(store.nextPosition()).isEqualTo(1);
            store.append(noted(18));
        }
    }

    @Test
    void a_store_that_must_be_there_is_not_made() throws Exception {
        StoreUri uri = PostgresServer.V18.newStore();

        for (String mode : List.of("existing", "read")) {
            assertThatThrownBy(() -> EventStores.open(uri.with("mode", mode).toString()))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessage(
                            "There is no store in schema \"" + uri.parameters().get("schema")
                                    + "\" of postgresql://localhost:" + PostgresServer.V18.port()
                                    + "/postgres. Correct the URI, or create a store by appending or importing.");
        }
        assertThat(PostgresServer.V18.strings("select nspname from pg_namespace where nspname = '"
                        + uri.parameters().get("schema") + "'"))
                .isEmpty();
    }

    @Test
    void a_user_who_may_only_select_reads_and_appends_nothing() throws Exception {
        StoreUri uri = PostgresServer.V18.newStore();
        String schema = uri.parameters().get("schema");
        String role = schema + "_reader";
        try (EventStore store = EventStores.open(uri.toString())) {
            store.append(noted(17));
            PostgresServer.V18.run(
                    "create role " + role + " login",
                    "grant usage on schema " + schema + " to " + role,
                    "grant select on all tables in schema " + schema + " to " + role);
            StoreUri asReader = uri.with("user", role);

            try (EventStore reader =
                            EventStores.open(asReader.with("mode", "read").toString());
                    EventStore pretender = EventStores.open(asReader.toString())) {
                assertThat(reader.read(Read.matching(Query.tags("order:17"))).toList())
                        .hasSize(1);
                assertThat(reader.stats().events()).isEqualTo(1);
                assertThatThrownBy(() -> reader.append(noted(18)))
                        .isInstanceOf(StoreUnavailableException.class)
                        .hasMessageContaining("is open for reading only. Open it without mode=read to append.");
                assertThatThrownBy(() -> pretender.append(noted(18)))
                        .isInstanceOf(StoreUnavailableException.class)
                        .hasMessageContaining("does not let this user: permission denied for");
                assertThat(store.nextPosition()).isEqualTo(1);
            }
        }
    }

    @Test
    void a_parameter_that_nobody_knows_is_refused_and_no_password_is_shown() {
        assertThatThrownBy(() -> EventStores.open("postgresql://alice:secret@localhost/shop?shcema=a"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("The store URI postgresql://localhost/shop has the parameter shcema=a;"
                        + " expected mode, schema, user, password, connections, partition");
        assertThatThrownBy(() -> EventStores.open("postgresql://localhost/shop?connections=4294967298"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("PostgresOptions.connectionsMax is 2147483647; expected 2..1000.");
        assertThatThrownBy(() -> EventStores.open("postgresql:shop"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The store URI of scheme postgresql names no server;"
                        + " expected postgresql://HOST[:PORT]/DATABASE.");
        assertThatThrownBy(() -> EventStores.open("postgresql://alice:secret@localhost"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The store URI postgresql://localhost names no host or no database;"
                        + " expected postgresql://HOST[:PORT]/DATABASE.");
        assertThatThrownBy(() -> EventStores.open("postgresql://alice:secret@localhost:x/shop"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The store URI postgresql://localhost:x/shop names no host or no port that is one;"
                        + " expected postgresql://HOST[:PORT]/DATABASE.");
        assertThatThrownBy(() -> EventStores.open("postgresql://alice:100%secret@localhost/shop"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The user or the password in the store URI postgresql://localhost/shop has a % that is not"
                        + " followed by two digits; expected %25 for it.");
        assertThatThrownBy(() -> EventStores.open("postgresql://localhost/shop?sslcert=100%&password=a"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The sslcert in the store URI postgresql://localhost/shop has a % that is not"
                        + " followed by two digits; expected %25 for it.");
    }
}
