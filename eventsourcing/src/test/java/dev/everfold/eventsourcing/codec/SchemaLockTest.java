package dev.everfold.eventsourcing.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchemaLockTest {

    enum Currency {
        EUR,
        USD
    }

    record Money(BigDecimal amount, Currency currency) {}

    sealed interface Payment {
        @StoredName("card")
        record Card(String lastDigits) implements Payment {}

        @StoredName("both")
        record Both(Payment first, Payment second) implements Payment {}
    }

    record Folder(String name, List<Folder> folders) {}

    /// Arrays are poor components, but an application may have some.
    @SuppressWarnings("ArrayRecordComponent")
    @EventType("order.placed")
    record Placed(
            Instant at,
            Money total,
            Optional<Payment> payment,
            List<Money> parts,
            Map<String, Set<Integer>> index,
            byte[] picture,
            long[] marks,
            @JsonProperty("kind") String type,
            Folder folder) {}

    @EventType("order.opened")
    record First(String owner, long cents) {}

    @EventType("order.opened")
    record Changed(String holder, long cents, Optional<String> note) {}

    @EventType(value = "order.opened", version = 2)
    record Second(String holder, long cents, Optional<String> note) {}

    @EventType("order.started")
    record Renamed(String owner, long cents) {}

    private static final EventCodec<First> FIRST = EventCodec.of(First.class);
    private static final EventCodec<Second> SECOND = EventCodec.builder(Second.class)
            .upcaster(Upcaster.from("order.opened", 1).rename("owner", "holder"))
            .build();

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void name_the_file() {
        file = folder.resolve("schema/events.lock");
    }

    @Test
    void the_shapes_are_written_when_there_is_no_file() throws IOException {
        SchemaLock.at(file).check(EventCodec.of(Placed.class), FIRST);

        assertThat(Files.readString(file)).isEqualTo("""
                # Shapes of stored events, written by SchemaLock. Commit this file.
                # Shapes that are here are in the store: they never change, new versions are added.

                order.opened version 1
                  owner: text
                  cents: long

                order.placed version 1
                  at: Instant
                  total: record
                    amount: BigDecimal
                    currency: one of EUR, USD
                  payment: optional one of
                    card
                      lastDigits: text
                    both
                      first: Payment as above
                      second: Payment as above
                  parts: list of record
                    amount: BigDecimal
                    currency: one of EUR, USD
                  index: map from text to set of Integer
                  picture: bytes
                  marks: list of long
                  type: text @JsonProperty[value=kind]
                  folder: record
                    name: text
                    folders: list of Folder as above
                """);
    }

    @Test
    void nothing_changes_while_the_shapes_do_not() throws IOException {
        SchemaLock.at(file).check(EventCodec.of(Placed.class), FIRST);
        String before = Files.readString(file);

        SchemaLock.at(file).check(FIRST, EventCodec.of(Placed.class));
        SchemaLock.at(file).readOnly().check(FIRST, EventCodec.of(Placed.class));

        assertThat(Files.readString(file)).isEqualTo(before);
    }

    @Test
    void a_shape_that_changes_without_a_new_version_fails_with_the_difference() throws IOException {
        SchemaLock.at(file).check(FIRST);
        String before = Files.readString(file);

        assertThatThrownBy(() -> SchemaLock.at(file).check(EventCodec.of(Changed.class)))
                .isInstanceOf(AssertionError.class)
                .hasMessage("""
                        The stored shape of "order.opened" version 1 has changed without a new version:
                          - owner: text
                          + holder: text
                          + note: optional text
                        Events of the old shape are in the store. Annotate the record \
                        @EventType(value = "order.opened", version = 2) and register \
                        Upcaster.from("order.opened", 1), or undo the change.""");
        assertThat(Files.readString(file)).isEqualTo(before);
    }

    @Test
    void a_new_version_with_an_upcaster_is_added_beside_the_old_one() throws IOException {
        SchemaLock.at(file).check(FIRST);

        SchemaLock.at(file).check(SECOND);

        assertThat(Files.readString(file)).endsWith("""

                order.opened version 1
                  owner: text
                  cents: long

                order.opened version 2
                  holder: text
                  cents: long
                  note: optional text
                """);
        SchemaLock.at(file).readOnly().check(SECOND);
    }

    @Test
    void a_form_that_nothing_reads_any_more_fails() {
        SchemaLock.at(file).check(FIRST);

        assertThatThrownBy(() -> SchemaLock.at(file).check(EventCodec.of(Renamed.class)))
                .isInstanceOf(AssertionError.class)
                .hasMessage("Nothing reads \"order.opened\" version 1 any more, and events of that form are in the"
                        + " store. Register Upcaster.from(\"order.opened\", 1), with drop() where they are to be"
                        + " passed over.");
    }

    @Test
    void what_is_new_fails_on_a_build_server_instead_of_being_written() {
        SchemaLock.at(file).check(FIRST);

        assertThatThrownBy(() -> SchemaLock.at(file).readOnly().check(SECOND))
                .isInstanceOf(AssertionError.class)
                .hasMessage("The shape of \"order.opened\" version 2 is not in " + file
                        + ". Run this check without readOnly() and commit the file.");
    }

    @Test
    void a_file_that_was_edited_by_hand_fails() throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "order.opened v1\n  owner: text\n");

        assertThatThrownBy(() -> SchemaLock.at(file).check(FIRST))
                .isInstanceOf(AssertionError.class)
                .hasMessage(file + " has a line \"order.opened v1\"; expected \"type version n\". Restore the file.");
    }

    record Amount<C>(BigDecimal amount, C currency) {}

    record AmountWithNote<C>(BigDecimal amount, C currency, String note) {}

    sealed interface Answer<T> {
        @StoredName("yes")
        record Yes<T>(T value) implements Answer<T> {}

        @StoredName("no")
        record No<T>(String reason) implements Answer<T> {}
    }

    @EventType("order.billed")
    record Billed(
            Amount<Currency> total,
            List<Amount<? extends Money>> parts,
            Answer<Optional<Integer>> answer,
            Map<String, Amount<String>[]> marked) {}

    @EventType("order.billed")
    record BilledWithNote(
            AmountWithNote<Currency> total,
            List<Amount<? extends Money>> parts,
            Answer<Optional<Integer>> answer,
            Map<String, Amount<String>[]> marked) {}

    @Test
    void records_with_type_parameters_are_looked_into() throws IOException {
        SchemaLock.at(file).check(EventCodec.of(Billed.class));

        assertThat(Files.readString(file)).endsWith("""

                order.billed version 1
                  total: record
                    amount: BigDecimal
                    currency: one of EUR, USD
                  parts: list of record
                    amount: BigDecimal
                    currency: record
                      amount: BigDecimal
                      currency: one of EUR, USD
                  answer: one of
                    yes
                      value: optional Integer
                    no
                      reason: text
                  marked: map from text to list of record
                    amount: BigDecimal
                    currency: text
                """);
        assertThatThrownBy(() -> SchemaLock.at(file).check(EventCodec.of(BilledWithNote.class)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("\n  +   note: text\n");
    }
}
