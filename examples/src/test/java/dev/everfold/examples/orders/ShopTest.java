package dev.everfold.examples.orders;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.Everfold;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The shop sells, refunds, and shows what it did.
final class ShopTest {

    @TempDir
    private Path folder;

    private Path file;
    private String uri;

    @BeforeEach
    void place() {
        file = folder.resolve("shop.sqlite");
        uri = "log:" + folder.resolve("shop");
    }

    @Test
    void what_can_be_paid_and_sent_is_completed() throws Exception {
        try (Everfold everfold = Everfold.open(uri)) {
            Shop shop = new Shop(everfold, file);
            shop.register("alice", "Alice");

            shop.place("1", "alice", "umbrella", 25_00);
            shop.settle();

            assertThat(Shop.query(file, "select name, product, status from orders"))
                    .containsExactly("Alice  umbrella  completed");
            assertThat(Shop.query(file, "select spent_cents from customers")).containsExactly("2500");
        }
    }

    @Test
    void what_cannot_be_sent_is_refunded() throws Exception {
        try (Everfold everfold = Everfold.open(uri)) {
            Shop shop = new Shop(everfold, file);
            shop.register("bob", "Bob");

            shop.place("1", "bob", "moon rock", 100_00);
            shop.settle();

            assertThat(Shop.query(file, "select product, status from orders"))
                    .containsExactly("moon rock  cancelled: moon rock is sold out");
            assertThat(Shop.query(file, "select spent_cents from customers")).containsExactly("0");
        }
    }

    @Test
    void what_cannot_be_paid_is_cancelled_and_nothing_is_sent() throws Exception {
        try (Everfold everfold = Everfold.open(uri)) {
            Shop shop = new Shop(everfold, file);
            shop.register("bob", "Bob");

            shop.place("1", "bob", "grand piano", 9_000_00);
            shop.settle();

            assertThat(Shop.query(file, "select product, status from orders"))
                    .containsExactly("grand piano  cancelled: the card was declined");
        }
    }

    @Test
    void a_shop_that_is_opened_again_goes_on_and_does_nothing_twice() throws Exception {
        try (Everfold everfold = Everfold.open(uri)) {
            Shop shop = new Shop(everfold, file);
            shop.register("alice", "Alice");
            shop.place("1", "alice", "umbrella", 25_00);
        }

        try (Everfold everfold = Everfold.open(uri)) {
            Shop shop = new Shop(everfold, file);
            shop.settle();

            assertThat(Shop.query(file, "select spent_cents from customers")).containsExactly("2500");
            assertThat(Shop.query(file, "select status from orders")).containsExactly("completed");
        }
    }
}
