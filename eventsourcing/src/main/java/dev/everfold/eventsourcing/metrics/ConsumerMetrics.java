package dev.everfold.eventsourcing.metrics;

import dev.everfold.eventsourcing.ConsumerWatch;
import dev.everfold.eventsourcing.Everfold;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.ArrayList;
import java.util.List;

/// Meters for every subscription, projection and reaction of an [Everfold]: how far each is, how far behind, how fast,
/// and what went wrong. They are there from its start until it is closed.
///
/// ```java
/// ConsumerMetrics metrics = ConsumerMetrics.of(everfold);
/// metrics.bindTo(registry);
/// ```
///
/// Each has the tags `name` and `kind` (`subscription`, `projection`, `reaction`). `docs/reference/metrics.md` lists
/// them. All values are read when the registry asks, from
/// [ConsumerStatus][dev.everfold.eventsourcing.subscription.ConsumerStatus]; nothing is counted twice and handling an
/// event costs nothing more.
///
/// **Who holds whom.** The registry refers to a consumer weakly, and to nothing else of Everfold. The [Everfold]
/// holds the registry until this, or it, is closed. Safe for many threads.
public final class ConsumerMetrics implements MeterBinder, AutoCloseable {

    private final Everfold everfold;
    private final Tags tags;

    /// Guarded by this.
    private final List<Bound> bound = new ArrayList<>();

    private record Bound(ConsumerWatch watch, ConsumerMeters meters) {}

    private ConsumerMetrics(Everfold everfold, Tags tags) {
        this.everfold = everfold;
        this.tags = tags;
    }

    /// For what runs in this Everfold, now and later.
    public static ConsumerMetrics of(Everfold everfold) {
        return of(everfold, Tags.empty());
    }

    /// For what runs in this Everfold, with further tags: needed to tell two of them apart in one registry, since a
    /// registry keeps the first of two meters with the same name and tags.
    public static ConsumerMetrics of(Everfold everfold, Iterable<Tag> tags) {
        return new ConsumerMetrics(everfold, Tags.of(tags));
    }

    /// Adds meters to a registry, for each consumer that runs, and for those that are started later.
    @Override
    public synchronized void bindTo(MeterRegistry registry) {
        ConsumerMeters meters = new ConsumerMeters(registry, tags);
        bound.add(new Bound(everfold.watchConsumers(meters::show), meters));
    }

    /// Takes all meters out of all registries. May be called more than once.
    @Override
    public synchronized void close() {
        for (Bound each : bound) {
            each.watch().close();
            each.meters().show(List.of());
        }
        bound.clear();
    }
}
