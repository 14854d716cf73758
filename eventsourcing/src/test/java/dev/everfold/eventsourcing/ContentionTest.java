package dev.everfold.eventsourcing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.Account.Deposit;
import dev.everfold.eventsourcing.Account.Open;
import dev.everfold.eventsourcing.Account.Withdraw;
import dev.everfold.eventsourcing.Account.Withdrawn;
import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.Read;
import dev.everfold.testkit.Racers;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Many at one account: money is conserved, no command is lost, none is applied twice.
@Timeout(120)
class ContentionTest {

    private static final int COMMANDS_A_THREAD = 25;
    private static final long CENTS_AT_FIRST = 250;

    @TempDir
    Path temporary;

    @ParameterizedTest
    @CsvSource({"memory:, 2", "memory:, 16", "log, 2", "log, 16", "log, 64"})
    void threads_of_one_process_that_withdraw_from_one_account_conserve_its_money(String engine, int threads)
            throws Exception {
        try (EventStore store = open(engine)) {
            var accounts = Everfold.on(store).decider("account", Account.DECIDER);

            withdrawAtOnce(store, threads, _ -> accounts);
        }
    }

    @ParameterizedTest
    @CsvSource({"memory:, 2", "memory:, 16", "log, 2", "log, 16"})
    void processes_that_withdraw_from_one_account_conserve_its_money(String engine, int processes) throws Exception {
        try (EventStore store = open(engine)) {
            var handlers = IntStream.range(0, processes)
                    .mapToObj(_ -> Everfold.on(store)
                            .decider("account", Account.DECIDER)
                            .retries(Retries.DEFAULTS.withTriesMax(1_000)))
                    .toList();

            withdrawAtOnce(store, processes, handlers::get);
        }
    }

    private EventStore open(String engine) {
        return EventStores.open(engine.equals("log") ? "log:" + temporary : engine);
    }

    private static void withdrawAtOnce(
            EventStore store,
            int threads,
            IntFunction<DeciderHandler<Account.Command, Account, Account.Event>> handlers)
            throws Exception {
        handlers.apply(0).handle("42", new Open("alice"));
        handlers.apply(0).handle("42", new Deposit(CENTS_AT_FIRST));

        List<Integer> accepted = Racers.race(threads, thread -> () -> withdraw(handlers.apply(thread)));

        int withdrawals = accepted.stream().mapToInt(i -> i).sum();
        var codec = EventCodec.of(Account.Event.class);
        long stored = store.read(Read.stream("account-42")).toList().stream()
                .flatMap(event -> codec.decode(event).stream())
                .filter(Withdrawn.class::isInstance)
                .count();
        assertThat(stored).isEqualTo(withdrawals);
        assertThat(withdrawals).isEqualTo((int) Math.min(CENTS_AT_FIRST, (long) threads * COMMANDS_A_THREAD));
        assertThat(handlers.apply(0).state("42")).isEqualTo(new Account(true, CENTS_AT_FIRST - withdrawals));
    }

    /// How many of the withdrawals were accepted; the others were rejected, for want of money.
    private static int withdraw(DeciderHandler<Account.Command, Account, Account.Event> accounts) {
        int accepted = 0;
        for (int i = 0; i < COMMANDS_A_THREAD; i++) {
            switch (accounts.handle("42", new Withdraw(1))) {
                case Handled.Accepted<Account, Account.Event> _ -> accepted++;
                case Handled.Rejected<Account, Account.Event> rejected ->
                    assertThat(rejected.reason()).isEqualTo("not enough money");
                case Handled.Nothing<Account, Account.Event> nothing -> throw new AssertionError(nothing.toString());
            }
        }
        return accepted;
    }
}
