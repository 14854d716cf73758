package dev.everfold.cli.bench;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Query;
import java.time.Duration;

/// What one more [dev.everfold.eventstore.AppendCondition.NothingMatching] costs in an append.
///
/// One client appends with and without 100 conditions by turns; each condition is about a tag that many
/// events carry, none since the position that it names. The difference of the two medians, divided by 100,
/// holds everything that a condition needs: its checks at the door, its hashes, the writer's decision.
final class ConditionCost implements Workload {

    private static final int CONDITIONS = BenchEvents.TENANTS;

    private final EventStore store;

    ConditionCost(EventStore store) {
        this.store = store;
    }

    @Override
    public String name() {
        return "one NothingMatching more";
    }

    @Override
    public String unit() {
        return "checks/s";
    }

    @Override
    public Measurement run(Duration duration) {
        Latencies without = new Latencies();
        Latencies with = new Latencies();
        long begin = System.nanoTime();
        for (int number = 0; System.nanoTime() - begin < duration.toNanos(); number++) {
            timedAppend(plain(number), without);
            timedAppend(conditional(number), with);
        }
        double micros = difference(without, with, 0.5);
        return new Measurement(1e6 / micros, micros, difference(without, with, 0.99));
    }

    /// At least a nanosecond, since a disk may make the plain append the slower one.
    private static double difference(Latencies without, Latencies with, double part) {
        return Math.max((with.quantileMicros(part) - without.quantileMicros(part)) / CONDITIONS, 0.001);
    }

    private static Append plain(int number) {
        return Append.of(BenchEvents.event("conditions", "conditions:" + number, number));
    }

    private Append conditional(int number) {
        long seen = store.nextPosition();
        Append append = plain(number);
        for (int tag = 0; tag < CONDITIONS; tag++) {
            append = append.unless(Query.tags(BenchEvents.tenantTag(tag)), seen);
        }
        return append;
    }

    private void timedAppend(Append append, Latencies latencies) {
        long before = System.nanoTime();
        store.append(append);
        latencies.record(System.nanoTime() - before);
    }
}
