package dev.everfold.eventsourcing.codec;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// An event record and the name under which it is stored.
record StoredType(String name, int version, Class<?> record) {

    TypeVersion form() {
        return new TypeVersion(name, version);
    }

    /// The record as it stands in messages: `AccountEvent.Opened`, without the package.
    String label() {
        Class<?> outer = record.getDeclaringClass();
        return outer == null ? record.getSimpleName() : outer.getSimpleName() + "." + record.getSimpleName();
    }

    /// The types of a sealed interface and of records that are registered beside it, in order of declaration.
    ///
    /// @throws IllegalArgumentException when something in the hierarchy is not a record, has no name, or
    ///     shares its name with another
    static List<StoredType> of(Class<?> sealed, Set<Class<?>> registered, Set<Class<?>> excluded) {
        Set<Class<?>> records = new LinkedHashSet<>(SealedCases.of(sealed));
        if (!sealed.isSealed() && !sealed.isRecord()) {
            throw new IllegalArgumentException(sealed.getTypeName()
                    + " is not sealed, so its event types cannot be found. Make it a sealed interface of records.");
        }
        records.removeIf(type -> isOpenDoor(type, registered));
        records.addAll(registered);
        records.removeAll(excluded);
        List<StoredType> types = new ArrayList<>(records.size());
        Map<String, Class<?>> byName = new HashMap<>();
        for (Class<?> record : records) {
            StoredType type = of(sealed, record);
            Class<?> other = byName.putIfAbsent(type.name, record);
            if (other != null) {
                throw new IllegalArgumentException(
                        other.getTypeName() + " and " + record.getTypeName() + " are both named \"" + type.name
                                + "\". Give each event type a name of its own in @EventType.");
            }
            types.add(type);
        }
        return List.copyOf(types);
    }

    /// A non-sealed interface whose records are registered one by one.
    private static boolean isOpenDoor(Class<?> type, Set<Class<?>> registered) {
        return type.isInterface() && registered.stream().anyMatch(type::isAssignableFrom);
    }

    private static StoredType of(Class<?> sealed, Class<?> record) {
        if (!record.isRecord()) {
            throw new IllegalArgumentException(record.getTypeName() + " is permitted by " + sealed.getTypeName()
                    + " and is not a record. Make it a record, or a sealed interface of records.");
        }
        if (record.getTypeParameters().length > 0) {
            throw new IllegalArgumentException(record.getTypeName()
                    + " has type parameters, so the types of its fields are unknown when it is read."
                    + " Spell out the types in the record.");
        }
        EventType named = record.getAnnotation(EventType.class);
        if (named == null) {
            throw new IllegalArgumentException(record.getTypeName() + " has no name in the store."
                    + " Annotate it, for example @EventType(\"" + SealedCases.exampleName(record) + "\").");
        }
        if (named.value().isEmpty() || named.version() < 1) {
            throw new IllegalArgumentException("@EventType(\"" + named.value() + "\", version = " + named.version()
                    + ") on " + record.getTypeName() + " is invalid; expected a name and a version of 1 or more.");
        }
        return new StoredType(named.value(), named.version(), record);
    }
}
