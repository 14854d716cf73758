package dev.everfold.cli;

import dev.everfold.eventstore.RecordedEvent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Events as rows of a table, one line each, that fits the terminal.
///
/// The first rows decide how wide the columns are, so that any number of events can follow without
/// being kept; what is wider later is shortened. The data gets what is left.
final class EventTable implements EventPrinter {

    private static final int ROWS_MEASURED_MAX = 100;
    private static final int DATA_WIDTH_MIN = 16;
    private static final List<String> HEADER =
            List.of("position", "revision", "time", "stream", "type", "tags", "data");
    private static final int NUMBERS = 2;
    private static final int DATA = HEADER.size() - 1;
    /// Widest that a column gets, as parts of 100 of the terminal's width; 0 = as wide as its content.
    private static final int[] SHARE = {0, 0, 0, 30, 18, 15, 100};

    private final Output out;
    private final int width;
    private final List<List<String>> waiting = new ArrayList<>();
    private int[] widths = new int[0];

    EventTable(Output out, int width) {
        this.out = out;
        this.width = width;
    }

    @Override
    public void print(RecordedEvent event) {
        List<String> row = row(event);
        if (widths.length > 0) {
            printRow(row);
            return;
        }
        waiting.add(row);
        if (waiting.size() == ROWS_MEASURED_MAX) {
            printWaiting();
        }
    }

    @Override
    public void flush() {
        if (!waiting.isEmpty()) {
            printWaiting();
        }
        out.flush();
    }

    private List<String> row(RecordedEvent event) {
        int textMax = Math.max(width, 1);
        String data = isText(event.contentType())
                ? SafeText.shortened(event.data().utf8(), textMax)
                : event.data().length() + " bytes of " + SafeText.shortened(event.contentType(), textMax);
        return List.of(
                Long.toString(event.position()),
                Long.toString(event.revision()),
                event.occurred().orElseGet(event::recorded).toString(),
                SafeText.shortened(event.stream(), textMax),
                SafeText.shortened(event.type(), textMax),
                SafeText.shortened(String.join(",", event.tags()), textMax),
                data);
    }

    private static boolean isText(String contentType) {
        return contentType.contains("json") || contentType.contains("xml") || contentType.startsWith("text/");
    }

    private void printWaiting() {
        widths = measured();
        printRow(HEADER);
        waiting.forEach(this::printRow);
        waiting.clear();
    }

    private int[] measured() {
        int[] measured = new int[HEADER.size()];
        for (int column = 0; column < DATA; column++) {
            measured[column] = length(HEADER.get(column));
            for (List<String> row : waiting) {
                measured[column] = Math.max(measured[column], length(row.get(column)));
            }
            if (SHARE[column] > 0) {
                int most = Math.max(width * SHARE[column] / 100, length(HEADER.get(column)));
                measured[column] = Math.min(measured[column], most);
            }
        }
        int taken = Arrays.stream(measured).sum() + 2 * DATA;
        measured[DATA] = Math.max(width - taken, DATA_WIDTH_MIN);
        return measured;
    }

    private void printRow(List<String> row) {
        StringBuilder line = new StringBuilder(width + 16);
        for (int column = 0; column < row.size(); column++) {
            // A number is never shortened: a part of it would be another number.
            String cell = column < NUMBERS ? row.get(column) : SafeText.shortened(row.get(column), widths[column]);
            String padding = " ".repeat(Math.max(widths[column] - length(cell), 0));
            if (column < NUMBERS) {
                line.append(padding).append(cell).append("  ");
            } else {
                line.append(cell).append(column == DATA ? "" : padding + "  ");
            }
        }
        out.line(line.toString().stripTrailing());
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
