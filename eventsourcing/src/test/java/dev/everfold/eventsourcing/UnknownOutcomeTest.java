package dev.everfold.eventsourcing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.everfold.eventsourcing.Account.Deposit;
import dev.everfold.eventsourcing.Account.Open;
import dev.everfold.eventsourcing.testing.FixedIds;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.OutcomeUnknownException;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.testkit.Racers;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The store does not know whether an append is stored, in both ways: it is, and it is not.
@Timeout(60)
class UnknownOutcomeTest {

    private static final long SEED = Long.getLong("everfold.seed", 7);
    private static final CommandContext ID = CommandContext.of(FixedIds.id(1));

    private final UncertainStore store = new UncertainStore();
    private final DeciderHandler<Account.Command, Account, Account.Event> accounts =
            Everfold.on(store).decider("account", Account.DECIDER);

    @Test
    void an_append_that_was_stored_and_reported_lost_is_repeated_without_a_second_effect() {
        accounts.handle("42", new Open("alice"));
        store.next(Fault.STORED);

        var handled = accounts.handle("42", new Deposit(500));

        assertThat(handled.state()).isEqualTo(new Account(true, 500));
        assertThat(accounts.state("42")).isEqualTo(new Account(true, 500));
        assertThat(store.nextPosition()).isEqualTo(2);
    }

    @Test
    void an_append_that_was_lost_is_repeated_and_takes_effect() {
        accounts.handle("42", new Open("alice"));
        store.next(Fault.LOST);

        var handled = accounts.handle("42", new Deposit(500));

        assertThat(handled.state()).isEqualTo(new Account(true, 500));
        assertThat(store.nextPosition()).isEqualTo(2);
    }

    @Test
    void an_append_that_was_lost_while_another_was_faster_is_decided_again() {
        accounts.handle("42", new Open("alice"));
        var elsewhere = Everfold.on(store.delegate()).decider("account", Account.DECIDER);
        store.next(Fault.LOST, () -> elsewhere.handle("42", new Deposit(30)));

        var handled = accounts.handle("42", new Deposit(500));

        assertThat(handled.state()).isEqualTo(new Account(true, 530));
        assertThat(store.nextPosition()).isEqualTo(3);
    }

    @Test
    void a_store_that_stays_uncertain_leaves_the_outcome_to_the_caller_whose_repeat_has_one_effect() {
        for (Fault fault : new Fault[] {Fault.STORED, Fault.LOST}) {
            String id = fault.toString();
            CommandContext command = CommandContext.of(FixedIds.id(fault == Fault.STORED ? 2 : 3));
            accounts.handle(id, new Open("alice"));
            store.always(fault);

            var unknown = catchThrowableOfType(
                    OutcomeUnknownException.class, () -> accounts.handle(id, new Deposit(500), command));
            store.always(Fault.NONE);
            var repeated = accounts.handle(id, new Deposit(500), command);

            assertThat(unknown)
                    .hasMessage("The connection was lost; whether the append is stored is unknown."
                            + " Repeat it with the same append id.");
            assertThat(repeated.state()).isEqualTo(new Account(true, 500));
            assertThat(accounts.state(id)).isEqualTo(new Account(true, 500));
        }
    }

    @Test
    void a_store_that_is_gone_after_an_unknown_outcome_does_not_make_it_a_known_one() {
        accounts.handle("42", new Open("alice"));
        store.next(Fault.STORED, () -> store.always(Fault.UNAVAILABLE));

        var unknown =
                catchThrowableOfType(OutcomeUnknownException.class, () -> accounts.handle("42", new Deposit(500), ID));

        assertThat(unknown.getSuppressed()).singleElement().isInstanceOf(StoreUnavailableException.class);
        store.always(Fault.NONE);
        assertThat(accounts.handle("42", new Deposit(500), ID).state()).isEqualTo(new Account(true, 500));
    }

    @Test
    void an_interrupted_command_keeps_its_flag_and_is_not_repeated() {
        accounts.handle("42", new Open("alice"));
        store.resetCounts();
        store.next(Fault.STORED, () -> Thread.currentThread().interrupt());

        var unknown =
                catchThrowableOfType(OutcomeUnknownException.class, () -> accounts.handle("42", new Deposit(500), ID));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(unknown).isNotNull();
        assertThat(store.appends).hasValue(1);
        assertThat(accounts.handle("42", new Deposit(500), ID).state()).isEqualTo(new Account(true, 500));
    }

    @Test
    void sixteen_threads_on_an_uncertain_store_lose_no_command_and_apply_none_twice() throws Exception {
        accounts.handle("42", new Open("alice"));
        store.random(new Random(SEED));

        Racers.race(16, racer -> () -> {
            for (int i = 0; i < 20; i++) {
                CommandContext id = CommandContext.of(FixedIds.id(1_000 + racer * 100 + i));
                depositUntilKnown(id);
                depositUntilKnown(id);
            }
            return racer;
        });

        store.always(Fault.NONE);
        assertThat(accounts.state("42")).as("seed %s", SEED).isEqualTo(new Account(true, 320));
        assertThat(store.nextPosition()).as("seed %s", SEED).isEqualTo(321);
    }

    private void depositUntilKnown(CommandContext id) {
        for (int tries = 1; tries <= 1_000; tries++) {
            try {
                assertThat(accounts.handle("42", new Deposit(1), id)).isInstanceOf(Handled.Accepted.class);
                return;
            } catch (OutcomeUnknownException | StoreUnavailableException again) {
                assertThat(again.retryable()).isTrue();
            }
        }
        throw new AssertionError("No answer in 1000 tries, seed " + SEED);
    }

    private enum Fault {
        NONE,
        STORED,
        LOST,
        UNAVAILABLE
    }

    private static final class UncertainStore extends CountingStore {

        private static final List<Fault> FAULTS = List.copyOf(EnumSet.allOf(Fault.class));

        private Fault always = Fault.NONE;
        private Fault next = Fault.NONE;
        private Runnable meanwhile = () -> {};
        private Random random;

        UncertainStore() {
            super(new InMemoryEventStore());
        }

        synchronized void always(Fault fault) {
            always = fault;
            random = null;
        }

        synchronized void next(Fault fault) {
            next = fault;
        }

        synchronized void next(Fault fault, Runnable then) {
            next = fault;
            meanwhile = then;
        }

        synchronized void random(Random source) {
            random = source;
        }

        @Override
        public Appended append(Append append) {
            Fault fault = take();
            if (fault == Fault.UNAVAILABLE) {
                throw new StoreUnavailableException("The store is gone. Wait for it.", true, null);
            }
            Appended appended = fault == Fault.LOST ? null : super.append(append);
            if (fault == Fault.NONE) {
                return appended;
            }
            meanwhile.run();
            throw new OutcomeUnknownException("The connection was lost", null);
        }

        private synchronized Fault take() {
            if (random != null) {
                return FAULTS.get(random.nextInt(FAULTS.size()));
            }
            Fault fault = next == Fault.NONE ? always : next;
            next = Fault.NONE;
            return fault;
        }
    }
}
