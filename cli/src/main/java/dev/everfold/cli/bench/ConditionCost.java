package dev.everfold.cli.bench;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendCondition;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// What one more [AppendCondition.NothingMatching] costs in an append.
///
/// A client sends 64 appends at a time, by turns with and without 100 conditions each; each condition is
/// about a tag that many events carry, none since the position that it names. The difference of the two
/// medians, divided by the conditions, holds everything that a condition needs after it was made: the
/// checks at the door, its hashes, the writer's decision.
final class ConditionCost implements Workload {

    private static final int APPENDS = 64;
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
        do {
            timedAppends(appends(List.of()), without);
            timedAppends(appends(conditions()), with);
        } while (System.nanoTime() - begin < duration.toNanos());
        double micros = difference(without, with, 0.5);
        return new Measurement(1e6 / micros, micros, difference(without, with, 0.99));
    }

    /// At least ten nanoseconds, since a disk may make the appends without conditions the slower ones.
    private static double difference(Latencies without, Latencies with, double part) {
        double micros = with.quantileMicros(part) - without.quantileMicros(part);
        return Math.max(micros / (APPENDS * CONDITIONS), 0.01);
    }

    private List<AppendCondition> conditions() {
        long seen = store.nextPosition();
        List<AppendCondition> conditions = new ArrayList<>();
        for (int tag = 0; tag < CONDITIONS; tag++) {
            conditions.add(new AppendCondition.NothingMatching(Query.tags(BenchEvents.tenantTag(tag)), seen));
        }
        return conditions;
    }

    /// Their events carry none of the tags of the conditions, so all are accepted.
    private static List<Append> appends(List<AppendCondition> conditions) {
        List<Append> appends = new ArrayList<>();
        for (int number = 0; number < APPENDS; number++) {
            NewEvent event =
                    BenchEvents.event("conditions", "conditions", number).withTags("conditions");
            appends.add(new Append(event.id(), List.of(event), conditions, Optional.empty()));
        }
        return appends;
    }

    private void timedAppends(List<Append> appends, Latencies latencies) {
        long before = System.nanoTime();
        appends.stream().map(store::appendAsync).toList().forEach(CompletableFuture::join);
        latencies.record(System.nanoTime() - before);
    }
}
