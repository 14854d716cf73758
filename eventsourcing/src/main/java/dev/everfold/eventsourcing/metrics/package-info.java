/// Meters of Micrometer for what runs: [ConsumerMetrics].
///
/// The only package that needs `io.micrometer:micrometer-core`, which the application brings.
@NullMarked
package dev.everfold.eventsourcing.metrics;

import org.jspecify.annotations.NullMarked;
