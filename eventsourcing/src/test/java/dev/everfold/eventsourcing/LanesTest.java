package dev.everfold.eventsourcing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.testkit.Racers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LanesTest {

    @Test
    void one_command_of_a_stream_is_in_work_at_a_time_and_nothing_is_left_after() throws Exception {
        Lanes lanes = new Lanes(Duration.ofSeconds(30));
        AtomicInteger inside = new AtomicInteger();

        var most = Racers.race(16, _ -> () -> {
            int seen = 0;
            for (int i = 0; i < 200; i++) {
                try (Lanes.Lane _ = lanes.enter("account-42")) {
                    seen = Math.max(seen, inside.incrementAndGet());
                    inside.decrementAndGet();
                }
            }
            return seen;
        });

        assertThat(most).containsOnly(1);
        assertThat(lanes.count()).isZero();
    }

    @Test
    void a_command_that_comes_later_does_not_overtake_one_that_waits() throws Exception {
        Lanes lanes = new Lanes(Duration.ofSeconds(30));
        for (int round = 1; round <= 20; round++) {
            AtomicInteger entered = new AtomicInteger();
            Thread waiter;
            try (Lanes.Lane _ = lanes.enter("account-42")) {
                waiter = Thread.ofVirtual().start(() -> {
                    try (Lanes.Lane _ = lanes.enter("account-42")) {
                        entered.incrementAndGet();
                    }
                });
                while (waiter.getState() != Thread.State.TIMED_WAITING) {
                    Thread.onSpinWait();
                }
            }
            try (Lanes.Lane _ = lanes.enter("account-42")) {
                assertThat(entered).as("round %s", round).hasValue(1);
            }
            waiter.join();
        }
    }

    @Test
    void streams_do_not_wait_for_each_other() {
        Lanes lanes = new Lanes(Duration.ZERO);

        try (Lanes.Lane _ = lanes.enter("account-41");
                Lanes.Lane _ = lanes.enter("account-42")) {
            assertThat(lanes.count()).isEqualTo(2);
        }
    }

    @Test
    void a_command_whose_turn_does_not_come_in_time_is_refused() throws Exception {
        Lanes lanes = new Lanes(Duration.ofMillis(10));
        CountDownLatch done = new CountDownLatch(1);
        CompletableFuture<Void> entered = new CompletableFuture<>();
        Thread holder = Thread.ofVirtual().start(() -> {
            try (Lanes.Lane _ = lanes.enter("account-42")) {
                entered.complete(null);
                done.await();
            } catch (InterruptedException unexpected) {
                throw new AssertionError(unexpected);
            }
        });
        entered.join();

        assertThatThrownBy(() -> lanes.enter("account-42"))
                .isInstanceOf(CommandNotHandledException.class)
                .hasMessage("A command for stream \"account-42\" waited for earlier ones longer than 10 ms"
                        + " (EverfoldOptions.commandWaitMax); nothing was stored. Repeat it when there is less to do.");

        done.countDown();
        holder.join();
        assertThat(lanes.count()).isZero();
    }

    @Test
    void how_long_a_command_waits_for_its_turn_is_an_option() throws Exception {
        CompletableFuture<Void> appending = new CompletableFuture<>();
        CountDownLatch done = new CountDownLatch(1);
        CountingStore store = new CountingStore(new InMemoryEventStore()) {
            @Override
            public Appended append(Append append) {
                appending.complete(null);
                try {
                    done.await();
                } catch (InterruptedException unexpected) {
                    throw new AssertionError(unexpected);
                }
                return super.append(append);
            }
        };
        var accounts = Everfold.on(store, EverfoldOptions.defaults().withCommandWaitMax(Duration.ofMillis(20)))
                .decider("account", Account.DECIDER);
        Thread holder = Thread.ofVirtual().start(() -> accounts.handle("42", new Account.Open("alice")));
        appending.join();

        assertThatThrownBy(() -> accounts.handle("42", new Account.Open("bob")))
                .isInstanceOf(CommandNotHandledException.class)
                .hasMessage("A command for stream \"account-42\" waited for earlier ones longer than 20 ms"
                        + " (EverfoldOptions.commandWaitMax); nothing was stored. Repeat it when there is less to do.");

        done.countDown();
        holder.join();
        assertThat(store.appends).hasValue(1);
    }

    @Test
    void a_command_that_is_interrupted_while_it_waits_is_refused_and_keeps_its_flag() {
        Lanes lanes = new Lanes(Duration.ofSeconds(30));
        CompletableFuture<Boolean> flag = new CompletableFuture<>();
        try (Lanes.Lane _ = lanes.enter("account-42")) {
            Thread waiter = Thread.ofVirtual().start(() -> {
                try (Lanes.Lane _ = lanes.enter("account-42")) {
                    flag.completeExceptionally(new AssertionError("entered"));
                } catch (CommandNotHandledException refused) {
                    flag.complete(Thread.currentThread().isInterrupted());
                }
            });
            waiter.interrupt();

            assertThat(flag.join()).isTrue();
        }
        assertThat(lanes.count()).isZero();
    }
}
