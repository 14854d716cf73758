package dev.everfold.cli.bench;

/// What one workload reached in one round.
///
/// @param perSecond events, appends or syncs a second, as the workload counts
/// @param p50Micros half of the calls took no longer, in microseconds; 0 where there are no single calls
/// @param p99Micros 99 % of the calls took no longer, in microseconds
public record Measurement(double perSecond, double p50Micros, double p99Micros) {

    /// Nothing was measured.
    static final Measurement NONE = new Measurement(0, 0, 0);

    /// A rate without single calls.
    public static Measurement rate(long count, long nanos) {
        return new Measurement(count * 1e9 / Math.max(nanos, 1), 0, 0);
    }

    /// A rate with the durations of its single calls.
    public static Measurement of(long count, long nanos, Latencies latencies) {
        return new Measurement(
                count * 1e9 / Math.max(nanos, 1), latencies.quantileMicros(0.5), latencies.quantileMicros(0.99));
    }
}
