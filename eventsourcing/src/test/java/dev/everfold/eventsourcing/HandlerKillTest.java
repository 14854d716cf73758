package dev.everfold.eventsourcing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.Account.Deposit;
import dev.everfold.eventsourcing.Account.Open;
import dev.everfold.eventsourcing.testing.FixedIds;
import dev.everfold.testkit.ChildJvm;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A process is killed again and again while it handles commands, at times between the append and its
/// answer. The next one gives all commands again, and each has had one effect.
@Timeout(120)
class HandlerKillTest {

    private static final long SEED = Long.getLong("everfold.seed", 43);
    private static final int KILLS = 4;
    private static final int THREADS = 2;
    private static final int COMMANDS_A_THREAD = 100_000;

    @TempDir
    Path temporary;

    @Test
    void commands_that_are_given_again_after_a_kill_have_one_effect_and_their_first_answer() throws Exception {
        Random random = new Random(SEED);
        int answered = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            int answers = random.nextInt(1, 200) + answered;
            Process process = start();
            try (InputStream output = process.getInputStream()) {
                for (int seen = 0; seen < answers; seen++) {
                    assertThat(output.read()).as("seed %s, kill %s", SEED, kill).isEqualTo('.');
                }
                process.destroyForcibly();
            }
            assertThat(process.waitFor()).isEqualTo(ChildJvm.KILLED);
            answered = check(answers);
        }
    }

    /// How many commands have had an effect: all that were answered, and at most one more a thread.
    private int check(int answers) {
        try (Everfold everfold = Everfold.open("log:" + temporary)) {
            var accounts = everfold.decider("account", Account.DECIDER);
            long effects = accounts.state("42").cents();
            assertThat(effects).as("seed %s", SEED).isGreaterThanOrEqualTo(answers);
            assertThat(everfold.store().nextPosition()).as("seed %s", SEED).isEqualTo(effects + 1);

            int again = 0;
            for (int thread = 0; thread < THREADS; thread++) {
                for (int number = 0; number < effects; number++) {
                    long before = everfold.store().nextPosition();
                    accounts.handle("42", new Deposit(1), context(thread, number));
                    if (everfold.store().nextPosition() > before) {
                        break;
                    }
                    again++;
                }
            }
            assertThat((long) again).as("seed %s", SEED).isEqualTo(effects);
            return (int) accounts.state("42").cents();
        }
    }

    private static CommandContext context(int thread, int number) {
        return CommandContext.of(FixedIds.id(1_000_000L * (thread + 1) + number));
    }

    private Process start() throws Exception {
        return ChildJvm.of(Depositor.class, temporary.toString()).start();
    }

    /// Gives the same commands in each life, in the same order, and prints a point for each answer.
    static final class Depositor {

        private Depositor() {}

        public static void main(String[] arguments) {
            try (Everfold everfold = Everfold.open("log:" + arguments[0]);
                    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var accounts = everfold.decider("account", Account.DECIDER);
                accounts.handle("42", new Open("alice"), CommandContext.of(FixedIds.id(1)));
                IntStream.range(0, THREADS).forEach(thread -> threads.execute(() -> deposit(accounts, thread)));
            }
        }

        private static void deposit(DeciderHandler<Account.Command, Account, Account.Event> accounts, int thread) {
            for (int number = 0; number < COMMANDS_A_THREAD; number++) {
                accounts.handle("42", new Deposit(1), context(thread, number));
                synchronized (System.out) {
                    System.out.write('.');
                    System.out.flush();
                }
            }
        }
    }
}
