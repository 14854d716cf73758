package dev.everfold.cli;

import dev.everfold.eventstore.RecordedEvent;
import java.util.List;

/// Events as rows of a table, one line each, that fits the terminal. The data gets what is left.
final class EventTable implements EventPrinter {

    private final TextTable table;

    EventTable(Output out, int width) {
        table = new TextTable(
                out,
                width,
                List.of(
                        TextTable.Column.number("position"),
                        TextTable.Column.number("revision"),
                        TextTable.Column.time("time"),
                        TextTable.Column.text("stream", 30),
                        TextTable.Column.text("type", 18),
                        TextTable.Column.text("tags", 15),
                        TextTable.Column.text("data", 100)));
    }

    @Override
    public void print(RecordedEvent event) {
        String data = isText(event.contentType())
                ? table.cell(event.data().utf8())
                : event.data().length() + " bytes of " + table.cell(event.contentType());
        table.row(List.of(
                Long.toString(event.position()),
                Long.toString(event.revision()),
                event.occurred().orElseGet(event::recorded).toString(),
                table.cell(event.stream()),
                table.cell(event.type()),
                table.cell(String.join(",", event.tags())),
                data));
    }

    @Override
    public void flush() {
        table.flush();
    }

    private static boolean isText(String contentType) {
        return contentType.contains("json") || contentType.contains("xml") || contentType.startsWith("text/");
    }
}
