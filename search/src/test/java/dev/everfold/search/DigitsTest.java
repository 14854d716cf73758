package dev.everfold.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.search.Document.WriteToken;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/// Amounts of money are decimal: what a step reads and stores again has the digits that it had.
class DigitsTest {

    record Payment(String customer, BigDecimal amount) {}

    private static StepDocuments documents(String stored) {
        Document document =
                new Document("1", 1, new WriteToken(0, 1), Json.parse(stored.getBytes(StandardCharsets.UTF_8)));
        StepDocuments documents = new StepDocuments(_ -> Map.of("1", document), OptionalInt.empty(), List.of());
        documents.at(7, "payment-1");
        return documents;
    }

    private static String stored(StepDocuments documents) {
        return new String(documents.items().getFirst().lines(), StandardCharsets.UTF_8);
    }

    @Test
    void an_amount_keeps_its_digits_when_another_field_is_changed() {
        StepDocuments documents = documents("{\"customer\":\"alice\",\"amount\":12345678901234567.89,\"rate\":0.10}");

        documents.update("1", payment -> payment.put("customer", "bob"));

        assertThat(stored(documents)).contains("{\"customer\":\"bob\",\"amount\":12345678901234567.89,\"rate\":0.10,");
    }

    @Test
    void an_amount_is_read_and_put_with_its_digits() {
        StepDocuments documents = documents("{\"customer\":\"alice\",\"amount\":12345678901234567.80}");

        Payment payment = documents.get("1", Payment.class).orElseThrow();
        documents.put("1", payment);

        assertThat(payment.amount()).isEqualTo(new BigDecimal("12345678901234567.80"));
        assertThat(stored(documents)).contains("{\"customer\":\"alice\",\"amount\":12345678901234567.80,");
    }
}
