package dev.everfold.cli;

import dev.everfold.cli.audit.AuditEntry;
import dev.everfold.cli.audit.LinkedEvent;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/// An audit for spreadsheets. The heading comes first, also when nothing follows.
final class AuditCsv implements AuditPrinter {

    private static final List<String> HEADING = List.of(
            "position",
            "recorded",
            "occurred",
            "actor",
            "reason",
            "stream",
            "revision",
            "type",
            "id",
            "correlation",
            "command",
            "causation",
            "causationPosition",
            "causationType",
            "compensates",
            "compensatesPosition",
            "compensatesType",
            "compensatedBy",
            "compensatedByPosition",
            "compensations");

    private final Output out;

    AuditCsv(Output out) {
        this.out = out;
        out.print(CsvLine.of(HEADING));
    }

    @Override
    public void print(AuditEntry entry) {
        out.print(CsvLine.of(List.of(
                Long.toString(entry.position()),
                entry.recorded().toString(),
                text(entry.occurred(), Object::toString),
                entry.actor().orElse(""),
                entry.reason().orElse(""),
                entry.stream(),
                Long.toString(entry.revision()),
                entry.type(),
                entry.id().toString(),
                entry.correlation().orElse(""),
                text(entry.command(), UUID::toString),
                text(entry.causation(), LinkedEvent::id),
                text(entry.causation(), AuditCsv::position),
                text(entry.causation(), AuditCsv::type),
                text(entry.compensates(), LinkedEvent::id),
                text(entry.compensates(), AuditCsv::position),
                text(entry.compensates(), AuditCsv::type),
                all(entry.compensatedBy(), LinkedEvent::id),
                all(entry.compensatedBy(), AuditCsv::position),
                Long.toString(entry.compensations()))));
    }

    @Override
    public void flush() {
        out.flush();
    }

    private static String position(LinkedEvent link) {
        return text(link.place(), place -> Long.toString(place.position()));
    }

    private static String type(LinkedEvent link) {
        return text(link.place(), LinkedEvent.Place::type);
    }

    private static <T> String text(Optional<T> value, Function<? super T, String> format) {
        return value.map(format).orElse("");
    }

    private static String all(List<LinkedEvent> links, Function<LinkedEvent, String> format) {
        return links.stream().map(format).collect(Collectors.joining(" "));
    }
}
