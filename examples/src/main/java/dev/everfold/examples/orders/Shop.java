package dev.everfold.examples.orders;

import dev.everfold.eventsourcing.DeciderHandler;
import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.Handled;
import dev.everfold.eventsourcing.subscription.ConsumerStatus;
import dev.everfold.eventsourcing.subscription.EventConsumer;
import dev.everfold.examples.orders.ShopEvent.CustomerEvent;
import dev.everfold.examples.orders.ShopEvent.OrderEvent;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The shop at work: `examples/run orders log:target/shop target/shop.sqlite [http://localhost:9200]` sells four things
/// to two customers.
public final class Shop {

    private static final Duration SOON = Duration.ofSeconds(30);

    private final Everfold everfold;
    private final DeciderHandler<Customer.Register, Customer, CustomerEvent> customers;
    private final DeciderHandler<Order.Command, Order, OrderEvent> orders;
    private final List<EventConsumer> consumers = new ArrayList<>();

    /// With a read model in a file.
    Shop(Everfold everfold, Path file) {
        this(everfold);
        consumers.add(everfold.start(Overview.PROJECTION, Overview.in(file)));
    }

    /// Without a read model.
    Shop(Everfold everfold) {
        this.everfold = everfold;
        this.customers = everfold.decider("customer", Customer.DECIDER, ShopEvent.codec(CustomerEvent.class));
        this.orders = everfold.decider("order", Order.DECIDER, ShopEvent.codec(OrderEvent.class));
        consumers.add(everfold.start(Fulfilment.reaction(
                orders,
                everfold.decider("payment", Payment.DECIDER, ShopEvent.codec(ShopEvent.PaymentEvent.class)),
                everfold.decider("shipment", Shipment.DECIDER, ShopEvent.codec(ShopEvent.ShipmentEvent.class)))));
    }

    /// Sells four things and prints what became of them.
    ///
    /// @param arguments a store URI, a file for SQLite, and the address of a search engine, which may be left out
    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments[1]);
        try (Everfold everfold = Everfold.open(arguments[0])) {
            Shop shop = new Shop(everfold, file);
            if (arguments.length > 2) {
                shop.add(everfold.start(Catalogue.PROJECTION, Catalogue.at(URI.create(arguments[2]))));
            }
            shop.register("alice", "Alice");
            shop.register("bob", "Bob");
            shop.place("1", "alice", "umbrella", 25_00);
            shop.place("2", "bob", "grand piano", 9_000_00);
            shop.place("3", "bob", "moon rock", 100_00);
            shop.place("4", "bob", "lamp", 40_00);

            shop.settle();
            query(file, "select id, name, product, cents, status from orders order by id")
                    .forEach(System.out::println);
            query(file, "select name, spent_cents from customers order by name").forEach(System.out::println);
            System.out.print(ConsumerStatus.report(everfold.consumers()));
        }
    }

    /// One more whose work [#settle] waits for.
    void add(EventConsumer consumer) {
        consumers.add(consumer);
    }

    void register(String customer, String name) {
        customers.handle(customer, new Customer.Register(customer, name));
    }

    Handled<Order, OrderEvent> place(String order, String customer, String product, long cents) {
        return orders.handle(order, new Order.Place(order, customer, product, cents));
    }

    /// Waits until nothing leads to anything any more: every event is handled, and no command came of it.
    void settle() throws InterruptedException {
        long before;
        do {
            before = everfold.store().nextPosition();
            for (EventConsumer consumer : consumers) {
                if (!consumer.awaitHandled(before - 1, SOON)) {
                    throw new IllegalStateException("not settled within " + SOON + ": " + consumer.status());
                }
            }
        } while (everfold.store().nextPosition() > before);
    }

    /// Rows of a view of the read model, fields separated by two spaces.
    static List<String> query(Path file, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> lines = new ArrayList<>();
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                List<String> fields = new ArrayList<>();
                for (int column = 1; column <= columns; column++) {
                    fields.add(rows.getString(column));
                }
                lines.add(String.join("  ", fields));
            }
            return lines;
        }
    }
}
