package dev.everfold.eventsourcing.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.EverfoldOptions;
import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventMetadata;
import dev.everfold.eventsourcing.codec.EventType;
import dev.everfold.eventsourcing.projection.MemoryReadModel;
import dev.everfold.eventsourcing.projection.MemoryRows;
import dev.everfold.eventsourcing.projection.Projection;
import dev.everfold.eventsourcing.projection.RunningProjection;
import dev.everfold.eventsourcing.reaction.Reacted;
import dev.everfold.eventsourcing.reaction.Reaction;
import dev.everfold.eventsourcing.subscription.Backoff;
import dev.everfold.eventsourcing.subscription.ConsumerOptions;
import dev.everfold.eventsourcing.subscription.EventConsumer;
import dev.everfold.eventsourcing.subscription.FailurePolicy;
import dev.everfold.eventsourcing.subscription.StartAt;
import dev.everfold.eventsourcing.subscription.Subscription;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.Limits;
import dev.everfold.testkit.DocumentedCode;
import dev.everfold.testkit.MutableClock;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConsumerMetricsTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String NOON = "2026-03-01T12:00:00Z";
    private static final ConsumerOptions FAST =
            ConsumerOptions.DEFAULTS.withBackoff(new Backoff(Duration.ZERO, Duration.ZERO));

    sealed interface AccountEvent {
        @EventType("account.deposited")
        record Deposited(String account, long cents) implements AccountEvent {}
    }

    private static final EventCodec<AccountEvent> CODEC = EventCodec.of(AccountEvent.class);

    private final MutableClock clock = MutableClock.at(NOON);
    private final InMemoryEventStore store = new InMemoryEventStore(clock, Limits.DEFAULTS);
    private final Everfold everfold =
            Everfold.on(store, EverfoldOptions.defaults().withClock(clock));
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private static Projection<MemoryRows<String, Long>> balances() {
        return Projection.of("balances", CODEC, (rows, event, _) -> {
            switch (event) {
                case AccountEvent.Deposited deposited
                when deposited.cents() < 0 -> throw new IllegalArgumentException("less than nothing");
                case AccountEvent.Deposited deposited -> rows.merge(deposited.account(), deposited.cents(), Long::sum);
            }
        });
    }

    private RunningProjection<?> started() {
        return everfold.start(
                balances().options(FAST.onFailure(3, FailurePolicy.PARK)), MemoryReadModel.<String, Long>empty());
    }

    private void deposit(String account, long cents) {
        store.append(Append.of(
                CODEC.encode("account-" + account, new AccountEvent.Deposited(account, cents), EventMetadata.none())));
    }

    private double value(String meter, String... tags) {
        return registry.get("everfold.consumer." + meter)
                .tags(Tags.of(tags))
                .meter()
                .measure()
                .iterator()
                .next()
                .getValue();
    }

    @AfterEach
    void close() {
        everfold.close();
        store.close();
    }

    @Test
    void how_a_projection_does_is_what_its_meters_say() throws InterruptedException {
        deposit("alice", 500);
        deposit("bob", 7);
        ConsumerMetrics.of(everfold).bindTo(registry);
        RunningProjection<?> projection = started();
        projection.awaitCaughtUp(SOON);
        projection.pause();
        clock.set(clock.instant().plus(Duration.ofSeconds(90)));
        deposit("alice", 1);

        assertThat(value("position", "name", "balances", "kind", "projection")).isEqualTo(2);
        assertThat(value("lag")).isEqualTo(1);
        assertThat(value("lag.time")).isEqualTo(90);
        assertThat(value("handled")).isEqualTo(2);
        assertThat(value("rate")).isZero();
        assertThat(value("state", "state", "paused")).isEqualTo(1);
        assertThat(value("state", "state", "live")).isZero();

        projection.resume();
        projection.awaitCaughtUp(SOON);

        assertThat(value("position")).isEqualTo(3);
        assertThat(value("lag")).isZero();
        assertThat(value("lag.time")).isZero();
        assertThat(value("handled")).isEqualTo(3);
        assertThat(value("rate")).isEqualTo(1);
        assertThat(value("state", "state", "paused")).isZero();
    }

    @Test
    void what_went_wrong_is_seen() throws InterruptedException {
        ConsumerMetrics.of(everfold).bindTo(registry);
        RunningProjection<?> projection = started();
        deposit("alice", 500);
        projection.awaitCaughtUp(SOON);
        assertThat(value("failure")).isZero();
        assertThat(value("failure.time")).isZero();

        deposit("alice", -1);
        deposit("alice", 2);
        projection.awaitCaughtUp(SOON);

        assertThat(value("parked")).isEqualTo(2);
        assertThat(value("retries")).isEqualTo(2);
        assertThat(value("failure")).isEqualTo(1);
        assertThat(value("failure.time")).isCloseTo((double) clock.instant().getEpochSecond(), within(1e-3));
    }

    @Test
    void meters_are_there_from_the_start_of_a_consumer_until_it_is_closed() {
        EventConsumer mails = everfold.start(Subscription.each("mails", _ -> {}));
        ConsumerMetrics.of(everfold).bindTo(registry);
        RunningProjection<?> projection = started();
        everfold.start(Reaction.of("fulfilment", CODEC, new Progress("new"), (state, _) -> Reacted.to(state)));
        assertThat(consumers()).containsExactly("balances projection", "fulfilment reaction", "mails subscription");

        projection.close();
        mails.close();

        assertThat(consumers()).containsExactly("fulfilment reaction");
        started();
        assertThat(consumers()).containsExactly("balances projection", "fulfilment reaction");
        everfold.close();
        assertThat(registry.getMeters()).isEmpty();
    }

    record Progress(String word) {}

    private List<String> consumers() {
        return registry.find("everfold.consumer.position").gauges().stream()
                .map(gauge -> gauge.getId().getTag("name") + " " + gauge.getId().getTag("kind"))
                .sorted()
                .toList();
    }

    @Test
    void one_that_has_failed_is_seen_until_it_is_closed() {
        ConsumerMetrics.of(everfold).bindTo(registry);
        EventConsumer failed =
                everfold.start(Subscription.each("mails", _ -> {}).from(StartAt.position(5)));

        assertThatThrownBy(() -> failed.awaitHandled(9, SOON)).isInstanceOf(IllegalStateException.class);

        assertThat(value("state", "state", "failed")).isEqualTo(1);
        assertThat(value("failure")).isEqualTo(1);
        failed.close();
        assertThat(registry.getMeters()).isEmpty();
    }

    @Test
    void once_they_are_closed_the_registry_has_nothing_of_it_while_consumers_go_on() throws InterruptedException {
        SimpleMeterRegistry other = new SimpleMeterRegistry();
        RunningProjection<?> projection = started();
        ConsumerMetrics metrics = ConsumerMetrics.of(everfold);
        metrics.bindTo(registry);
        metrics.bindTo(other);
        assertThat(other.getMeters()).hasSameSizeAs(registry.getMeters()).isNotEmpty();

        metrics.close();
        metrics.close();
        everfold.start(Subscription.each("mails", _ -> {}));

        assertThat(registry.getMeters()).isEmpty();
        assertThat(other.getMeters()).isEmpty();
        deposit("alice", 500);
        assertThat(projection.awaitCaughtUp(SOON)).isTrue();
    }

    @Test
    void two_everfolds_are_told_apart_by_tags_of_their_own() {
        try (Everfold second = Everfold.open("memory:")) {
            ConsumerMetrics.of(everfold, Tags.of("store", "first")).bindTo(registry);
            ConsumerMetrics.of(second, Tags.of("store", "second")).bindTo(registry);
            deposit("alice", 500);
            started().pause();
            second.start(balances(), MemoryReadModel.empty()).pause();
            deposit("alice", 500);

            assertThat(value("lag", "store", "first")).isPositive();
            assertThat(value("lag", "store", "second")).isZero();
        }
    }

    @Test
    void prometheus_reads_them_under_the_names_that_the_reference_lists() throws Exception {
        PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        ConsumerMetrics.of(everfold).bindTo(prometheus);
        deposit("alice", 500);
        started().awaitCaughtUp(SOON);

        List<String> lines = prometheus.scrape().lines().toList();

        assertThat(lines)
                .contains(
                        "# TYPE everfold_consumer_position gauge",
                        "everfold_consumer_position{kind=\"projection\",name=\"balances\"} 1.0",
                        "everfold_consumer_lag_events{kind=\"projection\",name=\"balances\"} 0.0",
                        "everfold_consumer_lag_time_seconds{kind=\"projection\",name=\"balances\"} 0.0",
                        "# TYPE everfold_consumer_handled_events_total counter",
                        "everfold_consumer_handled_events_total{kind=\"projection\",name=\"balances\"} 1.0",
                        "everfold_consumer_state{kind=\"projection\",name=\"balances\",state=\"failed\"} 0.0");
        String reference = Files.readString(Path.of("../docs/reference/metrics.md"));
        assertThat(namesIn(lines))
                .hasSize(10)
                .allSatisfy(name -> assertThat(reference).contains("`" + name + "`"));
        assertThat(meters(prometheus)).allSatisfy(name -> assertThat(reference).contains("`" + name + "`"));
    }

    private static List<String> namesIn(List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith("everfold_"))
                .map(line -> line.substring(0, line.indexOf('{')))
                .distinct()
                .toList();
    }

    private static List<String> meters(MeterRegistry registry) {
        return registry.getMeters().stream()
                .map(Meter::getId)
                .map(Meter.Id::getName)
                .toList();
    }

    @Test
    void what_the_guide_shows_is_compiled() throws IOException {
        PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

        ConsumerMetrics metrics = ConsumerMetrics.of(everfold);
        metrics.bindTo(prometheus);

        Path here = Path.of("src/test/java/dev/everfold/eventsourcing/metrics/ConsumerMetricsTest.java");
        DocumentedCode.of(Path.of("../docs/how-to/observe-consumers.md")).assertThatBlocksAreIn(here);
    }
}
