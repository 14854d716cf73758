package dev.everfold.cli;

import dev.everfold.cli.bench.Row;
import java.util.List;
import java.util.Locale;

/// Shows the rows of a benchmark in 100 columns.
final class BenchTable {

    private static final String COLUMNS = "%-28s%11s%11s%8s%8s%12s%8s%7s%7s";

    private BenchTable() {}

    static void print(List<Row> rows, Output out) {
        String section = "";
        for (Row row : rows) {
            if (!row.section().equals(section)) {
                section = row.section();
                out.line("");
                out.line(section);
                out.line(COLUMNS.formatted(
                        "", "per second", "spread", "p50 µs", "p99 µs", "limit", "p99 µs", "÷limit", "÷raw"));
            }
            String line = COLUMNS.formatted(
                    row.name(),
                    whole(row.perSecond()),
                    spread(row),
                    micros(row.p50Micros()),
                    micros(row.p99Micros()),
                    row.limit() == 0 ? "" : whole(row.limit()),
                    micros(row.limitP99Micros()),
                    number(row.toLimit()),
                    number(row.toRaw()));
            out.line(line.stripTrailing());
        }
    }

    /// Lowest and highest round, in percent of the median.
    private static String spread(Row row) {
        return String.format(
                Locale.ROOT,
                "%+.0f%+.0f%%",
                row.lowest() / row.perSecond() * 100 - 100,
                row.highest() / row.perSecond() * 100 - 100);
    }

    private static String whole(double number) {
        return String.format(Locale.ROOT, "%,.0f", number);
    }

    /// From a second on in seconds, so that it fits.
    private static String micros(double micros) {
        return micros < 1_000_000 ? number(micros) : number(micros / 1_000_000) + " s";
    }

    /// Three digits or more, as the size asks for; nothing for 0.
    private static String number(double number) {
        if (number == 0) {
            return "";
        }
        if (number >= 100) {
            return whole(number);
        }
        return String.format(Locale.ROOT, number >= 10 ? "%.1f" : number >= 1 ? "%.2f" : "%.3f", number);
    }
}
