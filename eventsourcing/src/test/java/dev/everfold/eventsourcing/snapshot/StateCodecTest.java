package dev.everfold.eventsourcing.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Bytes;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StateCodecTest {

    enum Colour {
        RED,
        GREEN
    }

    record Line(String article, BigDecimal price) {}

    record Cart(Optional<String> owner, List<Line> lines, Map<String, Line> byName, Instant since, Colour colour) {}

    sealed interface Door {}

    record Open(int guests) implements Door {}

    record Closed(Instant since) implements Door {}

    @Test
    void a_record_comes_back_as_it_was() {
        StateCodec<Cart> codec = StateCodec.json(Cart.class);
        Line line = new Line("pen", new BigDecimal("1.50"));
        Cart cart = new Cart(
                Optional.of("alice"),
                List.of(line),
                Map.of("pen", line),
                Instant.parse("2026-01-01T00:00:00.123456Z"),
                Colour.GREEN);

        assertThat(codec.decode(codec.encode(cart))).isEqualTo(cart);
    }

    @Test
    void a_case_of_a_sealed_interface_comes_back_as_it_was() {
        StateCodec<Door> codec = StateCodec.json(Door.class);

        Bytes bytes = codec.encode(new Open(3));

        assertThat(bytes.utf8())
                .isEqualTo("[\"dev.everfold.eventsourcing.snapshot.StateCodecTest$Open\",{\"guests\":3}]");
        assertThat(codec.decode(bytes)).isEqualTo(new Open(3));
        assertThat(codec.decode(codec.encode(new Closed(Instant.EPOCH)))).isEqualTo(new Closed(Instant.EPOCH));
    }

    @Test
    void a_class_that_is_no_case_is_not_loaded() {
        StateCodec<Door> codec = StateCodec.json(Door.class);

        assertThatThrownBy(() -> codec.decode(Bytes.utf8("[\"java.lang.Runtime\",{}]")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("A snapshot does not name a case of dev.everfold.eventsourcing.snapshot."
                        + "StateCodecTest$Door; expected one of [");
        assertThatThrownBy(() -> codec.decode(Bytes.empty())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void the_shape_names_whatever_a_state_is_made_of() {
        assertThat(StateShape.text(Cart.class))
                .contains("  owner java.util.Optional<java.lang.String>\n")
                .contains("StateCodecTest$Line\n  article java.lang.String\n  price java.math.BigDecimal\n")
                .contains("StateCodecTest$Colour\n  RED\n  GREEN\n");
        assertThat(StateShape.text(Door.class))
                .contains("StateCodecTest$Open\n  guests int\n")
                .contains("StateCodecTest$Closed\n  since java.time.Instant\n");
    }

    @Test
    void classes_of_one_name_have_one_version_only_if_they_have_one_shape() {
        class Before {
            record Account(long cents) {}
        }
        class After {
            record Account(int cents) {}
        }

        String before = StateShape.text(Before.Account.class).replace("Before", "");
        String after = StateShape.text(After.Account.class).replace("After", "");

        assertThat(before.hashCode()).isNotEqualTo(after.hashCode());
        assertThat(StateShape.fingerprint(Before.Account.class))
                .isEqualTo(StateShape.fingerprint(Before.Account.class));
    }

    @Test
    void a_version_of_the_applications_own_takes_the_place_of_the_hash() {
        StateCodec<Open> codec = StateCodec.json(Open.class).withSchemaVersion(7);

        assertThat(codec.schemaVersion()).isEqualTo(7);
        assertThat(codec.decode(codec.encode(new Open(3)))).isEqualTo(new Open(3));
    }

    record Ledger<T>(List<T> entries) {}

    record Isin(String code) {}

    record Depot(Map<Isin, BigDecimal> shares) {}

    sealed interface Phase {
        record Begun() implements Phase {}

        enum Ended implements Phase {
            WELL
        }
    }

    /// It would come back with numbers and maps in place of the entries.
    @Test
    void a_state_whose_fields_have_no_type_is_refused() {
        assertThatThrownBy(() -> StateCodec.json(Ledger.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(Ledger.class.getTypeName() + " has type parameters, so the types of its fields are unknown"
                        + " when it is read. Spell out the types in the record.");
    }

    @Test
    void a_state_with_keys_that_would_come_back_as_others_is_refused() {
        assertThatThrownBy(() -> StateCodec.json(Depot.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("The keys of a map in " + Depot.class.getTypeName() + " are of "
                        + Isin.class.getTypeName() + ", whose text does not tell what they are");
    }

    @Test
    void a_state_that_is_no_record_is_refused() {
        for (Class<?> state : List.of(Long.class, List.class, Colour.class, Phase.class)) {
            Class<?> found = state == Phase.class ? Phase.Ended.class : state;
            assertThatThrownBy(() -> StateCodec.json(state))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(found.getTypeName() + " is not a record, so it cannot be stored as JSON here. Make it a"
                            + " record, or a sealed interface of records.");
        }
    }
}
