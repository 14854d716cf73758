package dev.everfold.cli;

import dev.everfold.cli.audit.AuditEntry;
import dev.everfold.cli.audit.LinkedEvent;
import java.util.UUID;
import tools.jackson.core.JsonGenerator;

/// An audit for programs: a JSON object a line, without the members of which nothing is known.
final class AuditNdjson implements AuditPrinter {

    private final Output out;

    AuditNdjson(Output out) {
        this.out = out;
    }

    @Override
    public void print(AuditEntry entry) {
        out.line(JsonText.object(json -> write(json, entry)));
    }

    @Override
    public void flush() {
        out.flush();
    }

    private static void write(JsonGenerator json, AuditEntry entry) {
        json.writeNumberProperty("position", entry.position());
        json.writeStringProperty("recorded", entry.recorded().toString());
        entry.occurred().ifPresent(time -> json.writeStringProperty("occurred", time.toString()));
        entry.actor().ifPresent(who -> json.writeStringProperty("actor", who));
        entry.reason().ifPresent(why -> json.writeStringProperty("reason", why));
        json.writeStringProperty("stream", entry.stream());
        json.writeNumberProperty("revision", entry.revision());
        json.writeStringProperty("type", entry.type());
        json.writeStringProperty("id", entry.id().toString());
        entry.correlation().ifPresent(id -> json.writeStringProperty("correlation", id));
        entry.command().map(UUID::toString).ifPresent(id -> json.writeStringProperty("command", id));
        entry.causation().ifPresent(link -> write(json, "causation", link));
        entry.compensates().ifPresent(link -> write(json, "compensates", link));
        if (entry.compensations() > 0) {
            json.writeArrayPropertyStart("compensatedBy");
            entry.compensatedBy().forEach(link -> {
                json.writeStartObject();
                writeMembers(json, link);
                json.writeEndObject();
            });
            json.writeEndArray();
            json.writeNumberProperty("compensations", entry.compensations());
        }
    }

    private static void write(JsonGenerator json, String name, LinkedEvent link) {
        json.writeObjectPropertyStart(name);
        writeMembers(json, link);
        json.writeEndObject();
    }

    private static void writeMembers(JsonGenerator json, LinkedEvent link) {
        json.writeStringProperty("id", link.id());
        link.place().ifPresent(place -> {
            json.writeNumberProperty("position", place.position());
            json.writeStringProperty("stream", place.stream());
            json.writeStringProperty("type", place.type());
        });
    }
}
