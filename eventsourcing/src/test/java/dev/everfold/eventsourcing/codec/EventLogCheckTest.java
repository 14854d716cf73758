package dev.everfold.eventsourcing.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.Read;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventLogCheckTest {

    @EventType("account.created")
    record Created(String owner) {}

    @EventType(value = "account.created", version = 2)
    record CreatedWithCurrency(String owner, String currency) {}

    @EventType("account.opened")
    record Opened(String holder, String currency) {}

    private static final Upcaster ADD_CURRENCY =
            Upcaster.from("account.created", 1).add("currency", "EUR");
    private static final Upcaster RENAME =
            Upcaster.from("account.created", 2).to("account.opened", 1).rename("owner", "holder");

    private static final EventCodec<Opened> TODAY =
            EventCodec.builder(Opened.class).upcasters(ADD_CURRENCY, RENAME).build();

    @TempDir
    private Path folder;

    private void onEveryEngine(Consumer<EventStore> test) {
        try (EventStore memory = new InMemoryEventStore();
                EventStore log = EventStores.open("log:" + folder.resolve("store"))) {
            test.accept(memory);
            test.accept(log);
        }
    }

    private static <E> void append(EventStore store, EventCodec<E> codec, E event) {
        store.append(Append.of(codec.encode("account-42", event, EventMetadata.none())));
    }

    /// As three releases of an application left it.
    private static void writeThreeReleases(EventStore store) {
        append(store, EventCodec.of(Created.class), new Created("alice"));
        append(store, EventCodec.of(Created.class), new Created("bob"));
        append(
                store,
                EventCodec.builder(CreatedWithCurrency.class)
                        .upcaster(ADD_CURRENCY)
                        .build(),
                new CreatedWithCurrency("carol", "USD"));
        append(store, TODAY, new Opened("dave", "CHF"));
    }

    @Test
    void a_log_written_with_version_1_of_a_type_is_read_after_two_schema_changes() {
        onEveryEngine(store -> {
            writeThreeReleases(store);

            List<Opened> read = store.read(Read.all()).toList().stream()
                    .flatMap(event -> TODAY.decode(event).stream())
                    .toList();

            assertThat(read)
                    .containsExactly(
                            new Opened("alice", "EUR"),
                            new Opened("bob", "EUR"),
                            new Opened("carol", "USD"),
                            new Opened("dave", "CHF"));
            assertThat(EventLogCheck.of(TODAY).check(store).throwIfFailed().toString())
                    .isEqualTo("""
                            4 events checked, all can be read
                              "account.created" version 1: 2 stored, 2 decoded
                              "account.created" version 2: 1 stored, 1 decoded
                              "account.opened" version 1: 1 stored, 1 decoded""");
        });
    }

    @Test
    void removing_one_upcaster_makes_the_check_fail_and_name_it() {
        assertThatThrownBy(() ->
                        EventCodec.builder(Opened.class).upcaster(ADD_CURRENCY).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The upcaster from \"account.created\" version 1 leads to \"account.created\" version 2,"
                        + " which nothing reads. No record has that name."
                        + " Register Upcaster.from(\"account.created\", 2).");
        assertThatThrownBy(
                        () -> EventCodec.builder(Opened.class).upcaster(RENAME).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Nothing reads \"account.created\" version 1. No record has that name."
                        + " Register Upcaster.from(\"account.created\", 1).");
    }

    @Test
    void a_type_that_no_upcaster_remembers_is_found_in_the_log_with_its_counts_and_first_position() {
        onEveryEngine(store -> {
            append(store, TODAY, new Opened("dave", "CHF"));
            writeThreeReleases(store);
            EventLogCheck check = EventLogCheck.of(EventCodec.of(Opened.class));

            assertThatThrownBy(() -> check.check(store).throwIfFailed())
                    .isInstanceOf(EventLogCheckException.class)
                    .hasMessage("""
                            5 events checked, 3 cannot be read
                              "account.created" version 1: 2 stored, 0 decoded, 2 FAILED, first at position 1
                                Event "account.created" version 1 at position 1 is unknown to Opened. \
                            Add a record with @EventType("account.created"), \
                            register Upcaster.from("account.created", 1), \
                            or build the codec with unknown(UnknownTypes.SKIP).
                              "account.created" version 2: 1 stored, 0 decoded, 1 FAILED, first at position 3
                                Event "account.created" version 2 at position 3 is unknown to Opened. \
                            Add a record with @EventType("account.created"), \
                            register Upcaster.from("account.created", 2), \
                            or build the codec with unknown(UnknownTypes.SKIP).
                              "account.opened" version 1: 2 stored, 2 decoded""");
        });
    }

    @Test
    void it_goes_on_after_every_kind_of_failure() {
        onEveryEngine(store -> {
            store.append(Append.of(
                    Recorded.event("account.opened", 1, "{\"holder\":\"alice\"}"),
                    Recorded.event("account.opened", 7, "{}"),
                    Recorded.event("account.opened", 1, "{}").withMetadata(Bytes.utf8("{\"$version\":0}")),
                    Recorded.event("$system", 1, "{}"),
                    Recorded.event("account.opened", 1, "{\"holder\":\"bob\",\"currency\":\"EUR\"}")));

            EventLogReport report = EventLogCheck.of(TODAY).check(store);

            assertThat(report.events()).isEqualTo(5);
            assertThat(report.failed()).isEqualTo(3);
            assertThat(report.passed()).isFalse();
            assertThat(report.toString()).isEqualTo("""
                    5 events checked, 3 cannot be read
                      "$system" version 1: 1 stored, 0 decoded
                      "account.opened" version unknown: 1 stored, 0 decoded, 1 FAILED, first at position 2
                        The metadata of event "account.opened" at position 2 is malformed: "$version" is "0"; \
                    expected a whole number from 1 on. Keys that begin with '$' are Everfold's own; see who wrote it.
                      "account.opened" version 1: 2 stored, 1 decoded, 1 FAILED, first at position 0
                        Event "account.opened" version 1 at position 0 cannot be read as EventLogCheckTest.Opened: \
                    field "currency": Missing required creator property 'currency' (index 1). \
                    If the shape has changed, raise the version in @EventType and register \
                    Upcaster.from("account.opened", 1).
                      "account.opened" version 7: 1 stored, 0 decoded, 1 FAILED, first at position 1
                        Event "account.opened" version 7 at position 1 is newer than EventLogCheckTest.Opened, \
                    which is version 1. Run the release that wrote it, \
                    or build the codec with unknown(UnknownTypes.SKIP).""");
        });
    }

    @EventType("order.placed")
    record Placed(long cents) {}

    @Test
    void an_event_is_read_by_the_codecs_that_know_its_type() {
        EventCodec<Placed> orders = EventCodec.of(Placed.class);
        onEveryEngine(store -> {
            writeThreeReleases(store);
            append(store, orders, new Placed(5));

            assertThat(EventLogCheck.of(TODAY, orders).check(store).passed()).isTrue();
            assertThat(EventLogCheck.of(TODAY).check(store).failed()).isEqualTo(1);
        });
    }

    @Test
    void a_codec_that_skips_unknown_types_lets_them_pass() {
        EventCodec<Placed> some =
                EventCodec.builder(Placed.class).unknown(UnknownTypes.SKIP).build();
        onEveryEngine(store -> {
            writeThreeReleases(store);

            assertThat(EventLogCheck.of(some).check(store).throwIfFailed().toString())
                    .contains("\"account.created\" version 1: 2 stored, 0 decoded");
        });
    }

    @Test
    void a_check_without_codecs_is_refused() {
        assertThatThrownBy(EventLogCheck::of)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("There is no codec to check with; expected one or more.");
    }
}
