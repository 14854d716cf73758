package dev.everfold.benchmarks.peers;

import dev.everfold.cli.bench.Measurement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/// Medians over the rounds, as tables in Markdown: a row for each store, a column for each workload. For
/// one thread.
public final class ComparisonTables {

    private final String counted;
    private final Map<String, Map<String, List<Measurement>>> byStore = new LinkedHashMap<>();
    private final Set<String> workloads = new LinkedHashSet<>();

    /// Empty tables.
    ///
    /// @param counted what the rates count, as a heading begins: `Events`
    public ComparisonTables(String counted) {
        this.counted = counted;
    }

    /// Adds what a store reached in one round of a workload; rows and columns appear in the order of first
    /// use.
    public void add(String store, String workload, Measurement measurement) {
        workloads.add(workload);
        byStore.computeIfAbsent(store, _ -> new LinkedHashMap<>())
                .computeIfAbsent(workload, _ -> new ArrayList<>())
                .add(measurement);
    }

    /// A table of medians, one of spreads and one of latencies.
    public String markdown() {
        return table(counted + " a second, median", measured -> whole(median(measured, Measurement::perSecond)))
                + table(
                        counted + " a second, lowest .. highest",
                        measured -> whole(sorted(measured, Measurement::perSecond)[0]) + " .. "
                                + whole(sorted(measured, Measurement::perSecond)[measured.size() - 1]))
                + table(
                        "Latency of a call, p50 / p99 in µs",
                        measured -> whole(median(measured, Measurement::p50Micros)) + " / "
                                + whole(median(measured, Measurement::p99Micros)));
    }

    /// Shows one workload's measurements in a cell.
    @FunctionalInterface
    private interface Cell {
        String of(List<Measurement> measured);
    }

    private String table(String title, Cell cell) {
        StringBuilder text = new StringBuilder("**").append(title).append("**\n\n|");
        workloads.forEach(workload -> text.append(" | ").append(workload));
        text.append(" |\n|").append(" ---|".repeat(workloads.size() + 1)).append('\n');
        byStore.forEach((store, measured) -> {
            text.append("| ").append(store);
            workloads.forEach(workload -> text.append(" | ")
                    .append(measured.containsKey(workload) ? cell.of(measured.getOrDefault(workload, List.of())) : ""));
            text.append(" |\n");
        });
        return text.append('\n').toString();
    }

    private static double median(List<Measurement> measured, ToDoubleFunction<Measurement> figure) {
        double[] sorted = sorted(measured, figure);
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    private static double[] sorted(List<Measurement> measured, ToDoubleFunction<Measurement> figure) {
        return measured.stream().mapToDouble(figure).sorted().toArray();
    }

    private static String whole(double number) {
        return String.format(Locale.ROOT, "%,.0f", number);
    }
}
