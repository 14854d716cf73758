package dev.everfold.jdbc;

import static dev.everfold.jdbc.Accounts.deposit;
import static dev.everfold.jdbc.Accounts.fold;
import static dev.everfold.jdbc.Accounts.open;
import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.projection.Build;
import dev.everfold.eventsourcing.projection.ModelClaim;
import dev.everfold.eventsourcing.subscription.Checkpoint;
import dev.everfold.eventsourcing.subscription.ParkedEvent;
import dev.everfold.eventsourcing.subscription.Step;
import dev.everfold.eventsourcing.testing.FixedClock;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Every call to the database fails in turn, before it has done anything and after it has: opening, preparing,
/// executing, committing, closing. After each failure the model is what the events below its checkpoint make.
@Timeout(300)
@ParameterizedClass
@EnumSource(names = {"SQLITE_WAL", "POSTGRESQL_18"})
class ExactlyOnceTest {

    /// So short that a claim whose outcome is unknown is in nobody's way.
    private static final Duration LEASE = Duration.ofMillis(1);

    private static final int TRIES_MAX = 1_000;
    private static final long PARKED = 4;

    @TempDir
    Path folder;

    private final TestDatabase kind;
    private final InMemoryEventStore store = new InMemoryEventStore();
    private DataSource database;
    private FaultyDataSource faulty;
    private JdbcReadModel model;
    private JdbcReadModel sound;

    ExactlyOnceTest(TestDatabase kind) {
        this.kind = kind;
    }

    @BeforeEach
    void connect() throws Exception {
        database = kind.emptyDatabase(folder);
        faulty = new FaultyDataSource(database);
        model = JdbcReadModel.on(faulty.dataSource(), Accounts.SCHEMA);
        sound = JdbcReadModel.on(database, Accounts.SCHEMA);
        open(store, "alice");
        open(store, "bob");
        deposit(store, "alice", 1);
        deposit(store, "alice", 10);
        deposit(store, "bob", 100);
        open(store, "carol");
        deposit(store, "alice", 1_000);
    }

    @Test
    void every_event_is_in_the_model_once_whichever_call_fails() {
        faulty.failNever();
        project();
        List<String> calls = faulty.calls();
        assertThat(calls).contains("commit", "executeUpdate", "executeBatch");
        assertThat(faulty.open()).isZero();

        for (int call = 0; call < calls.size(); call++) {
            for (boolean afterwards : new boolean[] {false, true}) {
                faulty.fail(call, afterwards);

                project();

                assertThat(faulty.open()).as(calls.get(call) + " " + call).isZero();
            }
        }
    }

    /// Builds the model anew beside the one that serves, and lets it serve.
    private void project() {
        long before = retried(() -> model.builds("balances")).stream()
                .filter(Build::serving)
                .mapToLong(Build::number)
                .sum();
        Build build = retried(() -> model.create("balances", 1, 1, before));
        ModelClaim claim = retried(() -> model.claim(build, 0, Accounts.projection(), "test", LEASE))
                .orElseThrow();
        for (Step step : List.of(
                step(0, 4),
                new Step(List.of(), at(PARKED + 1), List.of(parked()), List.of()),
                step(5, 6),
                new Step(events(PARKED, PARKED + 1), at(6), List.of(), List.of(PARKED)),
                step(6, 7),
                Step.to(at(7)))) {
            retried(() -> {
                claim.commit(step);
                return true;
            });
        }
        for (int tries = 0; !retried(claim::serve) && tries < TRIES_MAX; tries++) {
            // Some call of it has failed.
        }
        claim.close();

        List<Build> builds = sound.builds("balances");
        assertThat(builds).filteredOn(Build::serving).singleElement().satisfies(serving -> {
            assertThat(serving.number()).isEqualTo(build.number());
            assertThat(Accounts.held(sound, serving).rows()).isEqualTo(fold(store, 7));
        });
        sound.dropRetired("balances");
    }

    private <T> T retried(Supplier<T> call) {
        for (int tries = 1; ; tries++) {
            try {
                T result = call.get();
                if (!Optional.empty().equals(result)) {
                    return result;
                }
            } catch (DatabaseFailedException failed) {
                assertThat(model.isTransient(failed)).as(failed.getMessage()).isTrue();
                assertModelIsAtItsCheckpoint();
            }
            assertThat(tries).isLessThan(TRIES_MAX);
        }
    }

    private void assertModelIsAtItsCheckpoint() {
        for (Build build : sound.builds("balances")) {
            Accounts.Held held = Accounts.held(sound, build);
            Set<Long> parked = strings("select position from everfold_partitions_parked where consumer = 'balances/"
                            + build.number() + "/0'")
                    .stream()
                    .map(Long::valueOf)
                    .collect(Collectors.toSet());
            assertThat(held.rows())
                    .as("at %s without %s", held.position(), parked)
                    .isEqualTo(fold(store, held.position(), parked));
        }
    }

    private List<String> strings(String sql) {
        try {
            return TestDatabase.strings(database, sql);
        } catch (java.sql.SQLException failed) {
            throw new AssertionError(failed);
        }
    }

    private Step step(long from, long to) {
        return new Step(events(from, to), at(to), List.of(), List.of());
    }

    private List<RecordedEvent> events(long from, long to) {
        return store.read(Read.matching(Query.all()).fromPosition(from).toPosition(to))
                .toList();
    }

    private Checkpoint at(long position) {
        return new Checkpoint(store.lineage(), position);
    }

    private static ParkedEvent parked() {
        return new ParkedEvent("account-bob", PARKED, Optional.of("it failed"), 5, FixedClock.NOON);
    }
}
