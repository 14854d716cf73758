package dev.everfold.server.view;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/// What applications said of their projections, subscriptions and reactions: how far each has come.
///
/// Kept in memory, the last report of each name, and forgotten when none came for [#FORGOTTEN_AFTER]. Safe for use
/// by many threads.
public final class ConsumerReports {

    /// How long a report is kept.
    public static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(10);

    /// Most names that reports are kept of.
    public static final int CONSUMERS_MAX = 1_000;

    private final InstantSource clock;
    private final Map<String, Reported> reports = new ConcurrentSkipListMap<>();

    /// None yet.
    public ConsumerReports(InstantSource clock) {
        this.clock = clock;
    }

    /// One report.
    ///
    /// @param name of the consumer
    /// @param kind what it is
    /// @param position the next position that it will read
    /// @param status how it is, in a word
    /// @param detail more of that, or nothing
    public record Report(String name, String kind, long position, String status, String detail) {}

    private record Reported(Report report, Instant at) {}

    /// Keeps a report in place of the last one of its name.
    ///
    /// @throws IllegalArgumentException when reports of [#CONSUMERS_MAX] other names are kept
    public synchronized void keep(Report report) {
        forget();
        if (reports.size() >= CONSUMERS_MAX && !reports.containsKey(report.name())) {
            throw new IllegalArgumentException("There are reports of " + CONSUMERS_MAX
                    + " consumers, which is the most that are kept. Report under fewer names.");
        }
        reports.put(report.name(), new Reported(report, clock.instant()));
    }

    /// Reports by name, each with its lag behind the end of the log and its age.
    ///
    /// @param nextPosition the end of the log
    public List<Map<String, Object>> list(long nextPosition) {
        forget();
        Instant now = clock.instant();
        return reports.values().stream()
                .map(reported -> members(reported, nextPosition, now))
                .toList();
    }

    private static Map<String, Object> members(Reported reported, long nextPosition, Instant now) {
        Report report = reported.report();
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("name", report.name());
        members.put("kind", report.kind());
        members.put("position", report.position());
        members.put("lag", Math.max(0, nextPosition - report.position()));
        members.put("status", report.status());
        members.put("detail", report.detail());
        members.put("secondsAgo", Duration.between(reported.at(), now).toSeconds());
        return members;
    }

    private void forget() {
        Instant oldest = clock.instant().minus(FORGOTTEN_AFTER);
        reports.values().removeIf(reported -> reported.at().isBefore(oldest));
    }
}
