package dev.everfold.eventsourcing.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class EventCodecTest {

    private static final UUID CORRELATION = UUID.fromString("0198a5c0-0000-7000-8000-000000000001");

    sealed interface AccountEvent {
        @EventType("account.opened")
        record Opened(String owner) implements AccountEvent {}

        sealed interface Moved extends AccountEvent {
            long cents();
        }

        @EventType("account.deposited")
        record Deposited(long cents) implements Moved {}

        @EventType("account.withdrawn")
        record Withdrawn(long cents) implements Moved {}
    }

    private static final EventCodec<AccountEvent> CODEC = EventCodec.of(AccountEvent.class);

    @Test
    void an_event_is_stored_under_its_name_and_comes_back() {
        NewEvent stored = CODEC.encode("account-42", new AccountEvent.Deposited(500), EventMetadata.none());

        assertThat(stored.stream()).isEqualTo("account-42");
        assertThat(stored.type()).isEqualTo("account.deposited");
        assertThat(stored.contentType()).isEqualTo("application/json");
        assertThat(stored.data().utf8()).isEqualTo("{\"cents\":500}");
        assertThat(stored.metadata()).isEqualTo(Bytes.empty());
        assertThat(stored.tags()).isEmpty();
        assertThat(CODEC.decode(Recorded.of(stored))).containsExactly(new AccountEvent.Deposited(500));
    }

    @Test
    void the_tags_of_the_metadata_and_those_of_the_application_are_on_the_event() {
        EventCodec<AccountEvent> codec = EventCodec.builder(AccountEvent.class)
                .tags(event -> List.of("account:42"))
                .build();

        NewEvent stored = codec.encode(
                "account-42",
                new AccountEvent.Opened("alice"),
                EventMetadata.none().withCorrelation(CORRELATION).withActor("bob"));

        assertThat(stored.tags()).containsExactly("$correlation:0198a5c0-0000-7000-8000-000000000001", "account:42");
        assertThat(stored.metadata().utf8())
                .isEqualTo("{\"$correlation\":\"0198a5c0-0000-7000-8000-000000000001\",\"$actor\":\"bob\"}");
    }

    @Test
    void a_whole_correlation_is_one_read_of_a_tag() {
        EventMetadata metadata = EventMetadata.none().withCorrelation(CORRELATION);
        try (EventStore store = new InMemoryEventStore()) {
            store.append(Append.of(
                    CODEC.encode("account-42", new AccountEvent.Withdrawn(500), metadata),
                    CODEC.encode("account-17", new AccountEvent.Opened("bob"), EventMetadata.none()),
                    CODEC.encode("account-17", new AccountEvent.Deposited(500), metadata)));

            List<RecordedEvent> found = store.read(Read.matching(Query.tags(EventMetadata.correlationTag(CORRELATION))))
                    .toList();

            assertThat(found).extracting(RecordedEvent::position).containsExactly(0L, 2L);
            assertThat(found).allMatch(event -> EventMetadata.of(event).equals(metadata));
        }
    }

    @Test
    void names_are_known_for_all_event_types_for_one_and_for_a_sealed_part_of_them() {
        assertThat(CODEC.typeNames()).containsExactly("account.deposited", "account.opened", "account.withdrawn");
        assertThat(CODEC.typeNames(AccountEvent.Opened.class)).containsExactly("account.opened");
        assertThat(CODEC.typeNames(AccountEvent.Moved.class)).containsExactly("account.deposited", "account.withdrawn");
    }

    @Test
    void a_single_record_is_a_registry_of_one() {
        EventCodec<AccountEvent.Opened> codec = EventCodec.of(AccountEvent.Opened.class);

        assertThat(codec.typeNames()).containsExactly("account.opened");
    }

    sealed interface Nameless {
        record Opened() implements Nameless {}
    }

    sealed interface Twins {
        @EventType("account.opened")
        record Opened() implements Twins {}

        @EventType("account.opened")
        record Reopened() implements Twins {}
    }

    sealed interface Mixed {
        final class Opened implements Mixed {}
    }

    sealed interface Generic {
        @EventType("account.opened")
        record Opened<T>(T owner) implements Generic {}
    }

    interface Open {}

    @Test
    void a_hierarchy_that_cannot_be_a_registry_is_refused_at_start_with_the_records_named() {
        String here = EventCodecTest.class.getName();
        assertRefused(
                Nameless.class,
                here + "$Nameless$Opened has no name in the store. Annotate it, for example @EventType(\"opened\").");
        assertRefused(
                Twins.class,
                here + "$Twins$Opened and " + here + "$Twins$Reopened are both named \"account.opened\"."
                        + " Give each event type a name of its own in @EventType.");
        assertRefused(
                Mixed.class,
                here + "$Mixed$Opened is permitted by " + here + "$Mixed and is not a record."
                        + " Make it a record, or a sealed interface of records.");
        assertRefused(
                Generic.class,
                here + "$Generic$Opened has type parameters, so the types of its fields are unknown when it is read."
                        + " Spell out the types in the record.");
        assertRefused(
                Open.class,
                here + "$Open is not sealed, so its event types cannot be found."
                        + " Make it a sealed interface of records.");
    }

    @Test
    void an_unknown_type_fails_and_says_what_to_register() {
        RecordedEvent closed = Recorded.of("account.closed", 2, "{}");

        assertThatThrownBy(() -> CODEC.decode(closed))
                .isInstanceOf(UnknownEventTypeException.class)
                .hasMessage("Event \"account.closed\" version 2 at position 0 is unknown to AccountEvent."
                        + " Add a record with @EventType(\"account.closed\"),"
                        + " register Upcaster.from(\"account.closed\", 2),"
                        + " or build the codec with unknown(UnknownTypes.SKIP).");
    }

    @Test
    void a_version_from_the_future_fails_and_says_so() {
        RecordedEvent opened = Recorded.of("account.opened", 3, "{}");

        assertThatThrownBy(() -> CODEC.decode(opened))
                .isInstanceOf(UnknownEventTypeException.class)
                .hasMessage("Event \"account.opened\" version 3 at position 0 is newer than AccountEvent.Opened,"
                        + " which is version 1. Run the release that wrote it,"
                        + " or build the codec with unknown(UnknownTypes.SKIP).");
    }

    @Test
    void unknown_types_and_versions_can_be_skipped() {
        EventCodec<AccountEvent> codec = EventCodec.builder(AccountEvent.class)
                .unknown(UnknownTypes.SKIP)
                .build();

        assertThat(codec.decode(Recorded.of("account.closed", 1, "{}"))).isEmpty();
        assertThat(codec.decode(Recorded.of("account.opened", 2, "{}"))).isEmpty();
    }

    sealed interface Watched {
        @EventType("account.opened")
        record Opened(String owner) implements Watched {}

        record Other(RecordedEvent event) implements Watched {}
    }

    @Test
    void unknown_types_can_be_delivered_as_they_are_stored() {
        EventCodec<Watched> codec = EventCodec.builder(Watched.class)
                .unknownAs(Watched.Other.class, Watched.Other::new)
                .build();
        RecordedEvent closed = Recorded.of("account.closed", 1, "{}");

        assertThat(codec.decode(closed)).containsExactly(new Watched.Other(closed));
        assertThat(codec.typeNames()).containsExactly("account.opened");
        assertThatThrownBy(() -> codec.encode("a", new Watched.Other(closed), EventMetadata.none()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("$Watched$Other is not an event type of " + Watched.class.getTypeName()
                        + ". Let it be one of its permitted records,"
                        + " or register it with EventCodec.Builder.register.");
    }

    sealed interface WithSystem {
        @EventType("account.opened")
        record Opened(String owner) implements WithSystem {}

        non-sealed interface OfSystem extends WithSystem {}
    }

    @EventType("$erased")
    record Erased(String subject) implements WithSystem.OfSystem {}

    @Test
    void system_types_are_skipped_unless_they_are_registered() {
        EventCodec<WithSystem> codec =
                EventCodec.builder(WithSystem.class).register(Erased.class).build();
        RecordedEvent erased = Recorded.of("$erased", 1, "{\"subject\":\"alice\"}");

        assertThat(CODEC.decode(erased)).isEmpty();
        assertThat(codec.decode(erased)).containsExactly(new Erased("alice"));
        assertThat(codec.decode(Recorded.of("$else", 1, "{}"))).isEmpty();
        assertThat(codec.typeNames()).containsExactly("$erased", "account.opened");
    }

    @Test
    void malformed_data_is_reported_with_its_place_and_without_its_values() {
        assertThatThrownBy(() -> CODEC.decode(Recorded.of("account.deposited", 1, "{\"cents\":\"secret\"}")))
                .isInstanceOf(MalformedEventException.class)
                .hasMessage("Event \"account.deposited\" version 1 at position 0 cannot be read as"
                        + " AccountEvent.Deposited: field \"cents\": not a valid long."
                        + " If the shape has changed, raise the version in @EventType and register"
                        + " Upcaster.from(\"account.deposited\", 1).");
    }

    @Test
    void malformed_metadata_is_reported_with_its_place() {
        NewEvent opened = NewEvent.of("account-42", "account.opened", "{\"owner\":\"alice\"}")
                .withMetadata(Bytes.utf8("{\"$version\":\"new\"}"));

        assertThatThrownBy(() -> CODEC.decode(Recorded.of(opened)))
                .isInstanceOf(MalformedEventException.class)
                .hasMessage("The metadata of event \"account.opened\" at position 0 is malformed: \"$version\" is"
                        + " \"new\"; expected a whole number from 1 on. Keys that begin with '$' are Everfold's own;"
                        + " see who wrote it.");
    }

    /// JSON turned round, byte by byte.
    private static final class Reversed implements PayloadFormat {

        @Override
        public String contentType() {
            return "application/x-reversed";
        }

        @Override
        public Bytes encode(Object event) {
            return reversed(JsonFormat.standard().encode(event));
        }

        @Override
        public <T> T decode(Bytes data, Class<T> type) {
            return JsonFormat.standard().decode(reversed(data), type);
        }

        @Override
        public ObjectNode readTree(Bytes data) {
            return JsonFormat.standard().readTree(reversed(data));
        }

        @Override
        public <T> T decode(ObjectNode tree, Class<T> type) {
            return JsonFormat.standard().decode(tree, type);
        }

        private static Bytes reversed(Bytes bytes) {
            return Bytes.utf8(new StringBuilder(bytes.utf8()).reverse().toString());
        }
    }

    @Test
    void another_format_writes_and_what_was_written_before_is_read_beside_it() {
        EventCodec<AccountEvent> codec = EventCodec.builder(AccountEvent.class)
                .format(new Reversed())
                .alsoReads(JsonFormat.standard())
                .build();

        NewEvent stored = codec.encode("account-42", new AccountEvent.Opened("alice"), EventMetadata.none());

        assertThat(stored.contentType()).isEqualTo("application/x-reversed");
        assertThat(stored.data().utf8()).isEqualTo("}\"ecila\":\"renwo\"{");
        assertThat(codec.decode(Recorded.of(stored))).containsExactly(new AccountEvent.Opened("alice"));
        assertThat(codec.decode(Recorded.of("account.opened", 1, "{\"owner\":\"bob\"}")))
                .containsExactly(new AccountEvent.Opened("bob"));
        assertThatThrownBy(() -> CODEC.decode(Recorded.of(stored)))
                .hasMessage("Event \"account.opened\" version 1 at position 0 is \"application/x-reversed\";"
                        + " expected \"application/json\"."
                        + " Register its format with EventCodec.Builder.alsoReads.");
    }

    @Test
    void parameters_of_a_content_type_make_no_difference() {
        NewEvent opened = NewEvent.of("account-42", "account.opened", "{}")
                .withContent("application/JSON; charset=utf-8", Bytes.utf8("{\"owner\":\"alice\"}"));

        assertThat(CODEC.decode(Recorded.of(opened))).containsExactly(new AccountEvent.Opened("alice"));
    }

    @Test
    void what_cannot_be_written_is_refused_before_it_gets_to_the_store() {
        EventCodec<Failing> codec = EventCodec.of(Failing.class);

        assertThatThrownBy(() -> codec.encode("a", new Failing(1), EventMetadata.none()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("An event \"failing\" version 1 cannot be written: field \"cents\": never.");
    }

    @EventType("failing")
    record Failing(long cents) {
        @Override
        public long cents() {
            throw new IllegalStateException("never");
        }
    }

    @Test
    void data_is_valid_json_for_any_reader() {
        NewEvent stored = CODEC.encode("account-42", new AccountEvent.Opened("Zoë \"Z\" 🦊\n"), EventMetadata.none());

        assertThat(JsonMapper.shared()
                        .readTree(stored.data().toArray())
                        .get("owner")
                        .asString())
                .isEqualTo("Zoë \"Z\" 🦊\n");
    }

    private static void assertRefused(Class<?> sealed, String message) {
        assertThatThrownBy(() -> EventCodec.of(sealed))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void data_that_is_null_is_reported_with_its_place() {
        assertThatThrownBy(() -> CODEC.decode(Recorded.of("account.opened", 1, "null")))
                .isInstanceOf(MalformedEventException.class)
                .hasMessage("Event \"account.opened\" version 1 at position 0 cannot be read as AccountEvent.Opened:"
                        + " there is null in place of an object. If the shape has changed, raise the version in"
                        + " @EventType and register Upcaster.from(\"account.opened\", 1).");
    }

    @EventType("order.labelled")
    record Labelled(Map<String, String> labels) {}

    /// It could be written, and never be read again.
    @Test
    void a_key_that_is_no_unicode_is_refused() {
        EventCodec<Labelled> codec = EventCodec.of(Labelled.class);

        assertThatThrownBy(() -> codec.encode("a", new Labelled(Map.of("a\ud83d", "x")), EventMetadata.none()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("An event \"order.labelled\" version 1 cannot be written: field \"labels\": a key of"
                        + " a map holds an unpaired surrogate; expected valid Unicode.");
        assertThatThrownBy(() -> EventMetadata.none().with("\udc00", "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A metadata key holds an unpaired surrogate; expected valid Unicode.");
        Labelled whole = new Labelled(Map.of("\ud83d\ude00", "\ud83d", "", "\u0000"));
        assertThat(codec.decode(Recorded.of(
                        "order.labelled", 1, JsonFormat.standard().encode(whole).utf8())))
                .containsExactly(whole);
    }
}
