package dev.everfold.eventsourcing.metrics;

import dev.everfold.eventsourcing.subscription.ConsumerState;
import dev.everfold.eventsourcing.subscription.ConsumerStatus;
import dev.everfold.eventsourcing.subscription.EventConsumer;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/// The meters of consumers in one registry. For one thread at a time.
///
/// Functions of meters take the consumer as their argument and hold none: the registry keeps that argument weakly.
final class ConsumerMeters {

    private static final String PREFIX = "everfold.consumer.";
    private static final String EVENTS = "events";

    private final MeterRegistry registry;
    private final Tags tags;
    private final Map<EventConsumer, List<Meter>> shown = new HashMap<>();

    ConsumerMeters(MeterRegistry registry, Tags tags) {
        this.registry = registry;
        this.tags = tags;
    }

    /// Makes the meters those of these consumers. Old ones go first, since another consumer may have the same name.
    void show(List<EventConsumer> running) {
        shown.entrySet().removeIf(each -> {
            boolean isGone = !running.contains(each.getKey());
            if (isGone) {
                each.getValue().forEach(registry::remove);
            }
            return isGone;
        });
        running.forEach(consumer -> shown.computeIfAbsent(consumer, this::add));
    }

    private List<Meter> add(EventConsumer consumer) {
        Tags of = tags.and("name", consumer.name(), "kind", consumer.status().kind());
        List<Meter> meters = new ArrayList<>();
        meters.add(gauge(consumer, of, "position", ConsumerStatus::position)
                .description("The next position that the consumer will read")
                .register(registry));
        meters.add(gauge(consumer, of, "lag", ConsumerStatus::lagEvents)
                .description("Events of the log that are still before the consumer")
                .baseUnit(EVENTS)
                .register(registry));
        meters.add(time(consumer, of, "lag.time", status -> status.lag().toMillis())
                .description("Age of the newest event that was handled, while there are more")
                .register(registry));
        meters.add(counter(consumer, of, "handled", ConsumerStatus::handled)
                .description("Events that were handled")
                .baseUnit(EVENTS)
                .register(registry));
        meters.add(gauge(consumer, of, "rate", ConsumerStatus::eventsPerSecond)
                .description("Events that were handled in a second, of the last seconds")
                .baseUnit("events_per_second")
                .register(registry));
        meters.add(counter(consumer, of, "retries", ConsumerStatus::retries)
                .description("Steps that were tried again")
                .register(registry));
        meters.add(gauge(consumer, of, "parked", ConsumerStatus::parked)
                .description("Events that are parked")
                .baseUnit(EVENTS)
                .register(registry));
        meters.add(gauge(consumer, of, "failure", status -> status.lastFailure().isPresent() ? 1 : 0)
                .description("1 when a step has failed since the start of the consumer, else 0")
                .register(registry));
        meters.add(time(consumer, of, "failure.time", ConsumerMeters::failureMillis)
                .description("When a step failed last, since 1970; 0 = never")
                .register(registry));
        for (ConsumerState state : ConsumerState.values()) {
            Tags with = of.and("state", state.name().toLowerCase(Locale.ROOT));
            meters.add(gauge(consumer, with, "state", status -> status.state() == state ? 1 : 0)
                    .description("1 for what the consumer is doing, 0 for all else")
                    .register(registry));
        }
        return meters;
    }

    private static double failureMillis(ConsumerStatus status) {
        return status.lastFailure()
                .map(failure -> failure.time().toEpochMilli())
                .orElse(0L);
    }

    private static Gauge.Builder<EventConsumer> gauge(
            EventConsumer consumer, Tags tags, String name, ToDoubleFunction<ConsumerStatus> value) {
        return Gauge.builder(PREFIX + name, consumer, of(value)).tags(tags);
    }

    private static TimeGauge.Builder<EventConsumer> time(
            EventConsumer consumer, Tags tags, String name, ToDoubleFunction<ConsumerStatus> millis) {
        return TimeGauge.builder(PREFIX + name, consumer, TimeUnit.MILLISECONDS, of(millis))
                .tags(tags);
    }

    private static FunctionCounter.Builder<EventConsumer> counter(
            EventConsumer consumer, Tags tags, String name, ToDoubleFunction<ConsumerStatus> value) {
        return FunctionCounter.builder(PREFIX + name, consumer, of(value)).tags(tags);
    }

    private static ToDoubleFunction<EventConsumer> of(ToDoubleFunction<ConsumerStatus> value) {
        return consumer -> value.applyAsDouble(consumer.status());
    }
}
