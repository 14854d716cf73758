package dev.everfold.examples.orders;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The shop sells, refunds, and shows what it did.
final class ShopTest {

    @TempDir
    private Path folder;

    private Path file;
    private Everfold everfold;
    private Shop shop;

    @BeforeEach
    void open() {
        file = folder.resolve("shop.sqlite");
        everfold = Everfold.open("log:" + folder.resolve("shop"));
        shop = new Shop(everfold, file);
    }

    @AfterEach
    void close() {
        everfold.close();
    }

    private void sell(String product, long cents) throws InterruptedException {
        shop.register("alice", "Alice");
        shop.place("1", "alice", product, cents);
        shop.settle();
    }

    @Test
    void what_can_be_paid_and_sent_is_completed() throws Exception {
        sell("umbrella", 25_00);

        assertThat(Shop.query(file, "select name, product, status from orders"))
                .containsExactly("Alice  umbrella  completed");
        assertThat(Shop.query(file, "select spent_cents from customers")).containsExactly("2500");
    }

    @Test
    void what_cannot_be_sent_is_refunded() throws Exception {
        sell("moon rock", 100_00);

        assertThat(Shop.query(file, "select product, status from orders"))
                .containsExactly("moon rock  cancelled: moon rock is sold out");
        assertThat(Shop.query(file, "select spent_cents from customers")).containsExactly("0");
    }

    @Test
    void what_cannot_be_paid_is_cancelled_and_nothing_is_sent() throws Exception {
        sell("grand piano", 9_000_00);

        assertThat(Shop.query(file, "select product, status from orders"))
                .containsExactly("grand piano  cancelled: the card was declined");
        assertThat(everfold.store()
                        .read(Read.matching(Query.types("shipment.sent")))
                        .toList())
                .isEmpty();
    }

    @Test
    void a_shop_that_is_opened_again_goes_on_and_does_nothing_twice() throws Exception {
        shop.register("alice", "Alice");
        shop.place("1", "alice", "umbrella", 25_00);

        everfold.close();
        open();
        shop.settle();

        assertThat(Shop.query(file, "select spent_cents from customers")).containsExactly("2500");
        assertThat(Shop.query(file, "select status from orders")).containsExactly("completed");
    }
}
