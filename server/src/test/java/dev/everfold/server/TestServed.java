package dev.everfold.server;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.kurrent.KurrentServices;
import dev.everfold.kurrent.NodeAddress;
import dev.everfold.server.security.Sight;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.util.Optional;

/// What HTTP gives access to, without anything in it.
final class TestServed {

    private TestServed() {}

    static Served empty() {
        EventStore store = new InMemoryEventStore();
        return new Served(
                store,
                () -> Sight.WHOLE,
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                KurrentServices.over(
                        store, new NodeAddress(Optional.of("localhost"), () -> 2113), Clock.systemUTC(), () -> {}),
                Application.NONE,
                () -> true);
    }
}
