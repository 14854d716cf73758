package dev.everfold.jdbc;

import static dev.everfold.jdbc.Accounts.SOON;
import static dev.everfold.jdbc.Accounts.deposit;
import static dev.everfold.jdbc.Accounts.fold;
import static dev.everfold.jdbc.Accounts.open;
import static dev.everfold.jdbc.Accounts.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.projection.Build;
import dev.everfold.eventsourcing.projection.ModelSnapshot;
import dev.everfold.eventsourcing.projection.Projection;
import dev.everfold.eventsourcing.projection.RunningProjection;
import dev.everfold.eventsourcing.subscription.ParkedEvent;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.Query;
import dev.everfold.testkit.ForwardingEventStore;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
@ParameterizedClass
@EnumSource
class JdbcReadModelTest extends AccountsModelTest {

    JdbcReadModelTest(TestDatabase kind) {
        super(kind);
    }

    @Test
    void events_that_are_there_and_events_that_come_are_in_the_view() throws Exception {
        open(store, "alice");
        deposit(store, "alice", 100);

        RunningProjection<?> projection = everfold.start(Accounts.projection(), model);
        open(store, "bob");
        long last = deposit(store, "alice", 5);

        assertThat(projection.awaitHandled(last, SOON)).isTrue();
        assertThat(rows(database)).containsExactly("alice 105 3", "bob 0 1").isEqualTo(fold(store, last + 1));
    }

    @Test
    void of_two_processes_that_begin_at_once_one_makes_the_build() {
        Build first = model.create("balances", 1, 1, 0);

        assertThat(JdbcReadModel.on(database, Accounts.SCHEMA).create("balances", 1, 1, 0))
                .isEqualTo(first);
        assertThat(model.create("balances", 1, 1, first.number()).number()).isGreaterThan(first.number());
    }

    @Test
    void a_projection_goes_on_where_it_was() throws Exception {
        open(store, "alice");
        RunningProjection<?> projection = everfold.start(Accounts.projection(), model);
        projection.awaitCaughtUp(SOON);
        projection.close();
        long last = deposit(store, "alice", 5);

        RunningProjection<?> again = everfold.start(Accounts.projection(), JdbcReadModel.on(database, Accounts.SCHEMA));

        assertThat(again.awaitHandled(last, SOON)).isTrue();
        assertThat(rows(database)).containsExactly("alice 5 2");
        assertThat(again.status().handled()).isEqualTo(1);
    }

    @Test
    void a_model_is_rebuilt_beside_the_one_that_serves_and_the_old_one_goes() throws Exception {
        open(store, "alice");
        RunningProjection<?> projection = everfold.start(Accounts.projection(), model);
        projection.awaitCaughtUp(SOON);
        Accounts.rows(database);

        projection.rebuild();

        assertThat(projection.awaitRebuilt(SOON)).isTrue();
        long last = deposit(store, "alice", 5);
        assertThat(projection.awaitHandled(last, SOON)).isTrue();
        assertThat(rows(database)).containsExactly("alice 5 2");
        assertThat(model.builds("balances")).extracting(Build::number).containsExactly(2L);
        assertThat(model.builds("balances")).extracting(Build::serving).containsExactly(true);
    }

    @Test
    void a_model_is_rebuilt_in_place() throws Exception {
        open(store, "alice");
        deposit(store, "alice", 5);
        RunningProjection<?> projection = everfold.start(Accounts.projection(), model);
        projection.awaitCaughtUp(SOON);
        TestDatabase.run(database, "update balances_b1 set cents = 999");

        projection.rebuildInPlace();

        assertThat(projection.awaitCaughtUp(SOON)).isTrue();
        assertThat(rows(database)).containsExactly("alice 5 2");
    }

    @Test
    void parked_events_that_are_given_up_never_come_again() throws Exception {
        open(store, "alice");
        deposit(store, "alice", -1);
        deposit(store, "alice", 5);
        long last = open(store, "bob");
        RunningProjection<?> projection = everfold.start(refusingDebts(), model);
        projection.awaitHandled(last, SOON);
        assertThat(projection.parked()).extracting(ParkedEvent::position).containsExactly(1L, 2L);

        assertThat(projection.discard("account-bob")).isZero();
        assertThat(projection.discard("account-alice")).isEqualTo(2);

        assertThat(projection.parked()).isEmpty();
        assertThat(rows(database))
                .containsExactly("alice 0 1", "bob 0 1")
                .isEqualTo(fold(store, last + 1, Set.of(1L, 2L)));
        projection.close();
        RunningProjection<?> again = everfold.start(refusingDebts(), JdbcReadModel.on(database, Accounts.SCHEMA));
        assertThat(again.awaitHandled(deposit(store, "alice", 7), SOON)).isTrue();
        assertThat(again.parked()).isEmpty();
        assertThat(rows(database)).containsExactly("alice 7 2", "bob 0 1");
    }

    private static Projection<SqlModel> refusingDebts() {
        Projection<SqlModel> projection = Accounts.projection();
        return Projection.<SqlModel>raw(projection.name(), projection.query(), (rows, event) -> {
                    if (Accounts.CODEC.decode(event).getFirst() instanceof Accounts.Deposited deposited
                            && deposited.cents() < 0) {
                        throw new IllegalArgumentException("a debt");
                    }
                    projection.handler().accept(rows, event);
                })
                .options(Accounts.OPTIONS);
    }

    @Test
    void a_model_that_is_ahead_of_the_log_is_refused_with_both_positions() throws Exception {
        open(store, "alice");
        open(store, "bob");
        everfold.start(Accounts.projection(), model).awaitCaughtUp(SOON);
        everfold.close();

        try (InMemoryEventStore shorter = new InMemoryEventStore();
                EventStore restored = sameLog(shorter);
                Everfold other = Everfold.on(restored)) {
            open(restored, "alice");
            assertThatThrownBy(() -> other.start(Accounts.projection(), model).awaitHandled(9, SOON))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("Consumer \"balances\" has failed at position 0: CheckpointRefusedException:"
                            + " The checkpoint of consumer \"balances\" is position 2, but the log ends at 1:"
                            + " events that it has handled are missing. Bring the log back, or rebuild what the"
                            + " consumer keeps.");
        }
        assertThat(rows(database)).containsExactly("alice 0 1", "bob 0 1");
    }

    private EventStore sameLog(InMemoryEventStore other) {
        UUID lineage = store.lineage();
        return new ForwardingEventStore(other) {
            @Override
            public UUID lineage() {
                return lineage;
            }
        };
    }

    @Test
    void a_table_of_another_projection_is_refused_and_goes_on() throws Exception {
        open(store, "alice");
        RunningProjection<?> first = everfold.start(Accounts.projection(), model);
        first.awaitCaughtUp(SOON);
        Projection<SqlModel> second = Projection.raw("others", Query.all(), (_, _) -> {});

        assertThatThrownBy(() -> everfold.start(second, JdbcReadModel.on(database, Accounts.SCHEMA))
                        .awaitHandled(9, SOON))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Consumer \"others\" has failed at position 0: IllegalStateException: Table {balances} of"
                        + " projection \"others\" is one of projection \"balances\" already. Give it another name.");

        assertThat(first.awaitHandled(deposit(store, "alice", 5), SOON)).isTrue();
        assertThat(rows(database)).containsExactly("alice 5 2");
    }

    @Test
    void an_event_whose_key_cannot_be_told_is_parked_by_its_partition_and_others_go_on() throws Exception {
        open(store, "alice");
        open(store, "bob");
        open(store, "carol");
        Projection<SqlModel> projection = Accounts.projection()
                .sequencedBy(event -> {
                    if (event.position() == 1) {
                        throw new IllegalArgumentException("no key");
                    }
                    return event.stream();
                })
                .partitions(2);

        RunningProjection<?> running = everfold.start(projection, model);

        assertThat(running.awaitCaughtUp(SOON)).isTrue();
        assertThat(running.parked()).extracting(ParkedEvent::key).containsExactly("account-bob");
        assertThat(rows(database)).containsExactly("alice 0 1", "carol 0 1");
    }

    @Test
    void what_was_compared_leaves_no_connection_open_also_when_the_network_fails_at_the_end() throws Exception {
        open(store, "alice");
        everfold.start(Accounts.projection(), model).awaitCaughtUp(SOON);
        FaultyDataSource faulty = new FaultyDataSource(database);
        JdbcReadModel other = JdbcReadModel.on(faulty.dataSource(), Accounts.SCHEMA);
        Build serving = other.builds("balances").getFirst();

        for (int call = 0; call < 3; call++) {
            faulty.failNever();
            ModelSnapshot snapshot = other.snapshot(serving);
            assertThat(snapshot.rows().hasNext()).isTrue();
            faulty.fail(call, false);
            snapshot.close();

            assertThat(faulty.open()).isZero();
        }
    }
}
