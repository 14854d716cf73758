package dev.everfold.benchmarks.commands;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/// What each engine reaches of the first one's rate, and what a call costs in CPU time, as tables in
/// Markdown. For one thread.
public final class ShareTables {

    private final Map<String, Map<String, List<Round>>> byEngine = new LinkedHashMap<>();
    private final Set<String> workloads = new LinkedHashSet<>();

    /// What an engine reached in one round.
    private record Round(double perSecond, double cpuMicros) {}

    /// Empty tables.
    public ShareTables() {}

    /// Adds a round; all engines have the same number of them.
    public void add(String engine, String workload, double perSecond, double cpuMicros) {
        workloads.add(workload);
        byEngine.computeIfAbsent(engine, _ -> new LinkedHashMap<>())
                .computeIfAbsent(workload, _ -> new ArrayList<>())
                .add(new Round(perSecond, cpuMicros));
    }

    /// A table of shares and one of CPU times.
    public String markdown() {
        String first = byEngine.keySet().iterator().next();
        return table(
                        "Share of \"" + first + "\", median of the rounds' ratios (lowest .. highest)",
                        workload -> shares(first, workload))
                + table("CPU time of this process for one, median in µs; PostgreSQL's is not in it", this::cpu);
    }

    /// A column: what stands in the row of an engine that has this workload.
    @FunctionalInterface
    private interface Column {
        String cell(List<Round> rounds);
    }

    private Column shares(String first, String workload) {
        List<Round> whole = rounds(first, workload);
        return rounds -> {
            if (whole.isEmpty()) {
                return "";
            }
            double[] shares = new double[rounds.size()];
            for (int round = 0; round < shares.length; round++) {
                shares[round] =
                        100 * rounds.get(round).perSecond() / whole.get(round).perSecond();
            }
            Arrays.sort(shares);
            return String.format(
                    Locale.ROOT, "%.0f %% (%.0f .. %.0f)", median(shares), shares[0], shares[shares.length - 1]);
        };
    }

    private Column cpu(String workload) {
        return rounds -> {
            double[] sorted =
                    rounds.stream().mapToDouble(Round::cpuMicros).sorted().toArray();
            return String.format(Locale.ROOT, "%,.1f", median(sorted));
        };
    }

    private static double median(double[] sorted) {
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    private String table(String title, Function<String, Column> columns) {
        StringBuilder text = new StringBuilder("**").append(title).append("**\n\n|");
        workloads.forEach(workload -> text.append(" | ").append(workload));
        text.append(" |\n|").append(" ---|".repeat(workloads.size() + 1)).append('\n');
        for (String engine : byEngine.keySet()) {
            text.append("| ").append(engine);
            for (String workload : workloads) {
                List<Round> rounds = rounds(engine, workload);
                text.append(" | ")
                        .append(rounds.isEmpty() ? "" : columns.apply(workload).cell(rounds));
            }
            text.append(" |\n");
        }
        return text.append('\n').toString();
    }

    private List<Round> rounds(String engine, String workload) {
        return byEngine.getOrDefault(engine, Map.of()).getOrDefault(workload, List.of());
    }
}
