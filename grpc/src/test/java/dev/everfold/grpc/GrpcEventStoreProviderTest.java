package dev.everfold.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.StoreUnavailableException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The URI of a server, and what is said when there is none.
class GrpcEventStoreProviderTest {

    @Test
    void a_server_is_opened_by_its_uri() {
        try (ServedStore served = ServedStore.of(new InMemoryEventStore());
                EventStore store = EventStores.open(
                        "everfold://localhost:" + served.server().port())) {
            assertThat(store.append(Append.of(NewEvent.of("order-17", "order.placed", "{}")))
                            .fromPosition())
                    .isZero();
            assertThat(store.lineage()).isEqualTo(served.store().lineage());
        }
    }

    @Test
    void with_mode_read_appends_are_refused() {
        try (ServedStore served = ServedStore.of(new InMemoryEventStore())) {
            String address = "localhost:" + served.server().port();
            try (EventStore store = EventStores.open("everfold://" + address + "?mode=read")) {
                Append append = Append.of(NewEvent.of("order-17", "order.placed", "{}"));

                assertThatThrownBy(() -> store.append(append))
                        .isInstanceOf(StoreUnavailableException.class)
                        .hasMessage("The store at " + address
                                + " is open for reading only. Open it without mode=read to append.");
                assertThat(store.appendAsync(append)).isCompletedExceptionally();
                assertThat(store.nextPosition()).isZero();
            }
        }
    }

    @Test
    void where_no_server_is_that_is_said() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }

        assertThatThrownBy(() -> EventStores.open("everfold://localhost:" + free))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageStartingWith("The server at localhost:" + free + " cannot be reached: ")
                .hasMessageEndingWith(". See that it runs there, and try again.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "everfold:localhost:2113",
                "everfold://",
                "everfold://localhost:0",
                "everfold://localhost:65536",
                "everfold://localhost:x",
                "everfold://user@localhost:2113",
                "everfold://localhost:2113/path"
            })
    void what_is_not_the_uri_of_a_server_is_refused(String uri) {
        assertThatThrownBy(() -> EventStores.open(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("\"" + uri + "\" is not the URI of a server; expected everfold://HOST:PORT,"
                        + " for example everfold://localhost:2113.");
    }

    @Test
    void a_parameter_that_nobody_knows_is_refused() {
        assertThatThrownBy(() -> EventStores.open("everfold://localhost:2113?colour=red"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Store URI \"everfold://localhost:2113?colour=red\" has the parameter colour=red;"
                        + " expected mode=create, mode=existing or mode=read.");
    }
}
