package dev.everfold.eventsourcing.codec;

import java.util.stream.Collectors;
import tools.jackson.databind.JavaType;

/// Types as they stand in messages.
final class JsonTypes {

    private JsonTypes() {}

    /// As a type of Java names itself, for example `java.util.List<java.lang.String>`.
    static String name(JavaType type) {
        String raw = type.getRawClass().getTypeName();
        return type.hasGenericTypes()
                ? type.getBindings().getTypeParameters().stream()
                        .map(JsonTypes::name)
                        .collect(Collectors.joining(", ", raw + "<", ">"))
                : raw;
    }
}
