package dev.everfold.examples.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventsourcing.subscription.ParkedEvent;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// People order as fast as one likes, and what the read model does not understand waits until it does.
@Timeout(60)
final class LiveShopTest {

    @TempDir
    private Path folder;

    private EventStore store;
    private LiveShop shop;
    private Path file;

    @BeforeEach
    void open() {
        store = new InMemoryEventStore();
        file = folder.resolve("shop.sqlite");
        shop = LiveShop.open(store, file);
    }

    @AfterEach
    void close() {
        shop.close();
        store.close();
    }

    @Test
    void nobody_orders_until_somebody_is_wanted_to() throws Exception {
        shop.settle();
        long before = store.nextPosition();

        shop.ordersPerSecond(100);

        assertThat(store.awaitPosition(before + 50, Duration.ofSeconds(30))).isTrue();
        assertThat(store.read(Read.matching(Query.types("order.placed")).limit(5))
                        .toList())
                .hasSize(5);
    }

    @Test
    void a_mystery_box_is_parked_until_the_read_model_is_mended_and_it_is_redriven() throws Exception {
        String stream = shop.orderMysteryBox();
        shop.settle();
        assertThat(shop.parked())
                .isNotEmpty()
                .first()
                .extracting(ParkedEvent::key)
                .isEqualTo("customer:ada");
        assertThat(shop.redrive()).isZero();

        shop.mend();
        int handled = shop.redrive();

        assertThat(handled).isPositive();
        assertThat(shop.parked()).isEmpty();
        assertThat(Shop.query(file, "select id, product, status from orders"))
                .containsExactly(stream.substring("order-".length()) + "  mystery box  completed");
    }

    @Test
    void more_orders_than_the_limit_are_refused() {
        assertThatThrownBy(() -> shop.ordersPerSecond(1_001))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("1001 orders a second; expected 0..1000.");
    }
}
