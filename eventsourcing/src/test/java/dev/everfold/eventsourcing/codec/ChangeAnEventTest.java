package dev.everfold.eventsourcing.codec;

import static dev.everfold.eventsourcing.codec.Upcaster.into;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.testkit.DocumentedCode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// The code of docs/how-to/change-an-event.md, which is compiled and does what the guide says.
class ChangeAnEventTest {

    sealed interface AccountEvent {
        @EventType(value = "account.opened", version = 2)
        record Opened(String holder, String currency) implements AccountEvent {}

        @EventType("account.deposited")
        record Deposited(long cents) implements AccountEvent {}
    }

    static final EventCodec<AccountEvent> CODEC = EventCodec.builder(AccountEvent.class)
            .upcaster(
                    Upcaster.from("account.opened", 1).rename("owner", "holder").add("currency", "EUR"))
            .build();

    sealed interface Watched {
        @EventType("account.opened")
        record Opened(String owner) implements Watched {}

        record Other(RecordedEvent event) implements Watched {}
    }

    @Test
    void stored_shapes_change_only_with_a_new_version() {
        SchemaLock.at(Path.of("src/test/resources/events.lock")).check(CODEC);
    }

    @Test
    void the_chain_of_the_guide_reads_what_it_says() {
        EventCodec<AccountEvent> codec = EventCodec.builder(AccountEvent.class)
                .upcaster(Upcaster.from("account.created", 1)
                        .split(
                                into("account.opened", 1).keep("owner"),
                                into("account.deposited", 1)
                                        .onlyIf(tree -> tree.get("deposit").asLong() > 0)
                                        .keep("deposit")
                                        .rename("deposit", "cents")))
                .upcaster(Upcaster.from("account.opened", 1)
                        .rename("owner", "holder")
                        .add("currency", "EUR"))
                .upcaster(Upcaster.from("account.viewed", 1).drop())
                .build();

        assertThat(codec.decode(Recorded.of("account.created", 1, "{\"owner\":\"alice\",\"deposit\":500}")))
                .containsExactly(new AccountEvent.Opened("alice", "EUR"), new AccountEvent.Deposited(500));
        assertThat(codec.decode(Recorded.of("account.viewed", 1, "{}"))).isEmpty();
        try (EventStore store = new InMemoryEventStore()) {
            store.append(Append.of(
                    Recorded.event("account.created", 1, "{\"owner\":\"alice\",\"deposit\":500}"),
                    codec.encode("account-42", new AccountEvent.Opened("bob", "USD"), EventMetadata.none())));
            EventLogCheck.of(codec).check(store).throwIfFailed();

            store.append(Append.of(Recorded.event("account.closed", 1, "{}")));
            assertThatThrownBy(() -> EventLogCheck.of(codec).check(store).throwIfFailed())
                    .hasMessage("""
                            3 events checked, 1 cannot be read
                              "account.closed" version 1: 1 stored, 0 decoded, 1 FAILED, first at position 2
                                Event "account.closed" version 1 at position 2 is unknown to AccountEvent. \
                            Add a record with @EventType("account.closed"), \
                            register Upcaster.from("account.closed", 1), \
                            or build the codec with unknown(UnknownTypes.SKIP).
                              "account.created" version 1: 1 stored, 2 decoded
                              "account.opened" version 2: 1 stored, 1 decoded""");
        }
    }

    @Test
    void unknown_events_are_taken_as_they_are_stored() {
        EventCodec<Watched> watching = EventCodec.builder(Watched.class)
                .unknownAs(Watched.Other.class, Watched.Other::new)
                .build();
        RecordedEvent closed = Recorded.of("account.closed", 1, "{}");

        assertThat(watching.decode(closed)).containsExactly(new Watched.Other(closed));
    }

    @Test
    void the_code_of_the_guide_is_the_code_above() {
        DocumentedCode guide = DocumentedCode.of(Path.of("../docs/how-to/change-an-event.md"));

        assertThat(guide.blocks()).hasSize(6);
        guide.assertThatBlocksAreIn(Path.of("src/test/java/dev/everfold/eventsourcing/codec/ChangeAnEventTest.java"));
    }
}
