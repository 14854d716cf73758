package dev.everfold.eventsourcing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventsourcing.Account.Deposit;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetriesTest {

    @Test
    void waits_are_random_below_a_bound_that_doubles_up_to_a_maximum() {
        Retries retries = new Retries(100, Duration.ofNanos(100), Duration.ofNanos(1_000));
        Random random = new Random(1);

        for (int tries = 1; tries < 100; tries++) {
            long bound = Math.min(100L << Math.min(tries - 1, 20), 1_000);
            int tried = tries;
            List<Long> waits = IntStream.range(0, 1_000)
                    .mapToLong(_ -> retries.waitNanos(tried, random))
                    .boxed()
                    .toList();

            assertThat(waits).allMatch(wait -> wait >= 0 && wait < bound);
            assertThat(waits).anyMatch(wait -> wait > bound / 2);
        }
    }

    @Test
    void without_waits_there_is_none() {
        assertThat(new Retries(2, Duration.ZERO, Duration.ofSeconds(1)).waitNanos(5, new Random(1)))
                .isZero();
    }

    @Test
    void a_command_that_always_meets_others_is_decided_as_often_as_allowed_and_then_the_conflict_is_the_callers() {
        OvertakingStore store = new OvertakingStore();
        var accounts = Everfold.on(store)
                .decider("account", Account.DECIDER)
                .retries(new Retries(5, Duration.ZERO, Duration.ZERO));
        store.delegate().append(Append.of(event("account.opened", "{\"owner\":\"alice\"}")));

        assertThatThrownBy(() -> accounts.handle("42", new Deposit(1)))
                .isInstanceOf(AppendConflictException.class)
                .hasMessage("Append to stream \"account-42\" refused: expected revision 4, found 5."
                        + " Read the stream again and repeat the command.");
        assertThat(store.appends).hasValue(5);
        assertThat(accounts.state("42")).isEqualTo(new Account(true, 5));
    }

    @Test
    void the_waits_between_tries_are_drawn_from_the_generator_of_the_options() {
        OvertakingStore store = new OvertakingStore();
        AtomicInteger drawn = new AtomicInteger();
        RandomGenerator counting = () -> drawn.incrementAndGet();
        var accounts = Everfold.on(store, EverfoldOptions.defaults().withRandom(counting))
                .decider("account", Account.DECIDER)
                .retries(new Retries(4, Duration.ofNanos(64), Duration.ofNanos(64)));
        store.delegate().append(Append.of(event("account.opened", "{\"owner\":\"alice\"}")));

        assertThatThrownBy(() -> accounts.handle("42", new Deposit(1))).isInstanceOf(AppendConflictException.class);

        assertThat(drawn).hasValue(3);
    }

    @Test
    void an_interrupted_thread_does_not_try_again() {
        OvertakingStore store = new OvertakingStore();
        var accounts = Everfold.on(store).decider("account", Account.DECIDER);
        store.delegate().append(Append.of(event("account.opened", "{\"owner\":\"alice\"}")));

        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> accounts.handle("42", new Deposit(1))).isInstanceOf(AppendConflictException.class);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(store.appends).hasValue(1);
    }

    @Test
    void a_number_of_tries_out_of_range_is_refused() {
        assertThatThrownBy(() -> Retries.DEFAULTS.withTriesMax(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Retries.triesMax is 0; expected 1..10000.");
    }

    private static NewEvent event(String type, String json) {
        return NewEvent.of("account-42", type, json);
    }

    /// Before each append that is conditional, somebody else deposits a cent.
    private static final class OvertakingStore extends CountingStore {

        OvertakingStore() {
            super(new InMemoryEventStore());
        }

        @Override
        public Appended append(Append append) {
            delegate.append(Append.of(event("account.deposited", "{\"cents\":1}")));
            return super.append(append);
        }
    }
}
