package dev.everfold.eventsourcing.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Bytes;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class JsonFormatTest {

    private static final JsonFormat JSON = JsonFormat.standard();

    enum Currency {
        EUR,
        USD {
            @Override
            public String toString() {
                return "dollar";
            }
        }
    }

    record Money(BigDecimal amount, Currency currency) {}

    sealed interface Payment {
        @StoredName("card")
        record Card(String lastDigits) implements Payment {}

        sealed interface Bank extends Payment {}

        @StoredName("transfer")
        record Transfer(String iban, Money fee) implements Bank {}

        @StoredName("cash")
        record Cash() implements Payment {}
    }

    @EventType("order.placed")
    record Placed(
            UUID order,
            Instant at,
            LocalDate due,
            Money total,
            Payment payment,
            List<Payment> others,
            Optional<String> note,
            Map<String, Integer> quantities,
            Set<String> labels,
            boolean gift) {}

    private static final Placed PLACED = new Placed(
            UUID.fromString("0198a5c0-0000-7000-8000-000000000001"),
            Instant.parse("2026-03-01T09:30:00.123456Z"),
            LocalDate.parse("2026-04-01"),
            new Money(new BigDecimal("1250.10"), Currency.USD),
            new Payment.Transfer("DE02", new Money(new BigDecimal("0.000000000000000000000000001"), Currency.EUR)),
            List.of(new Payment.Card("4242"), new Payment.Cash()),
            Optional.empty(),
            Map.of("apple", 3),
            Set.of("urgent"),
            true);

    @Test
    void everything_that_a_record_may_hold_is_written_plainly_and_comes_back() {
        Bytes data = JSON.encode(PLACED);

        assertThat(data.utf8()).isEqualTo("""
                {"order":"0198a5c0-0000-7000-8000-000000000001","at":"2026-03-01T09:30:00.123456Z","due":"2026-04-01",\
                "total":{"amount":1250.10,"currency":"USD"},\
                "payment":{"$case":"transfer","iban":"DE02","fee":{"amount":1E-27,"currency":"EUR"}},\
                "others":[{"$case":"card","lastDigits":"4242"},{"$case":"cash"}],"note":null,\
                "quantities":{"apple":3},"labels":["urgent"],"gift":true}""");
        assertThat(JSON.decode(data, Placed.class)).isEqualTo(PLACED);
        assertThat(JSON.decode(JSON.readTree(data), Placed.class)).isEqualTo(PLACED);
    }

    @Test
    void a_case_is_found_wherever_it_stands_and_keeps_every_digit() {
        Bytes data = Bytes.utf8("{\"payment\":{\"fee\":{\"amount\":1.10000000000000000000000001,\"currency\":\"EUR\"},"
                + "\"iban\":\"DE02\",\"$case\":\"transfer\"}}");

        Paid paid = new Paid(
                new Payment.Transfer("DE02", new Money(new BigDecimal("1.10000000000000000000000001"), Currency.EUR)));
        assertThat(JSON.decode(data, Paid.class)).isEqualTo(paid);
        assertThat(JSON.decode(JSON.readTree(data), Paid.class)).isEqualTo(paid);
    }

    record Paid(Payment payment) {}

    @Test
    void decimals_and_instants_come_back_digit_for_digit() {
        long seed = 20_261_124;
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            Money money = new Money(
                    new BigDecimal(new BigInteger(1 + random.nextInt(120), random), random.nextInt(40) - 5),
                    Currency.EUR);
            Stamped stamped = new Stamped(
                    Instant.ofEpochSecond(random.nextLong(4_000_000_000L), random.nextInt(1_000_000_000)), money);

            Bytes data = JSON.encode(stamped);

            assertThat(JSON.decode(data, Stamped.class)).as("seed %d", seed).isEqualTo(stamped);
            assertThat(JSON.decode(JSON.readTree(data), Stamped.class))
                    .as("seed %d", seed)
                    .isEqualTo(stamped);
        }
    }

    record Stamped(Instant at, Money money) {}

    record Dated(OffsetDateTime offset, ZonedDateTime zoned, Duration length, Currency currency) {}

    @Test
    void times_keep_their_offset_and_zone() {
        Dated dated = new Dated(
                OffsetDateTime.parse("2026-03-01T09:30:00+05:30"),
                ZonedDateTime.parse("2026-03-01T09:30:00+01:00[Europe/Paris]"),
                Duration.ofMinutes(90),
                Currency.EUR);

        Bytes data = JSON.encode(dated);

        assertThat(data.utf8()).isEqualTo("""
                {"offset":"2026-03-01T09:30:00+05:30","zoned":"2026-03-01T09:30:00+01:00[Europe/Paris]",\
                "length":"PT1H30M","currency":"EUR"}""");
        assertThat(JSON.decode(data, Dated.class)).isEqualTo(dated);
    }

    @Test
    void a_number_is_no_enum() {
        assertThatThrownBy(() -> JSON.decode(Bytes.utf8("{\"amount\":1,\"currency\":0}"), Money.class))
                .isInstanceOf(RuntimeException.class);
    }

    record Computing(long cents) {
        public boolean isLarge() {
            return cents > 100;
        }

        public long getEuros() {
            return cents / 100;
        }
    }

    @Test
    void only_components_are_stored() {
        Bytes data = JSON.encode(new Computing(500));

        assertThat(data.utf8()).isEqualTo("{\"cents\":500}");
        assertThat(JSON.decode(data, Computing.class)).isEqualTo(new Computing(500));
    }

    record Noted(String text, Optional<String> by) {}

    @Test
    void only_an_optional_may_be_absent() {
        assertThat(JSON.decode(Bytes.utf8("{\"text\":\"a\"}"), Noted.class))
                .isEqualTo(new Noted("a", Optional.empty()));
        assertThat(JSON.decode(Bytes.utf8("{\"text\":\"a\",\"by\":null}"), Noted.class))
                .isEqualTo(new Noted("a", Optional.empty()));
        assertThatThrownBy(() -> JSON.decode(Bytes.utf8("{\"by\":\"alice\"}"), Noted.class))
                .hasMessageContaining("Missing required creator property 'text'");
        assertThatThrownBy(() -> JSON.decode(Bytes.utf8("{}"), Computing.class))
                .hasMessageContaining("Missing required creator property 'cents'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"cents\":1,\"owner\":\"alice\"}",
                "{\"cents\":null}",
                "{\"cents\":1.5}",
                "{\"cents\":\"1\"}",
                "{\"cents\":true}",
                "{\"cents\":99999999999999999999}",
                "{\"cents\":1} {}",
                "{\"cents\":1",
                "[1]",
                ""
            })
    void what_is_not_the_record_is_refused(String json) {
        assertThatThrownBy(() -> JSON.decode(Bytes.utf8(json), Computing.class)).isInstanceOf(RuntimeException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"javax.script.ScriptEngineManager", "Card", "dev.everfold.X$Payment$Card", "order.placed"})
    void no_class_is_found_by_a_name_in_the_data(String name) {
        Bytes data = Bytes.utf8("{\"payment\":{\"$case\":\"" + name + "\",\"lastDigits\":\"4242\"}}");

        assertThatThrownBy(() -> JSON.decode(data, Paid.class)).hasMessageContaining("Could not resolve type id");
    }

    @Test
    void a_case_must_be_named_in_the_data() {
        assertThatThrownBy(() -> JSON.decode(Bytes.utf8("{\"payment\":{\"lastDigits\":\"4242\"}}"), Paid.class))
                .hasMessageContaining("missing type id property '$case'");
    }

    sealed interface Shapeless {
        record Circle() implements Shapeless {}
    }

    sealed interface Same {
        @StoredName("one")
        record First() implements Same {}

        @StoredName("one")
        record Second() implements Same {}
    }

    sealed interface NotAll {
        enum Constant implements NotAll {
            A
        }
    }

    @EventType("a")
    record WithShapeless(List<Shapeless> shapes) {}

    @EventType("a")
    record WithSame(Optional<Same> same) {}

    @EventType("a")
    record WithNotAll(NotAll notAll) {}

    @Test
    void sealed_fields_whose_cases_cannot_be_told_apart_are_refused_at_start() {
        String here = JsonFormatTest.class.getName();
        assertThatThrownBy(() -> EventCodec.of(WithShapeless.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(here + "$Shapeless$Circle is a case of a sealed field and has no name in stored data."
                        + " Annotate it, for example @StoredName(\"circle\").");
        assertThatThrownBy(() -> EventCodec.of(WithSame.class))
                .hasMessage(here + "$Same$First and " + here + "$Same$Second are cases of one sealed field and both"
                        + " named \"one\". Give each a name of its own in @StoredName.");
        assertThatThrownBy(() -> EventCodec.of(WithNotAll.class))
                .hasMessage(here + "$NotAll$Constant is a case of the sealed field type " + here
                        + "$NotAll and is not a record. Make it a record.");
    }

    @Test
    void the_mapper_can_be_changed() {
        JsonFormat lenient = JsonFormat.with(
                mapper -> mapper.disable(tools.jackson.databind.DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES));

        assertThat(lenient.decode(Bytes.utf8("{\"cents\":1,\"more\":2}"), Computing.class))
                .isEqualTo(new Computing(1));
    }

    record Isin(String code) {}

    record Wkn(String code) {
        @Override
        public String toString() {
            return code;
        }
    }

    record Lei(@com.fasterxml.jackson.annotation.JsonKey String code) {}

    @EventType("a")
    record Positions(Optional<List<Map<Isin, BigDecimal>>> byIsin) {}

    record Portfolio(Positions positions) {}

    @EventType("a")
    record Portfolios(Map<String, Portfolio> portfolios) {}

    @EventType("a")
    record Telling(Map<Wkn, BigDecimal> byWkn, Map<Lei, BigDecimal> byLei, Map<Currency, BigDecimal> byCurrency) {}

    /// The text `Isin[code=DE02]` would be taken for the code when it is read.
    @Test
    void a_map_whose_keys_would_come_back_as_others_is_refused_at_start() {
        String expected = "The keys of a map in " + Positions.class.getTypeName() + " are of "
                + Isin.class.getTypeName() + ", whose text does not tell what they are, so that they would not come"
                + " back. Give that class a toString() that its constructor takes, annotate what tells it with"
                + " @JsonKey, or let keys be text.";
        assertThatThrownBy(() -> EventCodec.of(Positions.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(expected);
        assertThatThrownBy(() -> EventCodec.of(Portfolios.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(expected);
    }

    @Test
    void keys_whose_text_tells_what_they_are_come_back() {
        Telling telling = new Telling(
                Map.of(new Wkn("710000"), new BigDecimal("1.50")),
                Map.of(new Lei("5299"), new BigDecimal("2.50")),
                Map.of(Currency.USD, new BigDecimal("3.50")));
        JSON.prepare(Telling.class);

        Bytes data = JSON.encode(telling);

        assertThat(data.utf8()).isEqualTo("""
                {"byWkn":{"710000":1.50},"byLei":{"5299":2.50},"byCurrency":{"USD":3.50}}""");
        assertThat(JSON.decode(data, Telling.class)).isEqualTo(telling);
    }

    @EventType("a")
    record ByList(Map<List<String>, Long> counts) {}

    @EventType("a")
    record ByOptional(Map<Optional<String>, Long> counts) {}

    @EventType("a")
    record ByPair(Map<Pair, Long> counts) {}

    record Pair(String left, String right) {
        @Override
        public String toString() {
            return left + "/" + right;
        }
    }

    @Test
    void keys_that_could_be_written_and_never_read_are_refused_at_start() {
        for (Class<?> event : List.of(ByList.class, ByOptional.class, ByPair.class)) {
            String key = event == ByList.class
                    ? "java.util.List<java.lang.String>"
                    : event == ByOptional.class ? "java.util.Optional<java.lang.String>" : Pair.class.getTypeName();
            assertThatThrownBy(() -> EventCodec.of(event))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("The keys of a map in " + event.getTypeName() + " are of " + key
                            + ", whose text does not tell what they are, so that they would not come back. Give that"
                            + " class a toString() that its constructor takes, annotate what tells it with @JsonKey,"
                            + " or let keys be text.");
        }
    }

    @EventType("a")
    record Titles(Map<Locale, String> titles) {}

    /// `sr_RS_#Latn` and `sr_RS_#Cyrl` would be one key, and one of the titles be lost.
    @Test
    void locales_are_keys_with_their_script_and_extensions() {
        Map<Locale, String> titles = new LinkedHashMap<>();
        for (String tag : List.of(
                "de", "de-AT", "sr-Latn-RS", "sr-Cyrl-RS", "zh-Hant", "ca-ES-valencia", "th-TH-u-ca-buddhist")) {
            titles.put(Locale.forLanguageTag(tag), tag);
        }
        JSON.prepare(Titles.class);

        Bytes data = JSON.encode(new Titles(titles));

        assertThat(data.utf8()).contains("\"sr_RS_#Latn\":\"sr-Latn-RS\"");
        assertThat(JSON.decode(data, Titles.class)).isEqualTo(new Titles(titles));
        assertThat(JSON.decode(Bytes.utf8("{\"titles\":{\"zh-Hant-TW\":\"\"}}"), Titles.class))
                .isEqualTo(new Titles(Map.of(Locale.forLanguageTag("zh-Hant-TW"), "")));
    }

    @EventType("a")
    record Patched(Optional<Optional<String>> name) {}

    @EventType("a")
    record PatchedNumbers(Map<String, Optional<OptionalInt>> numbers) {}

    /// To leave the name as it is would come back as to remove it.
    @Test
    void an_optional_of_an_optional_is_refused_at_start() {
        for (Class<?> event : List.of(Patched.class, PatchedNumbers.class)) {
            assertThatThrownBy(() -> EventCodec.of(event))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("A field in " + event.getTypeName() + " is an optional of an optional. Both are null"
                            + " where they are empty, so that they would not come back. Make it a sealed interface of"
                            + " records.");
        }
    }

    interface Fee {
        long cents();
    }

    static final class Price {
        private final long cents;

        Price(long cents, String currency) {
            this.cents = cents;
        }

        public long getCents() {
            return cents;
        }
    }

    @EventType("a")
    record WithInterface(List<Fee> fees) {}

    @EventType("a")
    record WithClass(Price price) {}

    @EventType("a")
    record WithMathContext(Optional<MathContext> rounding) {}

    /// One can be made, and not given its cents.
    static final class Rebate {
        public long getCents() {
            return 5;
        }
    }

    @EventType("a")
    record WithBean(Rebate rebate) {}

    @EventType("a")
    record WithBits(BitSet bits) {}

    @Test
    void fields_that_could_be_written_and_never_read_are_refused_at_start() {
        Map<Class<?>, Class<?>> parts = Map.of(
                WithInterface.class, Fee.class,
                WithClass.class, Price.class,
                WithBean.class, Rebate.class,
                WithBits.class, BitSet.class,
                WithMathContext.class, MathContext.class);
        parts.forEach((event, part) -> {
            assertThatThrownBy(() -> EventCodec.of(event))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("A field in " + event.getTypeName() + " is of " + part.getTypeName()
                            + ", which can be written and not read: there is no way to make one of its data. Make it a"
                            + " record, or a sealed interface of records.");
        });
    }

    @Test
    void null_is_no_record() {
        assertThatThrownBy(() -> JSON.decode(Bytes.utf8("null"), Computing.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("there is null in place of an object");
        assertThatThrownBy(() -> JSON.readTree(Bytes.utf8("null")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("there is null in place of an object");
    }

    @EventType("a")
    record WithObject(Object limit) {}

    @EventType("a")
    record WithAttributes(Map<String, Object> attributes) {}

    @EventType("a")
    record WithNumber(List<Number> numbers) {}

    @EventType("a")
    record WithUnknown(List<?> things) {}

    record Box<T>(T content) {}

    @EventType("a")
    record WithBox(Box<Object> box) {}

    @EventType("a")
    @SuppressWarnings("rawtypes") // an application may have some
    record WithRaw(List things) {}

    @EventType("a")
    @SuppressWarnings("rawtypes") // an application may have some
    record WithRawBox(Box box) {}

    /// A small `long` would come back as an `Integer`, and a record as a map.
    @Test
    void fields_that_may_hold_anything_are_refused_at_start() {
        String box = Box.class.getTypeName() + "<java.lang.Object>";
        assertHoldsAnything(WithObject.class, WithObject.class.getTypeName(), Object.class);
        assertHoldsAnything(WithAttributes.class, WithAttributes.class.getTypeName(), Object.class);
        assertHoldsAnything(WithNumber.class, WithNumber.class.getTypeName(), Number.class);
        assertHoldsAnything(WithUnknown.class, WithUnknown.class.getTypeName(), Object.class);
        assertHoldsAnything(WithRaw.class, WithRaw.class.getTypeName(), Object.class);
        assertHoldsAnything(WithBox.class, box, Object.class);
        assertHoldsAnything(WithRawBox.class, Box.class.getTypeName(), Object.class);
    }

    private static void assertHoldsAnything(Class<?> event, String holder, Class<?> part) {
        assertThatThrownBy(() -> EventCodec.of(event))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A field in " + holder + " is of " + part.getTypeName() + ", and stored data do not tell of"
                        + " which class its value was: a small long would come back as an Integer. Say which it is,"
                        + " make it a sealed interface of records, or a JsonNode where any JSON may be.");
    }

    record Register<K>(Map<K, String> entries) {}

    @EventType("a")
    record WithRegister(Register<Isin> register) {}

    /// Of what the number is, is told to the compiler only.
    @SuppressWarnings("UnusedTypeParameter")
    record Id<T>(long number) {}

    @EventType("a")
    record WithId(Id<Runnable> task, Register<Currency> register) {}

    @Test
    void records_with_type_parameters_are_looked_into() {
        assertThatThrownBy(() -> EventCodec.of(WithRegister.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("The keys of a map in " + Register.class.getTypeName() + "<"
                        + Isin.class.getTypeName() + "> are of " + Isin.class.getTypeName() + ", whose text");

        EventCodec<WithId> codec = EventCodec.of(WithId.class);
        WithId event = new WithId(new Id<>(7), new Register<>(Map.of(Currency.USD, "dollar")));
        Bytes data = codec.encode("a", event, EventMetadata.none()).data();
        assertThat(JSON.decode(data, WithId.class)).isEqualTo(event);
    }

    @EventType("a")
    record WithJson(JsonNode any) {}

    @Test
    void any_json_is_a_field_of_its_own_kind() {
        Bytes data = Bytes.utf8("{\"any\":{\"a\":[1,1.10,null,\"x\"]}}");
        EventCodec<WithJson> _ = EventCodec.of(WithJson.class);

        assertThat(JSON.encode(JSON.decode(data, WithJson.class))).isEqualTo(data);
    }

    @EventType("a")
    record Keyed(BigInteger modulus, Map<String, BigDecimal> limits) {}

    @Test
    void long_numbers_and_keys_come_back() {
        BigInteger modulus = BigInteger.TWO.pow(16_384).subtract(BigInteger.ONE);
        Keyed keyed = new Keyed(modulus, Map.of("k".repeat(60_000), new BigDecimal(modulus, 7)));

        Bytes data = JSON.encode(keyed);

        assertThat(JSON.decode(data, Keyed.class)).isEqualTo(keyed);
        assertThat(JSON.decode(JSON.readTree(data), Keyed.class)).isEqualTo(keyed);
    }
}
