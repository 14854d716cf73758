package dev.everfold.cli;

import dev.everfold.cli.audit.AuditEntry;
import dev.everfold.cli.audit.LinkedEvent;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// An audit for people: whole seconds, and links by position. The reason gets what is left.
final class AuditTable implements AuditPrinter {

    private static final int ID_CHARACTERS = 8;

    private final TextTable table;

    AuditTable(Output out, int width) {
        table = new TextTable(
                out,
                width,
                List.of(
                        TextTable.Column.number("position"),
                        TextTable.Column.time("recorded"),
                        TextTable.Column.time("occurred"),
                        TextTable.Column.text("actor", 12),
                        TextTable.Column.text("type", 16),
                        TextTable.Column.text("stream", 18),
                        TextTable.Column.text("links", 30),
                        TextTable.Column.text("reason", 100)));
    }

    @Override
    public void print(AuditEntry entry) {
        table.row(List.of(
                Long.toString(entry.position()),
                seconds(entry.recorded()),
                entry.occurred().map(AuditTable::seconds).orElse(""),
                table.cell(entry.actor().orElse("")),
                table.cell(entry.type()),
                table.cell(entry.stream()),
                table.cell(links(entry)),
                table.cell(entry.reason().orElse(""))));
    }

    @Override
    public void flush() {
        table.flush();
    }

    private static String seconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static String links(AuditEntry entry) {
        List<String> links = new ArrayList<>(3);
        entry.causation().ifPresent(cause -> links.add("caused by " + place(cause)));
        entry.compensates().ifPresent(target -> links.add("compensates " + place(target)));
        if (entry.compensations() > 0) {
            long more = entry.compensations() - entry.compensatedBy().size();
            links.add(entry.compensatedBy().stream()
                    .map(AuditTable::place)
                    .collect(Collectors.joining("+"))
                    .transform(places -> "compensated by " + places + (more > 0 ? "+" + more + " more" : "")));
        }
        return String.join(", ", links);
    }

    /// The position; the beginning of the id of what is not in the store, such as a command.
    private static String place(LinkedEvent link) {
        return link.place().map(place -> Long.toString(place.position())).orElseGet(() -> {
            String id = link.id();
            return id.codePointCount(0, id.length()) <= ID_CHARACTERS
                    ? id
                    : id.substring(0, id.offsetByCodePoints(0, ID_CHARACTERS)) + "…";
        });
    }
}
