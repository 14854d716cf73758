package dev.everfold.eventsourcing.codec;

import static dev.everfold.eventsourcing.codec.Upcaster.into;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Bytes;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class UpcasterTest {

    sealed interface AccountEvent {
        @EventType(value = "account.opened", version = 3)
        record Opened(String holder, String currency, List<String> notes) implements AccountEvent {}

        @EventType("account.deposited")
        record Deposited(long cents) implements AccountEvent {}

        @EventType("account.limited")
        record Limited(BigDecimal limit) implements AccountEvent {}
    }

    private static final Upcaster FIRST = Upcaster.from("account.opened", 1).rename("owner", "holder");
    private static final Upcaster SECOND = Upcaster.from("account.opened", 2)
            .split(
                    into("account.opened", 3)
                            .remove("deposit")
                            .add("currency", "EUR")
                            .add("notes", List.of()),
                    into("account.deposited", 1)
                            .onlyIf(tree -> tree.get("deposit").asLong() > 0)
                            .keep("deposit")
                            .rename("deposit", "cents"));

    private static EventCodec<AccountEvent> codec(Upcaster... upcasters) {
        return EventCodec.builder(AccountEvent.class).upcasters(upcasters).build();
    }

    @Test
    void versions_are_read_through_one_upcaster_after_another_in_whatever_order_they_are_registered() {
        EventCodec<AccountEvent> codec = codec(SECOND, FIRST);

        assertThat(codec.decode(Recorded.of("account.opened", 1, "{\"owner\":\"alice\",\"deposit\":500}")))
                .containsExactly(new AccountEvent.Opened("alice", "EUR", List.of()), new AccountEvent.Deposited(500));
        assertThat(codec.decode(Recorded.of("account.opened", 2, "{\"holder\":\"alice\",\"deposit\":0}")))
                .containsExactly(new AccountEvent.Opened("alice", "EUR", List.of()));
        assertThat(codec.decode(Recorded.of(
                        "account.opened", 3, "{\"holder\":\"alice\",\"currency\":\"USD\",\"notes\":[\"vip\"]}")))
                .containsExactly(new AccountEvent.Opened("alice", "USD", List.of("vip")));
    }

    @Test
    void a_type_is_renamed_and_its_old_name_is_still_asked_for() {
        EventCodec<AccountEvent> codec =
                codec(FIRST, SECOND, Upcaster.from("account.created", 1).to("account.opened", 1));

        assertThat(codec.decode(Recorded.of("account.created", 1, "{\"owner\":\"alice\",\"deposit\":0}")))
                .containsExactly(new AccountEvent.Opened("alice", "EUR", List.of()));
        assertThat(codec.typeNames())
                .containsExactly("account.created", "account.deposited", "account.limited", "account.opened");
        assertThat(codec.typeNames(AccountEvent.Deposited.class))
                .containsExactly("account.created", "account.deposited", "account.opened");
        assertThat(codec.typeNames(AccountEvent.Limited.class)).containsExactly("account.limited");
    }

    @Test
    void an_event_is_dropped() {
        EventCodec<AccountEvent> codec =
                codec(FIRST, SECOND, Upcaster.from("account.viewed", 1).drop());

        assertThat(codec.decode(Recorded.of("account.viewed", 1, "{\"by\":\"alice\"}")))
                .isEmpty();
        assertThat(codec.typeNames()).doesNotContain("account.viewed");
    }

    @Test
    void a_transformation_sees_and_keeps_every_digit() {
        EventCodec<AccountEvent> codec = codec(
                FIRST,
                SECOND,
                Upcaster.from("account.capped", 1)
                        .to("account.limited", 1)
                        .transform(tree -> tree.put(
                                "limit", tree.remove("cap").decimalValue().movePointLeft(2))));

        assertThat(codec.decode(Recorded.of("account.capped", 1, "{\"cap\":100000000000000000000000001.10}")))
                .containsExactly(new AccountEvent.Limited(new BigDecimal("1000000000000000000000000.0110")));
    }

    @Test
    void a_field_that_is_there_is_not_replaced_by_a_default() {
        EventCodec<AccountEvent> codec = codec(FIRST, SECOND);

        assertThat(codec.decode(
                        Recorded.of("account.opened", 2, "{\"holder\":\"alice\",\"deposit\":0,\"currency\":\"USD\"}")))
                .containsExactly(new AccountEvent.Opened("alice", "USD", List.of()));
    }

    @Test
    void a_default_is_not_shared_between_events() {
        Upcaster upcaster = Upcaster.from("a", 1)
                .add("notes", List.of())
                .transform(tree -> tree.withArray("notes").add("x"));
        for (int i = 0; i < 2; i++) {
            ObjectNode tree = JsonFormat.standard().readTree(Bytes.utf8("{}"));
            upcaster.apply(tree, (form, made) -> assertThat(made.toString()).isEqualTo("{\"notes\":[\"x\"]}"));
        }
    }

    @Test
    void an_event_that_an_upcaster_does_not_fit_is_reported_with_its_place() {
        EventCodec<AccountEvent> codec = codec(FIRST, SECOND);

        assertThatThrownBy(() -> codec.decode(Recorded.of("account.opened", 1, "{\"holder\":\"alice\"}")))
                .isInstanceOf(MalformedEventException.class)
                .hasMessage("Event \"account.opened\" at position 0 does not fit Upcaster.from(\"account.opened\", 1):"
                        + " the field \"owner\" cannot become \"holder\", since it is not there."
                        + " Correct the upcaster.");
        assertThatThrownBy(() ->
                        codec.decode(Recorded.of("account.opened", 1, "{\"owner\":\"alice\",\"holder\":\"bob\"}")))
                .hasMessage("Event \"account.opened\" at position 0 does not fit Upcaster.from(\"account.opened\", 1):"
                        + " the field \"owner\" cannot become \"holder\", since there is a field of that name already."
                        + " Correct the upcaster.");
    }

    @Test
    void what_upcasters_make_must_be_the_record() {
        EventCodec<AccountEvent> codec = codec(FIRST, SECOND);

        assertThatThrownBy(() -> codec.decode(
                        Recorded.of("account.opened", 1, "{\"owner\":\"alice\",\"deposit\":0,\"branch\":1}")))
                .isInstanceOf(MalformedEventException.class)
                .hasMessageStartingWith(
                        "Event \"account.opened\" at position 0, upcast to \"account.opened\" version 3,"
                                + " cannot be read as AccountEvent.Opened: field \"branch\": Unrecognized property"
                                + " \"branch\"")
                .hasMessageEndingWith(". Correct the upcasters that lead there.");
    }

    @Test
    void a_version_that_nothing_reads_is_found_at_start() {
        assertRefused(
                "Nothing reads \"account.opened\" version 1. AccountEvent.Opened is version 3."
                        + " Register Upcaster.from(\"account.opened\", 1).",
                SECOND);
        assertRefused(
                "The upcaster from \"account.opened\" version 1 leads to \"account.opened\" version 2, which nothing"
                        + " reads. AccountEvent.Opened is version 3."
                        + " Register Upcaster.from(\"account.opened\", 2).",
                FIRST);
        assertRefused(
                "The upcaster from \"account.created\" version 1 leads to \"account.created\" version 2, which nothing"
                        + " reads. No record has that name. Register Upcaster.from(\"account.created\", 2).",
                FIRST,
                SECOND,
                Upcaster.from("account.created", 1));
        assertRefused(
                "Nothing reads \"account.created\" version 1. No record has that name."
                        + " Register Upcaster.from(\"account.created\", 1).",
                FIRST,
                SECOND,
                Upcaster.from("account.created", 2).to("account.opened", 1));
    }

    @Test
    void two_upcasters_from_one_version_are_found_at_start() {
        assertRefused(
                "Two upcasters begin at \"account.opened\" version 1. Register one of them.", FIRST, SECOND, FIRST);
    }

    @Test
    void an_upcaster_from_the_version_of_the_record_is_found_at_start() {
        assertRefused(
                "An upcaster begins at \"account.deposited\" version 1, but AccountEvent.Deposited is version 1."
                        + " Raise the version in its @EventType, or remove the upcaster.",
                FIRST,
                SECOND,
                Upcaster.from("account.deposited", 1).drop());
    }

    @Test
    void a_loop_is_found_at_start() {
        assertRefused(
                "The upcasters run in a loop: \"a\" version 1 -> \"b\" version 1 -> \"a\" version 1."
                        + " Let each lead to a newer form.",
                FIRST,
                SECOND,
                Upcaster.from("a", 1).to("b", 1),
                Upcaster.from("b", 1).to("a", 1));
    }

    @Test
    void names_and_versions_are_checked_where_they_are_given() {
        assertThatThrownBy(() -> Upcaster.from("account.opened", 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("\"account.opened\" version 0 is invalid; expected a name and a version of 1 or more.");
        assertThatThrownBy(() -> Upcaster.from("a", 1).split())
                .hasMessage("The upcaster from \"a\" version 1 splits into nothing. Use drop() where that is meant.");
    }

    private static void assertRefused(String message, Upcaster... upcasters) {
        assertThatThrownBy(() -> codec(upcasters))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    enum Risk {
        LOW {
            @Override
            public String toString() {
                return "low risk";
            }
        }
    }

    record Rating(Risk risk, BigDecimal share) {
        public boolean isLow() {
            return risk == Risk.LOW;
        }
    }

    @EventType(value = "account.rated", version = 2)
    record Rated(String by, Risk risk, Rating rating, BigDecimal limit) {}

    @Test
    void a_value_that_is_added_is_written_as_events_are() {
        Rating rating = new Rating(Risk.LOW, new BigDecimal("0.50"));
        EventCodec<Rated> codec = EventCodec.builder(Rated.class)
                .upcaster(Upcaster.from("account.rated", 1)
                        .add("risk", Risk.LOW)
                        .add("rating", rating)
                        .add("limit", new BigDecimal("100.00")))
                .build();

        assertThat(codec.decode(Recorded.of("account.rated", 1, "{\"by\":\"alice\"}")))
                .containsExactly(new Rated("alice", Risk.LOW, rating, new BigDecimal("100.00")));
    }

    @EventType(value = "account.measured", version = 2)
    record Measured(double value, float rough, double added, double large) {}

    /// A decimal number has no zero below zero.
    @Test
    void a_zero_below_zero_stays_below_zero() {
        EventCodec<Measured> codec = EventCodec.builder(Measured.class)
                .upcaster(Upcaster.from("account.measured", 1).add("added", -0.0))
                .build();

        assertThat(codec.decode(
                        Recorded.of("account.measured", 1, "{\"value\":-0.0,\"rough\":-0.0,\"large\":-1.5E300}")))
                .containsExactly(new Measured(-0.0, -0.0f, -0.0, -1.5E300));
    }
}
