package dev.everfold.eventsourcing.codec;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.type.TypeFactory;

/// The fields of a record, one a line, those of a nested record indented: what its stored data looks like.
///
/// ```
/// owner: text
/// limits: list of BigDecimal
/// payment: one of
///   card
///     lastDigits: text
/// ```
///
/// Annotations of Jackson on a field belong to its shape, since they change what is stored.
final class Shape {

    private static final String INDENT = "  ";
    private static final String JACKSON = "com.fasterxml.jackson.annotation";

    private static final TypeFactory TYPES = TypeFactory.createDefaultInstance();

    private final List<String> lines = new ArrayList<>();
    private final Deque<JavaType> path = new ArrayDeque<>();

    private Shape() {}

    /// @throws IllegalArgumentException when a sealed type in it has cases that are not records, have no
    ///     name, or share one
    static List<String> of(Class<?> record) {
        Shape shape = new Shape();
        shape.fields(TYPES.constructType(record), "");
        return List.copyOf(shape.lines);
    }

    private void fields(JavaType record, String indent) {
        path.push(record);
        for (RecordComponent component : record.getRawClass().getRecordComponents()) {
            JavaType type = TYPES.resolveMemberType(component.getGenericType(), record.getBindings());
            describe(component.getName() + ":", type, annotations(component), indent);
        }
        path.pop();
    }

    private void describe(String prefix, JavaType type, String suffix, String indent) {
        Class<?> raw = type.getRawClass();
        if (raw == Optional.class) {
            describe(prefix + " optional", type.getContentType(), suffix, indent);
        } else if (Set.class.isAssignableFrom(raw)) {
            describe(prefix + " set of", type.getContentType(), suffix, indent);
        } else if (Collection.class.isAssignableFrom(raw) || (raw.isArray() && raw != byte[].class)) {
            describe(prefix + " list of", type.getContentType(), suffix, indent);
        } else if (Map.class.isAssignableFrom(raw)) {
            String to = " map from " + scalar(type.getKeyType()) + " to";
            describe(prefix + to, type.getContentType(), suffix, indent);
        } else if (path.contains(type)) {
            lines.add(indent + prefix + " " + raw.getSimpleName() + " as above" + suffix);
        } else if (raw.isRecord()) {
            lines.add(indent + prefix + " record" + suffix);
            fields(type, indent + INDENT);
        } else if (SealedCases.isSealed(raw)) {
            lines.add(indent + prefix + " one of" + suffix);
            cases(type, indent + INDENT);
        } else {
            lines.add(indent + prefix + " " + scalar(type) + suffix);
        }
    }

    private void cases(JavaType sealed, String indent) {
        path.push(sealed);
        Map<String, Class<?>> byName = new HashMap<>();
        for (Class<?> each : SealedCases.of(sealed.getRawClass())) {
            if (!each.isRecord()) {
                throw new IllegalArgumentException(each.getTypeName() + " is a case of the sealed field type "
                        + sealed.getRawClass().getTypeName() + " and is not a record. Make it a record.");
            }
            Class<?> other = byName.putIfAbsent(SealedCases.name(each), each);
            if (other != null) {
                throw new IllegalArgumentException(other.getTypeName() + " and " + each.getTypeName()
                        + " are cases of one sealed field and both named \"" + SealedCases.name(each)
                        + "\". Give each a name of its own in @StoredName.");
            }
            lines.add(indent + SealedCases.name(each));
            JavaType found = TYPES.constructSpecializedType(sealed, each, true);
            if (!path.contains(found)) {
                fields(found, indent + INDENT);
            }
        }
        path.pop();
    }

    private static String scalar(JavaType type) {
        Class<?> plain = type.getRawClass();
        if (plain == String.class) {
            return "text";
        }
        if (plain == byte[].class) {
            return "bytes";
        }
        if (plain.isEnum()) {
            return "one of "
                    + String.join(
                            ", ",
                            Arrays.stream(plain.getEnumConstants())
                                    .map(constant -> ((Enum<?>) constant).name())
                                    .toList());
        }
        return type.hasGenericTypes() ? JsonTypes.name(type) : plain.getSimpleName();
    }

    private static String annotations(RecordComponent component) {
        StringBuilder found = new StringBuilder();
        for (Annotation annotation : component.getAccessor().getAnnotations()) {
            Class<? extends Annotation> type = annotation.annotationType();
            if (type.getPackageName().equals(JACKSON)) {
                found.append(" @").append(type.getSimpleName()).append(members(annotation));
            }
        }
        return found.toString();
    }

    /// Members that differ from their default, by name, so that a release of Jackson that adds some changes
    /// nothing.
    private static List<String> members(Annotation annotation) {
        List<String> members = new ArrayList<>();
        for (Method member : annotation.annotationType().getDeclaredMethods()) {
            try {
                Object value = member.invoke(annotation);
                if (!Objects.deepEquals(value, member.getDefaultValue())) {
                    members.add(member.getName() + "=" + (value instanceof Object[] many ? List.of(many) : value));
                }
            } catch (ReflectiveOperationException impossible) {
                throw new IllegalStateException("An annotation does not tell its " + member.getName(), impossible);
            }
        }
        members.sort(null);
        return members;
    }
}
