package dev.everfold.examples.orders;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.codec.EventContext;
import dev.everfold.eventsourcing.projection.Projection;
import dev.everfold.eventsourcing.projection.RunningProjection;
import dev.everfold.eventsourcing.subscription.ConsumerStatus;
import dev.everfold.eventsourcing.subscription.ParkedEvent;
import dev.everfold.eventstore.EventStore;
import dev.everfold.examples.orders.ShopEvent.OrderEvent;
import dev.everfold.jdbc.SqlModel;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// A shop that people order at all the time, as fast as one likes; for demonstrations. Safe for use by many threads.
///
/// Most orders are paid and shipped; a grand piano is more than the limit of a card, and a moon
/// rock cannot be shipped, so its payment is refunded. A *mystery box* is what the read model
/// does not understand until it is [mended][#mend]: its event is parked, and later events of that
/// customer behind it, while the others go on.
public final class LiveShop implements AutoCloseable {

    /// Most orders a second.
    public static final int ORDERS_PER_SECOND_MAX = 1_000;

    private static final String MYSTERY = "mystery box";
    private static final List<String> CUSTOMERS = List.of("ada", "bob", "carla", "dimitri", "eve", "farid");
    private static final List<Product> PRODUCTS = List.of(
            new Product("umbrella", 25_00),
            new Product("lamp", 40_00),
            new Product("teapot", 32_00),
            new Product("bicycle", 480_00),
            new Product("moon rock", 100_00),
            new Product("grand piano", 9_000_00));
    private static final long MILLIS_OF_SECOND = 1_000;

    /// How long nobody orders before the shop looks whether it should go on.
    private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final InstantSource clock = InstantSource.system();
    private final Everfold everfold;
    private final Shop shop;
    private final RunningProjection<SqlModel> overview;
    private final AtomicLong ordered = new AtomicLong();
    private final String session;
    private final Thread customers;
    private volatile int ordersPerSecond;
    private volatile boolean mended;
    private volatile boolean closed;

    private LiveShop(EventStore store, Path model) {
        this.everfold = Everfold.on(store);
        this.session = Long.toString(store.nextPosition(), Character.MAX_RADIX);
        Projection<SqlModel> projection = Projection.of(
                        "overview",
                        ShopEvent.CODEC,
                        (SqlModel rows, ShopEvent event, EventContext _) -> project(rows, event))
                .sequencedBy(ShopEvent::customerOf);
        this.shop = new Shop(everfold);
        this.overview = everfold.start(projection, Overview.in(model));
        shop.add(overview);
        CUSTOMERS.forEach(customer -> shop.register(customer, customer));
        this.customers = Thread.ofVirtual().name("shop-customers").start(this::order);
    }

    /// Opens the shop; nobody orders yet.
    ///
    /// @param store stays open when the shop closes
    /// @param model the file of SQLite that the read model is kept in
    public static LiveShop open(EventStore store, Path model) {
        return new LiveShop(store, model);
    }

    private void project(SqlModel rows, ShopEvent event) {
        if (!mended
                && event instanceof OrderEvent.Placed placed
                && placed.product().equals(MYSTERY)) {
            throw new IllegalStateException("what is in a mystery box?");
        }
        Overview.handle(rows, event);
    }

    /// From now on so many orders a second, 0 to [#ORDERS_PER_SECOND_MAX]; fewer when the machine cannot.
    public void ordersPerSecond(int orders) {
        if (orders < 0 || orders > ORDERS_PER_SECOND_MAX) {
            throw new IllegalArgumentException(orders + " orders a second; expected 0.." + ORDERS_PER_SECOND_MAX + ".");
        }
        ordersPerSecond = orders;
        LockSupport.unpark(customers);
    }

    /// How many orders a second are wanted now.
    public int ordersPerSecond() {
        return ordersPerSecond;
    }

    /// Somebody orders what the read model does not understand.
    ///
    /// @return the order's stream
    public String orderMysteryBox() {
        return place(CUSTOMERS.getFirst(), MYSTERY, 66_00);
    }

    /// The read model understands everything from now on, as after the next version of the program was started.
    public void mend() {
        mended = true;
    }

    /// Whether the read model understands everything by now.
    public boolean isMended() {
        return mended;
    }

    /// Events that the read model could not handle, and those behind them.
    public List<ParkedEvent> parked() {
        return overview.parked();
    }

    /// Handles what is parked, in order, as it would be handled now.
    ///
    /// @return events that are handled now
    public int redrive() {
        Set<String> keys = new LinkedHashSet<>();
        parked().forEach(event -> keys.add(event.key()));
        return keys.stream().mapToInt(overview::redrive).sum();
    }

    /// How far each consumer is.
    public List<ConsumerStatus> consumers() {
        return everfold.consumers();
    }

    /// Waits until everything is handled or parked, and nothing comes of it any more.
    void settle() throws InterruptedException {
        shop.settle();
    }

    private void order() {
        SplittableRandom random = new SplittableRandom(17);
        while (!closed) {
            int wanted = ordersPerSecond;
            if (wanted == 0) {
                LockSupport.parkNanos(IDLE_NANOS);
                continue;
            }
            long due = clock.millis() + MILLIS_OF_SECOND / wanted;
            Product product = PRODUCTS.get(random.nextInt(PRODUCTS.size()));
            place(CUSTOMERS.get(random.nextInt(CUSTOMERS.size())), product.name(), product.cents());
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(Math.max(0, due - clock.millis())));
        }
    }

    private String place(String customer, String product, long cents) {
        String order = session + "-" + ordered.incrementAndGet();
        var _ = shop.place(order, customer, product, cents);
        return "order-" + order;
    }

    /// Nobody orders any more, and nothing that was ordered is looked at; the store stays open, and may be closed.
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(customers);
        try {
            customers.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        everfold.close();
    }

    private record Product(String name, long cents) {}
}
