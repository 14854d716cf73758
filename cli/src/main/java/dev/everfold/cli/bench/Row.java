package dev.everfold.cli.bench;

/// A row of the results: medians over the rounds.
///
/// @param section what the row is about and what its limit is
/// @param name of the workload
/// @param unit what it counts
/// @param perSecond median rate
/// @param lowest the lowest rate of a round
/// @param highest the highest rate of a round
/// @param p50Micros median of the rounds' medians of one call, in microseconds; 0 = there are no calls
/// @param p99Micros median of the rounds' 99th percentiles of one call, in microseconds
/// @param limit median rate of what it is compared with, measured beside it; 0 = nothing
/// @param limitP50Micros median of the limit's medians of one call, in microseconds
/// @param limitP99Micros median of the limit's 99th percentiles of one call, in microseconds
/// @param toLimit median of the rounds' rate ÷ limit; 0 = nothing
/// @param toRaw median of the rounds' rate ÷ syncs a second of the raw disk; 0 = has nothing to do with it
public record Row(
        String section,
        String name,
        String unit,
        double perSecond,
        double lowest,
        double highest,
        double p50Micros,
        double p99Micros,
        double limit,
        double limitP50Micros,
        double limitP99Micros,
        double toLimit,
        double toRaw) {}
