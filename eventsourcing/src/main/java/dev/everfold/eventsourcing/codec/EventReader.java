package dev.everfold.eventsourcing.codec;

import dev.everfold.eventstore.RecordedEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// From stored events to typed ones. Immutable once built.
final class EventReader<E> {

    private final Class<E> events;
    private final Map<String, StoredType> types = new HashMap<>();
    private final UpcasterChain upcasters;
    private final List<PayloadFormat> formats;
    private final Function<RecordedEvent, List<E>> unknown;

    /// @param unknown what becomes of an event that nothing is registered for; null to fail
    EventReader(
            Class<E> events,
            List<StoredType> types,
            UpcasterChain upcasters,
            List<PayloadFormat> formats,
            @Nullable Function<RecordedEvent, List<E>> unknown) {
        this.events = events;
        types.forEach(type -> this.types.put(type.name(), type));
        this.upcasters = upcasters;
        this.formats = List.copyOf(formats);
        this.unknown = unknown == null ? this::refuse : unknown;
    }

    List<E> read(RecordedEvent event) {
        String name = event.type();
        StoredType type = types.get(name);
        if (type == null && !upcasters.knows(name)) {
            return name.startsWith("$") ? List.of() : unknown.apply(event);
        }
        int version = version(event);
        if (type != null && type.version() == version) {
            return List.of(current(event, type));
        }
        Upcaster upcaster = upcasters.from(new TypeVersion(name, version));
        return upcaster == null ? unknown.apply(event) : upcast(event, upcaster);
    }

    private E current(RecordedEvent event, StoredType type) {
        PayloadFormat format = format(event, type.form());
        try {
            return events.cast(format.decode(event.data(), type.record()));
        } catch (RuntimeException malformed) {
            throw Failures.malformedData(event, type.form(), type.label(), malformed);
        }
    }

    private List<E> upcast(RecordedEvent event, Upcaster first) {
        PayloadFormat format = format(event, first.from());
        List<E> made = new ArrayList<>(1);
        Steps steps = new Steps(event, format, made);
        ObjectNode tree;
        try {
            tree = format.readTree(event.data());
        } catch (RuntimeException malformed) {
            throw Failures.malformedData(event, first.from(), "data for an upcaster", malformed);
        }
        steps.go(first, tree);
        return List.copyOf(made);
    }

    /// One event on its way through the upcasters.
    private final class Steps {

        private final RecordedEvent event;
        private final PayloadFormat format;
        private final List<E> made;

        Steps(RecordedEvent event, PayloadFormat format, List<E> made) {
            this.event = event;
            this.format = format;
            this.made = made;
        }

        void go(Upcaster upcaster, ObjectNode tree) {
            try {
                upcaster.apply(tree, this::arrive);
            } catch (EventCodecException further) {
                throw further;
            } catch (RuntimeException refused) {
                throw Failures.notUpcast(event, upcaster.from(), refused);
            }
        }

        private void arrive(TypeVersion form, ObjectNode tree) {
            Upcaster next = upcasters.from(form);
            if (next != null) {
                go(next, tree);
                return;
            }
            StoredType type = types.get(form.type());
            if (type == null) {
                throw new IllegalStateException("The upcasters lead to " + form + ", which nothing reads.");
            }
            try {
                made.add(events.cast(format.decode(tree, type.record())));
            } catch (RuntimeException malformed) {
                throw Failures.malformedUpcast(event, form, type.label(), malformed);
            }
        }
    }

    private static int version(RecordedEvent event) {
        try {
            return MetadataJson.version(event.metadata());
        } catch (IllegalArgumentException malformed) {
            throw Failures.malformedMetadata(event, malformed);
        }
    }

    private PayloadFormat format(RecordedEvent event, TypeVersion form) {
        String contentType = event.contentType();
        for (PayloadFormat format : formats) {
            if (format.contentType().equals(contentType)) {
                return format;
            }
        }
        // Others write `application/json; charset=utf-8`.
        int end = contentType.indexOf(';');
        String bare =
                (end < 0 ? contentType : contentType.substring(0, end)).strip().toLowerCase(Locale.ROOT);
        for (PayloadFormat format : formats) {
            if (format.contentType().equals(bare)) {
                return format;
            }
        }
        throw Failures.unknownContentType(event, form, formats);
    }

    private List<E> refuse(RecordedEvent event) {
        throw Failures.unknown(event, version(event), events, types.get(event.type()));
    }
}
