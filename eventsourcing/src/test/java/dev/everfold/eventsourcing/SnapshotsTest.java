package dev.everfold.eventsourcing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventsourcing.Account.Deposit;
import dev.everfold.eventsourcing.Account.Open;
import dev.everfold.eventsourcing.Account.Withdraw;
import dev.everfold.eventsourcing.snapshot.InMemorySnapshotStore;
import dev.everfold.eventsourcing.snapshot.Snapshot;
import dev.everfold.eventsourcing.snapshot.SnapshotKey;
import dev.everfold.eventsourcing.snapshot.SnapshotPolicy;
import dev.everfold.eventsourcing.snapshot.SnapshotStore;
import dev.everfold.eventsourcing.snapshot.StateCodec;
import dev.everfold.eventsourcing.testing.FixedClock;
import dev.everfold.eventsourcing.testing.FixedIds;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.InMemoryEventStore;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SnapshotsTest {

    private static final StateCodec<Account> CODEC = StateCodec.json(Account.class);

    private final CountingStore store = new CountingStore(new InMemoryEventStore());
    private final InMemorySnapshotStore snapshots = new InMemorySnapshotStore();
    private final FixedClock clock = new FixedClock();

    private final Logger log = Logger.getLogger(Snapshots.class.getPackageName());

    @BeforeEach
    void silenceWarnings() {
        log.setLevel(Level.OFF);
    }

    @AfterEach
    void letWarningsThrough() {
        log.setLevel(null);
    }

    /// A process that begins, does its work and ends, so that all its snapshots are stored.
    private interface Work {
        void with(Everfold everfold);
    }

    private void process(Work work) {
        try (Everfold everfold = Everfold.on(
                store, EverfoldOptions.defaults().withSnapshots(snapshots).withClock(clock))) {
            work.with(everfold);
        }
    }

    private void openAndDeposit(SnapshotPolicy<Account> policy, int deposits) {
        process(everfold -> {
            var accounts = everfold.decider("account", Account.DECIDER).snapshots(policy);
            accounts.handle("42", new Open("alice"));
            for (int i = 0; i < deposits; i++) {
                accounts.handle("42", new Deposit(1));
            }
        });
    }

    private Optional<Snapshot> newest() {
        return snapshots.newest(key(CODEC.schemaVersion()), Long.MAX_VALUE);
    }

    private SnapshotKey key(int schemaVersion) {
        return new SnapshotKey(store.lineage(), "account", schemaVersion, "account-42");
    }

    @Test
    void a_snapshot_is_taken_every_so_many_events_and_loading_goes_on_from_it() {
        openAndDeposit(SnapshotPolicy.every(10), 24);
        store.resetCounts();

        process(everfold -> assertThat(everfold.decider("account", Account.DECIDER)
                        .snapshotEvery(10)
                        .state("42"))
                .isEqualTo(new Account(true, 24)));

        assertThat(newest()).map(Snapshot::revision).contains(19L);
        assertThat(newest()).map(Snapshot::position).contains(19L);
        assertThat(newest().map(snapshot -> CODEC.decode(snapshot.state()))).contains(new Account(true, 19));
        // The one that the snapshot ends with, which proves that it is of this history, and those after it.
        assertThat(store.eventsRead).hasValue(6);
    }

    @Test
    void events_are_counted_on_from_the_snapshot_that_was_loaded() {
        openAndDeposit(SnapshotPolicy.every(10), 14);

        process(everfold -> {
            var accounts = everfold.decider("account", Account.DECIDER).snapshotEvery(10);
            for (int i = 0; i < 4; i++) {
                accounts.handle("42", new Deposit(1));
            }
            assertThat(newest()).map(Snapshot::revision).contains(9L);
            accounts.handle("42", new Deposit(1));
        });

        assertThat(newest()).map(Snapshot::revision).contains(19L);
    }

    @Test
    void without_a_setting_no_snapshot_is_taken_and_none_is_read() {
        openAndDeposit(SnapshotPolicy.every(10), 14);
        store.resetCounts();

        process(everfold -> everfold.decider("account", Account.DECIDER).state("42"));

        assertThat(store.eventsRead).hasValue(15);
    }

    @Test
    void snapshots_can_be_deleted_at_any_time() {
        openAndDeposit(SnapshotPolicy.every(10), 24);

        snapshots.deleteAll("account");

        process(everfold -> assertThat(everfold.decider("account", Account.DECIDER)
                        .snapshotEvery(10)
                        .state("42"))
                .isEqualTo(new Account(true, 24)));
    }

    @Test
    void a_state_of_another_version_never_reads_an_old_snapshot() {
        openAndDeposit(SnapshotPolicy.every(10), 24);
        snapshots.put(new Snapshot(key(2), 24, 24, FixedClock.NOON, CODEC.encode(new Account(true, 7))), 1);
        store.resetCounts();

        process(everfold -> {
            var versioned = everfold.decider("account", Account.DECIDER).snapshotEvery(10);
            assertThat(versioned.stateCodec(CODEC.withSchemaVersion(1)).state("42"))
                    .isEqualTo(new Account(true, 24));
            assertThat(store.eventsRead).hasValue(25);
            assertThat(versioned.stateCodec(CODEC.withSchemaVersion(2)).state("42"))
                    .isEqualTo(new Account(true, 7));
        });
    }

    @Test
    void a_snapshot_that_cannot_be_read_is_passed_over() {
        openAndDeposit(SnapshotPolicy.every(10), 24);
        snapshots.put(new Snapshot(key(CODEC.schemaVersion()), 24, 24, FixedClock.NOON, Bytes.utf8("{\"open\":")), 1);

        process(everfold -> assertThat(everfold.decider("account", Account.DECIDER)
                        .snapshotEvery(10)
                        .state("42"))
                .isEqualTo(new Account(true, 24)));
    }

    @Test
    void a_snapshot_of_another_history_is_not_read() {
        SnapshotKey before = new SnapshotKey(FixedIds.id(1), "account", CODEC.schemaVersion(), "account-42");
        snapshots.put(new Snapshot(before, 1, 1, FixedClock.NOON, CODEC.encode(new Account(true, 7))), 1);

        openAndDeposit(SnapshotPolicy.every(10), 2);

        process(everfold -> assertThat(everfold.decider("account", Account.DECIDER)
                        .snapshotEvery(10)
                        .state("42"))
                .isEqualTo(new Account(true, 2)));
    }

    @Test
    void a_snapshot_of_events_that_are_not_there_is_found_out_by_the_first_append() {
        openAndDeposit(SnapshotPolicy.every(100), 2);
        snapshots.put(
                new Snapshot(key(CODEC.schemaVersion()), 9, 9, FixedClock.NOON, CODEC.encode(new Account(true, 7))), 1);

        process(everfold -> {
            var accounts = everfold.decider("account", Account.DECIDER).snapshotEvery(100);
            assertThat(accounts.handle("42", new Deposit(1)).state()).isEqualTo(new Account(true, 3));
            assertThat(accounts.state("42")).isEqualTo(new Account(true, 3));
        });
    }

    @Test
    void a_policy_that_fails_does_not_fail_the_command() {
        process(everfold -> {
            var accounts = everfold.decider("account", Account.DECIDER).snapshots(SnapshotPolicy.when(account -> {
                throw new IllegalStateException("no opinion on " + account);
            }));
            assertThat(accounts.handle("42", new Open("alice"))).isInstanceOf(Handled.Accepted.class);
        });
    }

    @Test
    void a_snapshot_store_that_fails_costs_time_and_nothing_else() {
        SnapshotStore broken = new SnapshotStore() {
            @Override
            public void put(Snapshot snapshot, int keep) {
                throw new IllegalStateException("the disk is full");
            }

            @Override
            public Optional<Snapshot> newest(SnapshotKey key, long toRevision) {
                throw new IllegalStateException("the disk is gone");
            }

            @Override
            public void deleteAll(String decider) {}
        };

        process(everfold -> {
            var accounts = everfold.decider("account", Account.DECIDER).snapshots(SnapshotPolicy.every(1), broken);
            accounts.handle("42", new Open("alice"));
            accounts.handle("42", new Deposit(5));
            assertThat(accounts.cache(0).state("42")).isEqualTo(new Account(true, 5));
        });
    }

    @Test
    void a_snapshot_that_is_slow_to_store_holds_up_no_command_and_those_that_find_no_room_are_left_out() {
        CountDownLatch slow = new CountDownLatch(1);
        AtomicInteger stored = new AtomicInteger();
        SnapshotStore slowStore = new SnapshotStore() {
            @Override
            public void put(Snapshot snapshot, int keep) {
                try {
                    slow.await();
                } catch (InterruptedException unexpected) {
                    throw new AssertionError(unexpected);
                }
                stored.incrementAndGet();
            }

            @Override
            public Optional<Snapshot> newest(SnapshotKey key, long toRevision) {
                return Optional.empty();
            }

            @Override
            public void deleteAll(String decider) {}
        };
        EverfoldOptions defaults = EverfoldOptions.defaults();
        EverfoldOptions options =
                new EverfoldOptions(slowStore, defaults.clock(), defaults.random(), defaults.commandWaitMax(), 2);

        try (Everfold everfold = Everfold.on(store, options)) {
            var accounts = everfold.decider("account", Account.DECIDER).snapshotEvery(1);
            for (int i = 0; i < 10; i++) {
                accounts.handle("account" + i, new Open("alice"));
            }
            assertThat(stored).hasValue(0);
            slow.countDown();
        }

        // What waited when it was closed, and perhaps the one in work.
        assertThat(stored.get()).isBetween(2, 3);
    }

    @Test
    void a_snapshot_is_taken_by_age() {
        process(everfold -> {
            var accounts = everfold.decider("account", Account.DECIDER)
                    .snapshots(SnapshotPolicy.olderThan(Duration.ofHours(1)));
            accounts.handle("42", new Open("alice"));
            clock.advance(Duration.ofHours(1));
            accounts.handle("42", new Deposit(1));
            clock.advance(Duration.ofMillis(1));
            accounts.handle("42", new Deposit(1));
            accounts.handle("42", new Deposit(1));
        });

        assertThat(newest()).map(Snapshot::revision).contains(2L);
        assertThat(newest()).map(Snapshot::taken).contains(clock.instant());
    }

    @Test
    void a_snapshot_is_taken_by_state_or_by_number() {
        openAndDeposit(
                SnapshotPolicy.<Account>when(account -> account.cents() == 3).or(SnapshotPolicy.every(5)), 8);

        assertThat(newest()).map(Snapshot::revision).contains(8L);
        assertThat(snapshots.newest(key(CODEC.schemaVersion()), 8)).isEmpty();
    }

    @Test
    void as_many_are_kept_as_are_wanted() {
        process(everfold -> {
            var accounts = everfold.decider("account", Account.DECIDER)
                    .snapshotEvery(1)
                    .keepSnapshots(3);
            accounts.handle("42", new Open("alice"));
            for (int i = 0; i < 5; i++) {
                accounts.handle("42", new Deposit(1));
            }
        });

        assertThat(snapshots.newest(key(CODEC.schemaVersion()), 4))
                .map(Snapshot::revision)
                .contains(3L);
        assertThat(snapshots.newest(key(CODEC.schemaVersion()), 3)).isEmpty();
    }

    @Test
    void a_first_answer_never_comes_by_way_of_a_later_snapshot() {
        UUID id = FixedIds.id(1);
        openAndDeposit(SnapshotPolicy.every(1), 3);

        process(everfold -> {
            var accounts = everfold.decider("account", Account.DECIDER).snapshotEvery(1);
            var first = accounts.handle("42", new Deposit(10), CommandContext.of(id));
            accounts.handle("42", new Deposit(100));
            assertThat(accounts.handle("42", new Deposit(10), CommandContext.of(id)))
                    .isEqualTo(first);
        });
    }

    @Test
    void keeping_no_snapshot_is_refused() {
        process(everfold -> assertThatThrownBy(
                        () -> everfold.decider("account", Account.DECIDER).keepSnapshots(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Keeping 0 snapshots of a stream; expected 1 or more."));
    }

    @Test
    void a_state_never_comes_of_a_snapshot_of_events_that_are_not_there() {
        openAndDeposit(SnapshotPolicy.every(100), 2);
        snapshots.put(snapshot(9, 9, new Account(true, 7)), 1);

        process(everfold -> {
            var accounts = everfold.decider("account", Account.DECIDER).snapshotEvery(100);
            assertThat(accounts.state("42")).isEqualTo(new Account(true, 2));
            assertThat(accounts.handle("42", new Withdraw(5)))
                    .isInstanceOfSatisfying(
                            Handled.Rejected.class,
                            rejected -> assertThat(rejected.state()).isEqualTo(new Account(true, 2)));
        });
    }

    /// As where the newest events were lost and others came in their place.
    @Test
    void a_snapshot_of_another_event_than_the_one_at_its_revision_is_passed_over_for_an_older_one() {
        openAndDeposit(SnapshotPolicy.every(100), 4);
        snapshots.put(snapshot(1, 1, new Account(true, 1)), 2);
        snapshots.put(snapshot(2, 3, new Account(true, 7)), 2);
        store.resetCounts();

        process(everfold -> assertThat(everfold.decider("account", Account.DECIDER)
                        .snapshotEvery(100)
                        .state("42"))
                .isEqualTo(new Account(true, 4)));

        // The event at revision 2, which tells; then that at revision 1, and those after it.
        assertThat(store.eventsRead).hasValue(5);
    }

    private Snapshot snapshot(long revision, long position, Account state) {
        return new Snapshot(key(CODEC.schemaVersion()), revision, position, FixedClock.NOON, CODEC.encode(state));
    }
}
