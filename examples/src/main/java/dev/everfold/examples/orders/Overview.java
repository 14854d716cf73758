package dev.everfold.examples.orders;

import dev.everfold.eventsourcing.codec.EventContext;
import dev.everfold.eventsourcing.projection.Projection;
import dev.everfold.examples.orders.ShopEvent.CustomerEvent;
import dev.everfold.examples.orders.ShopEvent.OrderEvent;
import dev.everfold.examples.orders.ShopEvent.PaymentEvent;
import dev.everfold.examples.orders.ShopEvent.ShipmentEvent;
import dev.everfold.jdbc.JdbcReadModel;
import dev.everfold.jdbc.SqlModel;
import java.nio.file.Path;

/// The read model in SQL: a table of customers with what they have spent, and one of orders with the names of those
/// who ordered, which come from the first.
final class Overview {

    static final Projection<SqlModel> PROJECTION = Projection.of(
                    "overview",
                    ShopEvent.CODEC,
                    (SqlModel model, ShopEvent event, EventContext _) -> handle(model, event))
            .sequencedBy(ShopEvent::customerOf);

    private static final String CUSTOMERS = """
            create table {customers} (
                customer text primary key, name text not null, spent_cents integer not null) strict""";

    private static final String ORDERS = """
            create table {orders} (
                id text primary key, customer text not null, name text not null, product text not null,
                cents integer not null, status text not null) strict""";

    private static final String ORDERS_BY_CUSTOMER = "create index {orders_by_customer} on {orders} (customer)";

    /// The name of the customer comes from the model itself.
    private static final String PLACE = """
            insert into {orders}
            select ?, customer, name, ?, ?, 'placed' from {customers} where customer = ?""";

    private Overview() {}

    static JdbcReadModel in(Path file) {
        return JdbcReadModel.sqlite(file, CUSTOMERS, ORDERS, ORDERS_BY_CUSTOMER);
    }

    static void handle(SqlModel model, ShopEvent event) {
        switch (event) {
            case CustomerEvent.Registered registered ->
                model.update("insert into {customers} values (?, ?, 0)", registered.customer(), registered.name());
            case OrderEvent.Placed placed ->
                model.update(PLACE, placed.order(), placed.product(), placed.cents(), placed.customer());
            case PaymentEvent.Charged charged -> {
                status(model, charged.order(), "paid");
                spent(model, charged.customer(), charged.cents());
            }
            case PaymentEvent.Refunded refunded -> {
                status(model, refunded.order(), "refunded");
                spent(model, refunded.customer(), -refunded.cents());
            }
            case ShipmentEvent.Sent sent -> status(model, sent.order(), "sent");
            case OrderEvent.Completed completed -> status(model, completed.order(), "completed");
            case OrderEvent.Cancelled cancelled -> status(model, cancelled.order(), "cancelled: " + cancelled.reason());
        }
    }

    private static void status(SqlModel model, String order, String status) {
        model.update("update {orders} set status = ? where id = ?", status, order);
    }

    private static void spent(SqlModel model, String customer, long cents) {
        model.update("update {customers} set spent_cents = spent_cents + ? where customer = ?", cents, customer);
    }
}
