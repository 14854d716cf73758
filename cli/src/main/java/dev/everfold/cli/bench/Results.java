package dev.everfold.cli.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// Collects what the rounds measured and makes rows of it: medians over the rounds. A ratio is taken
/// between neighbours within a round, and the median is that of the ratios.
final class Results {

    /// The part of the table that a row belongs to, in order.
    enum Section {
        RAW("Raw disk: one thread overwrites 4 KiB of a file of zeros, fdatasync after each"),
        RAW_COMMITS("Raw commits: one thread stores rows of 256 bytes in a bare table, a commit each"),
        RAW_CALLS("Raw calls: one thread asks the server where the log ends"),
        APPENDS("Durable appends, clients × events of 256 bytes; limit = bare writer (no names, no index)"),
        REMOTE_APPENDS("Durable appends, clients × events of 256 bytes; limit = the embedded log in this process"),
        CONDITIONS("Conditional appends; limit = the same clients without a condition"),
        READS("Reads by one thread, every field decoded, checksums checked; limit = bare reader"),
        KURRENT("KurrentDB's protocol; limit = empty calls for Append, everfold.v1 for BatchAppend"),
        IDLE("Idle subscriptions by KurrentDB's protocol; p50 and p99 until the event has come");

        private final String title;

        Section(String title) {
            this.title = title;
        }

        String title() {
            return title;
        }
    }

    private record Sample(Measurement measured, Measurement limit, double raw) {}

    /// Which row.
    ///
    /// @param section where it stands
    /// @param name of the workload
    /// @param unit what it counts
    record Key(Section section, String name, String unit) {}

    private final Map<Key, List<Sample>> samples = new LinkedHashMap<>();

    /// Adds what one workload reached in one round.
    ///
    /// @param limit what it is compared with reached in the same round, or [Measurement#NONE]
    /// @param raw syncs a second in the same round; 0 = it has nothing to do with the disk
    void add(Key key, Measurement measured, Measurement limit, double raw) {
        samples.computeIfAbsent(key, _ -> new ArrayList<>()).add(new Sample(measured, limit, raw));
    }

    List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (Section section : Section.values()) {
            samples.forEach((key, all) -> {
                if (key.section() == section) {
                    rows.add(row(key, all));
                }
            });
        }
        return rows;
    }

    private static Row row(Key key, List<Sample> all) {
        double[] rates = sorted(all, sample -> sample.measured().perSecond());
        return new Row(
                key.section().title(),
                key.name(),
                key.unit(),
                median(rates),
                rates[0],
                rates[rates.length - 1],
                median(sorted(all, sample -> sample.measured().p50Micros())),
                median(sorted(all, sample -> sample.measured().p99Micros())),
                median(sorted(all, sample -> sample.limit().perSecond())),
                median(sorted(all, sample -> sample.limit().p50Micros())),
                median(sorted(all, sample -> sample.limit().p99Micros())),
                median(sorted(
                        all,
                        sample -> ratio(
                                sample.measured().perSecond(), sample.limit().perSecond()))),
                median(sorted(all, sample -> ratio(sample.measured().perSecond(), sample.raw()))));
    }

    private static double ratio(double rate, double to) {
        return to == 0 ? 0 : rate / to;
    }

    private static double[] sorted(List<Sample> all, ToDoubleFunction<Sample> figure) {
        return all.stream().mapToDouble(figure).sorted().toArray();
    }

    private static double median(double[] sorted) {
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
}
