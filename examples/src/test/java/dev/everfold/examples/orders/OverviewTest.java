package dev.everfold.examples.orders;

import static dev.everfold.eventsourcing.projection.ModelRow.row;

import dev.everfold.eventsourcing.projection.ModelRow;
import dev.everfold.eventsourcing.testing.ProjectionSpec;
import dev.everfold.examples.orders.ShopEvent.CustomerEvent.Registered;
import dev.everfold.examples.orders.ShopEvent.OrderEvent.Cancelled;
import dev.everfold.examples.orders.ShopEvent.OrderEvent.Completed;
import dev.everfold.examples.orders.ShopEvent.OrderEvent.Placed;
import dev.everfold.examples.orders.ShopEvent.PaymentEvent.Charged;
import dev.everfold.examples.orders.ShopEvent.PaymentEvent.Refunded;
import dev.everfold.examples.orders.ShopEvent.ShipmentEvent.Sent;
import dev.everfold.jdbc.SqlModel;
import dev.everfold.testkit.DocumentedCode;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the read model in SQL shows, event by event. The guide about it shows this.
final class OverviewTest {

    @TempDir
    private Path folder;

    private ProjectionSpec<SqlModel, ShopEvent> overview;

    @BeforeEach
    void alice_is_registered_and_orders_an_umbrella() {
        overview = ProjectionSpec.of(
                        Overview.PROJECTION, ShopEvent.CODEC, Overview.in(folder.resolve("overview.sqlite")))
                .given(new Registered("alice", "Alice"))
                .given(new Placed("1", "alice", "umbrella", 25_00));
    }

    private static ModelRow alice(long spentCents) {
        return row("customers", "alice")
                .with("customer", "alice")
                .with("name", "Alice")
                .with("spent_cents", spentCents);
    }

    private static ModelRow umbrella(String status) {
        return row("orders", "1")
                .with("id", "1")
                .with("customer", "alice")
                .with("name", "Alice")
                .with("product", "umbrella")
                .with("cents", 25_00)
                .with("status", status);
    }

    @Test
    void an_order_that_is_paid_counts_for_the_customer() {
        overview.then(alice(0), umbrella("placed"))
                .given(new Charged("1", "alice", 25_00))
                .then(alice(25_00), umbrella("paid"));
    }

    @Test
    void an_order_that_is_refunded_does_not() {
        overview.given(new Charged("1", "alice", 25_00), new Refunded("1", "alice", 25_00))
                .thenIn("customers", alice(0))
                .given(new Cancelled("1", "alice", "umbrella is sold out"))
                .thenIn("orders", umbrella("cancelled: umbrella is sold out"));
    }

    @Test
    void whenever_the_process_is_killed_the_tables_come_out_the_same() {
        overview.given(new Charged("1", "alice", 25_00), new Sent("1", "alice", "umbrella"))
                .given(new Completed("1", "alice"))
                .then(alice(25_00), umbrella("completed"))
                .thenSameAfterKill(3)
                .thenSameAfterKills(2026);
    }

    @Test
    void what_the_guide_shows_is_this() {
        Path tests = Path.of("src/test/java/dev/everfold/examples/orders");
        DocumentedCode.of(Path.of("../docs/how-to/test-a-projection.md"))
                .assertThatBlocksAreIn(tests.resolve("OverviewTest.java"), tests.resolve("ProjectionGuideTest.java"));
    }
}
