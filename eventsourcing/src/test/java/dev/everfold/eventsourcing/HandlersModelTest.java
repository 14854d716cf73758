package dev.everfold.eventsourcing;

import static dev.everfold.eventsourcing.Decision.accept;
import static dev.everfold.eventsourcing.Decision.reject;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventsourcing.Account.Deposited;
import dev.everfold.eventsourcing.Account.Event;
import dev.everfold.eventsourcing.Account.Withdrawn;
import dev.everfold.eventsourcing.boundary.Boundary;
import dev.everfold.eventsourcing.boundary.DecisionModel;
import dev.everfold.eventsourcing.boundary.Outcome;
import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.history.PointInTime;
import dev.everfold.eventsourcing.snapshot.InMemorySnapshotStore;
import dev.everfold.eventsourcing.snapshot.Snapshot;
import dev.everfold.eventsourcing.snapshot.SnapshotKey;
import dev.everfold.eventsourcing.snapshot.StateCodec;
import dev.everfold.eventsourcing.testing.FixedClock;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.OutcomeUnknownException;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.testkit.ForwardingEventStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Deciders and boundaries over the same streams, in three processes that come and go, with caches, with snapshots of
/// which some are of another history, with answers and appends that are lost, and with others who are faster: what is
/// answered is always what a plain fold of the log says.
@Timeout(60)
class HandlersModelTest {

    private static final int STEPS = 400;
    private static final int PROCESSES = 3;
    private static final List<String> IDS = List.of("a", "b", "c");
    private static final EventCodec<Event> CODEC = EventCodec.of(Event.class);
    private static final StateCodec<Account> STATES = StateCodec.json(Account.class);

    private final InMemoryEventStore log = new InMemoryEventStore();
    private final EventStore store = new DisturbedStore(log);
    private final InMemorySnapshotStore snapshots = new InMemorySnapshotStore();
    private final List<Running> processes = new ArrayList<>();
    private final Map<UUID, Supplier<Object>> repeats = new LinkedHashMap<>();
    private final Map<UUID, Object> firstAnswers = new LinkedHashMap<>();
    private final Logger warnings = Logger.getLogger(Snapshots.class.getPackageName());
    private Random random = new Random(0);
    private int nested;

    /// One process: its state is what it has cached.
    private record Running(
            Everfold everfold, DeciderHandler<Account.Command, Account, Event> accounts, Boundary<Event> boundary) {}

    /// Loses appends and answers, and lets another process be faster.
    private final class DisturbedStore extends ForwardingEventStore {

        DisturbedStore(EventStore store) {
            super(store);
        }

        @Override
        public Appended append(Append append) {
            if (nested == 0 && random.nextInt(4) == 0) {
                nested++;
                step(false);
                nested--;
            }
            int fault = random.nextInt(10);
            if (fault == 0) {
                throw new OutcomeUnknownException("The append was lost", null);
            }
            Appended appended = super.append(append);
            if (fault == 1) {
                throw new OutcomeUnknownException("The answer was lost", null);
            }
            return appended;
        }
    }

    @BeforeEach
    void silenceWarnings() {
        warnings.setLevel(Level.OFF);
    }

    @AfterEach
    void close() {
        processes.forEach(process -> process.everfold.close());
        log.close();
        warnings.setLevel(null);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void what_is_answered_is_what_a_plain_fold_of_the_log_says(long seed) {
        random = new Random(seed);
        for (int i = 0; i < PROCESSES; i++) {
            processes.add(process());
        }
        for (int number = 0; number < STEPS; number++) {
            try {
                step(true);
            } catch (AssertionError | RuntimeException wrong) {
                throw new AssertionError("seed " + seed + ", step " + number, wrong);
            }
        }
        assertThat(log.nextPosition()).as("seed %d", seed).isGreaterThan(STEPS / 4);
    }

    private Running process() {
        Everfold everfold = Everfold.on(store, EverfoldOptions.defaults().withSnapshots(snapshots));
        int cached = random.nextInt(3);
        return new Running(
                everfold,
                everfold.decider("account", Account.DECIDER)
                        .snapshotEvery(1 + random.nextInt(5))
                        .keepSnapshots(2)
                        .cache(cached == 0 ? 0 : 1 << cached),
                Boundary.on(store, CODEC));
    }

    private void step(boolean alsoRestarts) {
        Running process = processes.get(random.nextInt(PROCESSES));
        String id = IDS.get(random.nextInt(IDS.size()));
        switch (random.nextInt(12)) {
            case 0 -> {
                if (alsoRestarts) {
                    process.everfold.close();
                    processes.set(processes.indexOf(process), process());
                }
            }
            case 1 -> assertThat(process.accounts.state(id)).isEqualTo(fold(id, Long.MAX_VALUE));
            case 2 -> {
                int events = random.nextInt(1 + events(id).size());
                assertThat(process.accounts.state(id, PointInTime.atRevision(events)))
                        .isEqualTo(foldFirst(id, events));
            }
            case 3 -> putSnapshotOfAnotherHistory(id);
            case 4 -> repeat();
            case 5 -> reuse(process);
            case 6, 7 -> transfer(process, id, IDS.get(random.nextInt(IDS.size())));
            default -> handle(process, id);
        }
    }

    private void handle(Running process, String id) {
        Account.Command command = switch (random.nextInt(6)) {
            case 0 -> new Account.Open("alice");
            case 1 -> new Account.DepositTwice(1);
            case 2 -> new Account.Withdraw(random.nextInt(10));
            default -> new Account.Deposit(random.nextInt(4));
        };
        UUID commandId = new UUID(1, repeats.size());
        boolean hasId = random.nextBoolean();
        CommandContext context = hasId ? CommandContext.of(commandId) : CommandContext.none();
        Supplier<Object> call = () -> answer(process.accounts.handle(id, command, context), id, command);
        run(hasId ? Optional.of(commandId) : Optional.empty(), call);
    }

    private Handled<Account, Event> answer(Handled<Account, Event> handled, String id, Account.Command command) {
        switch (handled) {
            case Handled.Accepted<Account, Event> accepted -> {
                Account before = fold(id, accepted.appended().fromPosition());
                assertThat(Account.DECIDER.decide(command, before)).isInstanceOf(Decision.Accepted.class);
                assertStored(accepted.events(), accepted.eventIds(), accepted.appended());
                assertThat(accepted.state())
                        .isEqualTo(fold(id, accepted.appended().toPosition()));
            }
            case Handled.Rejected<Account, Event> rejected -> {
                assertThat(Account.DECIDER.decide(command, fold(id, Long.MAX_VALUE)))
                        .isEqualTo(reject(rejected.reason()));
                assertThat(rejected.state()).isEqualTo(fold(id, Long.MAX_VALUE));
            }
            case Handled.Nothing<Account, Event> nothing ->
                assertThat(nothing.state()).isEqualTo(fold(id, Long.MAX_VALUE));
        }
        return handled;
    }

    private void transfer(Running process, String from, String to) {
        long cents = 1L + random.nextInt(3);
        UUID commandId = new UUID(1, repeats.size());
        Boundary<Event> boundary = process.boundary
                .into(event -> "account-" + (event instanceof Withdrawn ? from : to))
                .with(CommandContext.of(commandId));
        Supplier<Object> call = () -> {
            Outcome<Event> outcome = boundary.decide(
                    balance(from),
                    known -> known < cents ? reject("not enough") : accept(new Withdrawn(cents), new Deposited(cents)));
            switch (outcome) {
                case Outcome.Accepted<Event> accepted -> {
                    assertThat(fold(from, accepted.appended().fromPosition()).cents())
                            .isGreaterThanOrEqualTo(cents);
                    assertStored(accepted.events(), accepted.eventIds(), accepted.appended());
                }
                default -> assertThat(fold(from, Long.MAX_VALUE).cents()).isLessThan(cents);
            }
            return outcome;
        };
        run(Optional.of(commandId), call);
    }

    private static DecisionModel<Long> balance(String id) {
        return DecisionModel.of("balance of " + id, 0L)
                .inStream("account-" + id)
                .on(Deposited.class, (cents, deposited) -> cents + deposited.cents())
                .on(Withdrawn.class, (cents, withdrawn) -> cents - withdrawn.cents());
    }

    /// What is not known is found out by a repetition, if it can be.
    private void run(Optional<UUID> commandId, Supplier<Object> call) {
        commandId.ifPresent(id -> repeats.put(id, call));
        try {
            Object answer = call.get();
            commandId.ifPresent(id -> remember(id, answer));
        } catch (OutcomeUnknownException _) {
            // Perhaps it is stored.
        }
    }

    private void remember(UUID id, Object answer) {
        boolean accepted = answer instanceof Handled.Accepted || answer instanceof Outcome.Accepted;
        if (accepted) {
            assertThat(answer).isEqualTo(firstAnswers.getOrDefault(id, answer));
            firstAnswers.put(id, answer);
        } else {
            assertThat(firstAnswers).doesNotContainKey(id);
        }
    }

    private void repeat() {
        if (!repeats.isEmpty()) {
            UUID id = List.copyOf(repeats.keySet()).get(random.nextInt(repeats.size()));
            run(Optional.of(id), repeats.get(id));
        }
    }

    /// The id of a command that was accepted, for a stream that has nothing to do with it.
    private void reuse(Running process) {
        if (!firstAnswers.isEmpty() && nested == 0) {
            UUID id = List.copyOf(firstAnswers.keySet()).get(random.nextInt(firstAnswers.size()));
            long before = log.nextPosition();
            assertThatThrownBy(() -> process.boundary
                            .into("elsewhere-1")
                            .with(CommandContext.of(id))
                            .decide(balance("nobody"), _ -> accept(new Deposited(1))))
                    .isInstanceOf(CommandIdReusedException.class);
            assertThat(log.nextPosition()).isEqualTo(before);
        }
    }

    /// As if the log had lost its newest events since.
    private void putSnapshotOfAnotherHistory(String id) {
        List<RecordedEvent> events = events(id);
        SnapshotKey key = new SnapshotKey(log.lineage(), "account", STATES.schemaVersion(), "account-" + id);
        long revision = random.nextInt(events.size() + 5);
        long position = revision < events.size() ? events.get((int) revision).position() + 1 : revision + 1_000;
        snapshots.put(
                new Snapshot(key, revision, position, FixedClock.NOON, STATES.encode(new Account(true, 1_000_000))), 2);
    }

    private void assertStored(List<Event> events, List<UUID> ids, Appended appended) {
        List<RecordedEvent> stored = log.read(Read.all()
                        .fromPosition(appended.fromPosition())
                        .limit(appended.revisions().size()))
                .toList();
        assertThat(stored.stream().flatMap(event -> CODEC.decode(event).stream()))
                .isEqualTo(events);
        assertThat(stored).extracting(RecordedEvent::id).isEqualTo(ids);
        assertThat(stored).extracting(RecordedEvent::revision).isEqualTo(appended.revisions());
    }

    private Account fold(String id, long toPosition) {
        Account state = Account.DECIDER.initial();
        for (RecordedEvent event : events(id)) {
            if (event.position() < toPosition) {
                state = Account.DECIDER.evolve(state, CODEC.decode(event).getFirst());
            }
        }
        return state;
    }

    private Account foldFirst(String id, int count) {
        List<RecordedEvent> all = events(id);
        return fold(id, count < all.size() ? all.get(count).position() : Long.MAX_VALUE);
    }

    private List<RecordedEvent> events(String id) {
        return log.read(Read.stream("account-" + id)).toList();
    }
}
