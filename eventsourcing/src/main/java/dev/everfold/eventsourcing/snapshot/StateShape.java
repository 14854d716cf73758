package dev.everfold.eventsourcing.snapshot;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/// The shape of a state class as text: records with the names and types of their components, enums with
/// their constants, sealed types with their cases, and all that they refer to.
final class StateShape {

    private final StringBuilder text = new StringBuilder();
    private final Set<Class<?>> seen = new HashSet<>();

    private StateShape() {}

    /// The same number for the same shape in every process, and with near certainty another for another.
    static int fingerprint(Class<?> state) {
        return text(state).hashCode();
    }

    static String text(Class<?> state) {
        StateShape shape = new StateShape();
        shape.add(state);
        return shape.text.toString();
    }

    private void add(Type type) {
        switch (type) {
            case Class<?> known -> addClass(known);
            case ParameterizedType parameterized -> {
                add(parameterized.getRawType());
                Arrays.stream(parameterized.getActualTypeArguments()).forEach(this::add);
            }
            case GenericArrayType array -> add(array.getGenericComponentType());
            case WildcardType wildcard ->
                Arrays.stream(wildcard.getUpperBounds()).forEach(this::add);
            default -> {
                // A type variable; what stands for it is named where its record is used.
            }
        }
    }

    private void addClass(Class<?> type) {
        if (type.isArray()) {
            addClass(type.getComponentType());
        } else if (seen.add(type)) {
            describe(type);
        }
    }

    private void describe(Class<?> type) {
        text.append(type.getName()).append('\n');
        if (type.isRecord()) {
            for (RecordComponent component : type.getRecordComponents()) {
                text.append("  ").append(component.getName()).append(' ');
                text.append(component.getGenericType().getTypeName()).append('\n');
            }
            Arrays.stream(type.getRecordComponents())
                    .map(RecordComponent::getGenericType)
                    .forEach(this::add);
        } else if (type.isEnum()) {
            Arrays.stream(type.getEnumConstants())
                    .forEach(constant -> text.append("  ")
                            .append(((Enum<?>) constant).name())
                            .append('\n'));
        } else if (type.isSealed()) {
            Arrays.stream(type.getPermittedSubclasses()).forEach(this::add);
        }
    }
}
