package dev.everfold.eventsourcing.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import org.junit.jupiter.api.Test;

class EventCodecTest {

    sealed interface AccountEvent {
        @EventType("account.opened")
        record Opened(String owner) implements AccountEvent {}

        @EventType(value = "account.deposited", version = 2)
        record Deposited(long cents) implements AccountEvent {}
    }

    private static final EventCodec<AccountEvent> CODEC = EventCodec.of(AccountEvent.class);

    @Test
    void an_event_is_stored_under_its_name_and_comes_back() {
        NewEvent stored = CODEC.encode("account-42", new AccountEvent.Deposited(500), EventMetadata.none());

        assertThat(stored.type()).isEqualTo("account.deposited");
        assertThat(stored.data().utf8()).isEqualTo("{\"cents\":500}");
        assertThat(stored.metadata().utf8()).isEqualTo("{\"$version\":2}");
        assertThat(CODEC.decode(recorded(stored))).containsExactly(new AccountEvent.Deposited(500));
    }

    private static RecordedEvent recorded(NewEvent event) {
        try (EventStore store = new InMemoryEventStore()) {
            store.append(Append.of(event));
            return store.read(Read.all()).next();
        }
    }
}
