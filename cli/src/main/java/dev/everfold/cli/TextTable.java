package dev.everfold.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Rows of text, one line each, that fit the terminal.
///
/// The first rows decide how wide the columns are, so that any number of rows can follow without being
/// kept; what is wider later is shortened. The last column gets what is left. For one thread.
final class TextTable {

    private static final int ROWS_MEASURED_MAX = 100;
    private static final int LAST_WIDTH_MIN = 16;

    /// A column.
    ///
    /// @param name its heading
    /// @param share widest that it gets, as parts of 100 of the terminal's width; 0 = as wide as its content,
    ///     which is then never shortened: a part of a number would be another number
    /// @param isNumber whether it is aligned at the right
    record Column(String name, int share, boolean isNumber) {

        static Column number(String name) {
            return new Column(name, 0, true);
        }

        static Column time(String name) {
            return new Column(name, 0, false);
        }

        static Column text(String name, int share) {
            return new Column(name, share, false);
        }
    }

    private final Output out;
    private final int width;
    private final List<Column> columns;
    private final int last;
    private final List<List<String>> waiting = new ArrayList<>();
    private int[] widths = new int[0];

    TextTable(Output out, int width, List<Column> columns) {
        this.out = out;
        this.width = Math.max(width, 1);
        this.columns = List.copyOf(columns);
        this.last = columns.size() - 1;
    }

    /// The text as it may stand in a cell, or as much of it as a line can show.
    String cell(String text) {
        return SafeText.shortened(text, width);
    }

    /// Shows a row, at the latest when [#flush] is called.
    ///
    /// @param cells safe texts, one for each column
    void row(List<String> cells) {
        if (widths.length > 0) {
            printRow(cells);
            return;
        }
        waiting.add(cells);
        if (waiting.size() == ROWS_MEASURED_MAX) {
            printWaiting();
        }
    }

    /// Brings out what was held back.
    void flush() {
        if (!waiting.isEmpty()) {
            printWaiting();
        }
        out.flush();
    }

    private void printWaiting() {
        widths = measured();
        printRow(columns.stream().map(Column::name).toList());
        waiting.forEach(this::printRow);
        waiting.clear();
    }

    private int[] measured() {
        int[] measured = new int[columns.size()];
        for (int index = 0; index < last; index++) {
            Column column = columns.get(index);
            measured[index] = length(column.name());
            for (List<String> row : waiting) {
                measured[index] = Math.max(measured[index], length(row.get(index)));
            }
            if (column.share() > 0) {
                int most = Math.max(width * column.share() / 100, length(column.name()));
                measured[index] = Math.min(measured[index], most);
            }
        }
        int taken = Arrays.stream(measured).sum() + 2 * last;
        measured[last] = Math.max(width - taken, LAST_WIDTH_MIN);
        return measured;
    }

    private void printRow(List<String> row) {
        StringBuilder line = new StringBuilder(width + 16);
        for (int index = 0; index < row.size(); index++) {
            Column column = columns.get(index);
            String cell = column.share() == 0 ? row.get(index) : SafeText.shortened(row.get(index), widths[index]);
            String padding = " ".repeat(Math.max(widths[index] - length(cell), 0));
            if (column.isNumber()) {
                line.append(padding).append(cell).append("  ");
            } else {
                line.append(cell).append(index == last ? "" : padding + "  ");
            }
        }
        out.line(line.toString().stripTrailing());
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
