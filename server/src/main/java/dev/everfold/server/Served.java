package dev.everfold.server;

import dev.everfold.eventstore.EventStore;
import dev.everfold.kurrent.KurrentServices;
import dev.everfold.server.security.Sight;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// What HTTP gives access to.
///
/// @param store as those see it who come by HTTP
/// @param sight tells what the caller of a request sees of it
/// @param meters what `/metrics` shows
/// @param kurrent whose groups of subscribers are shown
/// @param application what the application gives the console
/// @param ready whether appends and reads are taken
record Served(
        EventStore store,
        Supplier<Sight> sight,
        PrometheusMeterRegistry meters,
        KurrentServices kurrent,
        Application application,
        BooleanSupplier ready) {}
