package dev.everfold.examples.orders;

import static dev.everfold.eventsourcing.projection.ModelRow.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.Handled;
import dev.everfold.eventsourcing.projection.MemoryReadModel;
import dev.everfold.eventsourcing.projection.MemoryRows;
import dev.everfold.eventsourcing.projection.ModelDifference;
import dev.everfold.eventsourcing.projection.Projection;
import dev.everfold.eventsourcing.projection.Rebuild;
import dev.everfold.eventsourcing.projection.RunningProjection;
import dev.everfold.eventsourcing.subscription.CheckpointStore;
import dev.everfold.eventsourcing.subscription.ConsumerOptions;
import dev.everfold.eventsourcing.subscription.EventConsumer;
import dev.everfold.eventsourcing.subscription.FailurePolicy;
import dev.everfold.eventsourcing.subscription.ParkedEvent;
import dev.everfold.eventsourcing.subscription.StartAt;
import dev.everfold.eventsourcing.subscription.Subscription;
import dev.everfold.eventsourcing.testing.ProjectionSpec;
import dev.everfold.examples.orders.ShopEvent.OrderEvent;
import dev.everfold.examples.orders.ShopEvent.PaymentEvent;
import dev.everfold.jdbc.JdbcCheckpointStore;
import dev.everfold.jdbc.JdbcReadModel;
import dev.everfold.jdbc.SqlModel;
import dev.everfold.testkit.DocumentedCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The guides about projections: what they show is compiled and run here.
final class ProjectionGuideTest {

    private final List<String> mails = new CopyOnWriteArrayList<>();

    @TempDir
    private Path folder;

    private Everfold everfold;
    private Shop shop;

    @BeforeEach
    void sell() {
        everfold = Everfold.open("memory:");
        shop = new Shop(everfold, folder.resolve("shop.sqlite"));
        shop.register("alice", "Alice");
        shop.place("1", "alice", "umbrella", 25_00);
    }

    @AfterEach
    void close() {
        everfold.close();
    }

    static final Projection<SqlModel> REVENUE =
            Projection.of("revenue", ShopEvent.codec(PaymentEvent.class), (model, event, context) -> {
                String day = context.occurred().toString().substring(0, 10);
                long cents = switch (event) {
                    case PaymentEvent.Charged charged -> charged.cents();
                    case PaymentEvent.Refunded refunded -> -refunded.cents();
                };
                model.update("""
                        insert into {revenue} values (?, ?)
                        on conflict (day) do update set cents = {revenue}.cents + excluded.cents""", day, cents);
            });

    @Test
    void a_projection_into_sql() throws Exception {
        Path file = folder.resolve("revenue.sqlite");

        JdbcReadModel model = JdbcReadModel.sqlite(
                file, "create table {revenue} (day text primary key, cents integer not null) strict");
        RunningProjection<SqlModel> revenue = everfold.start(REVENUE, model);

        shop.settle();
        assertThat(revenue.awaitCaughtUp(Duration.ofSeconds(10))).isTrue();
        assertThat(Shop.query(file, "select sum(cents) from revenue")).containsExactly("2500");

        everfold.start(Subscription.each("mails", ShopEvent.codec(OrderEvent.Completed.class), (event, context) -> {
                    mails.add("Dear " + event.customer() + ", your order " + event.order() + " is on its way.");
                })
                .after(revenue));

        assertThat(revenue.rebuild().build().number()).isEqualTo(2);
        assertThat(revenue.awaitRebuilt(Duration.ofMinutes(1))).isTrue();
        assertThat(Shop.query(file, "select sum(cents) from revenue")).containsExactly("2500");
    }

    @Test
    void a_projection_into_memory() throws Exception {
        MemoryReadModel<String, Long> spent = MemoryReadModel.empty();
        Projection<MemoryRows<String, Long>> projection =
                Projection.of("spent", ShopEvent.codec(PaymentEvent.Charged.class), (rows, event, context) -> {
                    rows.merge(event.customer(), event.cents(), Long::sum);
                });
        RunningProjection<MemoryRows<String, Long>> running = everfold.start(projection, spent);

        if (shop.place("2", "alice", "lamp", 40_00) instanceof Handled.Accepted<Order, OrderEvent> placed) {
            running.awaitHandled(placed.appended().fromPosition(), Duration.ofSeconds(1));
        }
        try (AutoCloseable _ = spent.watch(all -> all.get("alice"), cents -> mails.add("alice: " + cents))) {
            shop.settle();
            running.awaitCaughtUp(Duration.ofSeconds(10));
        }

        assertThat(spent.get("alice")).contains(65_00L);
    }

    static final Projection<MemoryRows<String, Long>> SPENT =
            Projection.of("spent", ShopEvent.codec(PaymentEvent.Charged.class), (rows, event, context) -> {
                rows.merge(event.customer(), event.cents(), Long::sum);
            });

    @Test
    void a_projection_is_specified_by_example() {
        ProjectionSpec.of(SPENT, ShopEvent.codec(PaymentEvent.Charged.class))
                .given(new PaymentEvent.Charged("1", "alice", 25_00), new PaymentEvent.Charged("2", "alice", 40_00))
                .then(row("spent", "alice").with("value", 65_00))
                .thenSameAfterKill(2);
    }

    @Test
    void a_rebuild_and_what_it_would_change() throws Exception {
        JdbcReadModel model = JdbcReadModel.sqlite(
                folder.resolve("revenue.sqlite"),
                "create table {revenue} (day text primary key, cents integer not null) strict");
        RunningProjection<SqlModel> revenue = everfold.start(REVENUE, model);
        shop.settle();
        revenue.awaitCaughtUp(Duration.ofSeconds(10));
        Projection<SqlModel> changed = REVENUE.version(2);

        ModelDifference difference = everfold.difference(changed, model, System.out::println);
        assertThat(difference.exitCode()).isZero();

        Rebuild begun = revenue.rebuild();
        Optional<Duration> left = revenue.rebuilding().flatMap(Rebuild::left);
        revenue.awaitRebuilt(Duration.ofHours(1));
        assertThat(begun.build().number()).isPositive();
        assertThat(left)
                .satisfiesAnyOf(
                        any -> assertThat(any).isEmpty(), any -> assertThat(any).isPresent());
    }

    private static Projection<MemoryRows<String, String>> products() {
        return Projection.of("products", ShopEvent.codec(OrderEvent.Placed.class), (rows, event, _) -> {
            if (event.product().isBlank()) {
                throw new IllegalArgumentException("an order without a product");
            }
            rows.put(event.order(), event.product());
        });
    }

    @Test
    void an_event_that_cannot_be_handled() throws Exception {
        MemoryReadModel<String, String> products = MemoryReadModel.empty();
        Projection<MemoryRows<String, String>> projection =
                products().options(ConsumerOptions.DEFAULTS.onFailure(3, FailurePolicy.PARK));
        RunningProjection<?> running = everfold.start(projection, products);
        shop.place("2", "alice", " ", 1_00);
        shop.settle();
        running.awaitCaughtUp(Duration.ofSeconds(10));

        for (ParkedEvent parked : running.parked()) {
            System.out.println(parked.position() + " " + parked.key() + " " + parked.failure());
        }
        int settled = running.redrive("order-2");
        int givenUp = running.discard("order-2");

        assertThat(settled).isZero();
        assertThat(givenUp).isEqualTo(1);
    }

    @Test
    void a_subscription() throws Exception {
        shop.settle();
        EventConsumer mailer = everfold.start(Subscription.each(
                        "mailer", ShopEvent.codec(OrderEvent.Completed.class), (event, context) -> {
                            mails.add(context.id() + ": your order " + event.order() + " is on its way");
                        })
                .from(StartAt.end()));
        mailer.awaitCaughtUp(Duration.ofSeconds(10));

        shop.place("2", "alice", "lamp", 40_00);
        shop.settle();
        mailer.awaitCaughtUp(Duration.ofSeconds(10));

        assertThat(mails).singleElement().asString().endsWith(": your order 2 is on its way");
    }

    static CheckpointStore checkpoints(DataSource dataSource) {
        CheckpointStore checkpoints = JdbcCheckpointStore.on(dataSource);
        return checkpoints;
    }

    @Test
    void what_the_guides_show_is_this() {
        Path here = Path.of("src/test/java/dev/everfold/examples/orders/ProjectionGuideTest.java");
        for (String guide :
                List.of("write-a-projection", "rebuild-a-read-model", "handle-a-poison-event", "subscribe")) {
            DocumentedCode.of(Path.of("../docs/how-to/" + guide + ".md")).assertThatBlocksAreIn(here);
        }
    }
}
