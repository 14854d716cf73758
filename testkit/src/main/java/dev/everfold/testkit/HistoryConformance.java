package dev.everfold.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Read;
import dev.everfold.testkit.history.Answer;
import dev.everfold.testkit.history.History;
import dev.everfold.testkit.history.HistoryChecker;
import dev.everfold.testkit.history.HistoryWorkload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What concurrent clients are told is what a correct store can have told them.
///
/// Seeded clients do everything at once ([HistoryWorkload]), and every answer is compared with the log
/// and with what was known before ([HistoryChecker]). Stores that survive their closing
/// ([RestartableFixture]) are closed and opened again between two workloads, and the rules hold across.
///
/// System properties: `everfold.seed` says where the seeds begin, `everfold.history.seeds` how many
/// workloads there are, `everfold.history.calls` how many steps each of their clients makes.
///
/// Leaves open: what happens when the process is killed, and how the threads interleave.
public abstract class HistoryConformance extends ConformanceSuite {

    private static final int CLIENTS = 8;
    private static final long SEED = Long.getLong("everfold.seed", 1);

    /// How many workloads are run on one store, each from a seed of its own.
    protected int seeds() {
        return Integer.getInteger("everfold.history.seeds", 3);
    }

    /// How many steps each client makes.
    protected int calls() {
        return Integer.getInteger("everfold.history.calls", 150);
    }

    @Test
    @Timeout(120)
    void concurrent_clients_are_told_nothing_that_breaks_a_rule() throws InterruptedException {
        History history = History.EMPTY;
        for (long seed = SEED; seed < SEED + seeds(); seed++) {
            History next = new HistoryWorkload(seed, CLIENTS, calls()).run(store);
            if (fixture instanceof RestartableFixture restartable) {
                store.close();
                store = restartable.reopen(clock, limits());
                history = history.followedBy(next);
            } else {
                history = history.besides(next);
            }
        }

        assertThat(HistoryChecker.check(history, log()))
                .as("Seeds %s to %s. Repeat them: -Deverfold.seed=%s", SEED, SEED + seeds() - 1, SEED)
                .isEmpty();
        assertThat(store.read(Read.all()).toList()).isNotEmpty();
        assertThat(history.count(Answer.Accepted.class)).isPositive();
        assertThat(history.count(Answer.Refused.class)).isPositive();
    }
}
