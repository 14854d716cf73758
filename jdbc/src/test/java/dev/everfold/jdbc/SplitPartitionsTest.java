package dev.everfold.jdbc;

import static dev.everfold.jdbc.Accounts.SOON;
import static dev.everfold.jdbc.Accounts.deposit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.projection.ModelClaim;
import dev.everfold.eventsourcing.projection.Projection;
import dev.everfold.eventsourcing.projection.RunningProjection;
import dev.everfold.eventsourcing.subscription.ConsumerState;
import dev.everfold.eventsourcing.subscription.FailurePolicy;
import dev.everfold.eventsourcing.subscription.ParkedEvent;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.Query;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Processes that share the partitions of a projection: each answers for those that it runs. Deposits come before
/// their accounts are opened and so are parked.
@Timeout(120)
class SplitPartitionsTest {

    private static final String REFUSED =
            "Consumer \"balances/1\" does not run here now; it is waiting for claim. Ask the process that runs it.";

    @TempDir
    Path folder;

    private final Projection<SqlModel> projection = Projection.<SqlModel, Accounts.AccountEvent>of(
                    "balances", Accounts.CODEC, (_, event, _) -> {
                        if (event instanceof Accounts.Deposited) {
                            throw new IllegalStateException("no such account");
                        }
                    })
            .partitions(2)
            .options(Accounts.OPTIONS.onFailure(1, FailurePolicy.PARK));

    @Test
    void what_is_parked_is_told_and_settled_by_the_process_that_runs_its_partition() throws Exception {
        JdbcReadModel model = JdbcReadModel.on(TestDatabase.SQLITE_WAL.emptyDatabase(folder), Accounts.SCHEMA);
        List<String> keys = IntStream.range(0, 16).mapToObj(i -> "account-" + i).toList();
        try (InMemoryEventStore store = new InMemoryEventStore();
                Everfold everfold = Everfold.on(store);
                ModelClaim _ = model.claim(
                                model.create("balances", 1, 2, 0),
                                1,
                                projection,
                                "another process",
                                Duration.ofHours(1))
                        .orElseThrow()) {
            RunningProjection<?> running = everfold.start(projection, model);
            while (!isRunning(running)) {
                Thread.onSpinWait();
            }
            IntStream.range(0, 16).forEach(account -> deposit(store, "" + account, 5));
            List<String> elsewhere = keys.stream()
                    .filter(key -> catchThrowable(() -> running.redrive(key)) instanceof IllegalStateException)
                    .toList();
            List<String> here =
                    keys.stream().filter(key -> !elsewhere.contains(key)).toList();
            while (running.status().parked() < here.size()) {
                Thread.onSpinWait();
            }

            assertThat(running.parked()).extracting(ParkedEvent::key).containsExactlyElementsOf(here);
            assertThat(elsewhere).isNotEmpty();
            assertThat(running.discard(here.getFirst())).isEqualTo(1);
            assertThat(running.parked()).hasSize(here.size() - 1);
            assertThatThrownBy(() -> running.redrive(elsewhere.getFirst())).hasMessage(REFUSED);
            assertThatThrownBy(() -> running.discard(elsewhere.getFirst())).hasMessage(REFUSED);
        }
    }

    private static boolean isRunning(RunningProjection<?> projection) {
        return !(catchThrowable(projection::parked) instanceof IllegalStateException);
    }

    @Test
    void a_process_that_runs_no_partition_tells_nothing() throws Exception {
        JdbcReadModel model = JdbcReadModel.on(TestDatabase.SQLITE_WAL.emptyDatabase(folder), Accounts.SCHEMA);
        try (InMemoryEventStore store = new InMemoryEventStore();
                Everfold one = Everfold.on(store);
                Everfold other = Everfold.on(store)) {
            deposit(store, "alice", 5);
            RunningProjection<?> running = one.start(projection, model);
            running.awaitCaughtUp(SOON);
            RunningProjection<?> waiting = other.start(projection, model);

            assertThat(running.parked()).hasSize(1);
            assertThatThrownBy(waiting::parked)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(
                            "Consumer \"balances/0\" does not run here now; it is waiting for claim. Ask the process"
                                    + " that runs it.");
        }
    }

    @Test
    void handlers_of_all_partitions_may_close_their_projection_at_once_and_none_waits_for_another() throws Exception {
        JdbcReadModel model = JdbcReadModel.on(TestDatabase.SQLITE_WAL.emptyDatabase(folder), Accounts.SCHEMA);
        CompletableFuture<RunningProjection<?>> own = new CompletableFuture<>();
        CyclicBarrier both = new CyclicBarrier(2);
        Projection<SqlModel> closing = Projection.<SqlModel>raw("balances", Query.all(), (_, _) -> {
                    awaitOther(both);
                    own.join().close();
                    awaitOther(both);
                })
                .partitions(2);
        try (InMemoryEventStore store = new InMemoryEventStore();
                Everfold everfold = Everfold.on(store)) {
            deposit(store, "alice", 5);
            deposit(store, "bob", 5);

            RunningProjection<?> running = everfold.start(closing, model);
            own.complete(running);
            while (running.status().handled() < 2) {
                Thread.onSpinWait();
            }
            running.close();

            assertThat(running.status().state()).isEqualTo(ConsumerState.STOPPED);
            assertThat(running.status().lastFailure()).isEmpty();
        }
    }

    private static void awaitOther(CyclicBarrier both) {
        try {
            both.await(SOON.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException failed) {
            throw new IllegalStateException(failed);
        }
    }
}
