package dev.everfold.eventsourcing.codec;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The records below a sealed type, through sealed types in between.
final class SealedCases {

    private SealedCases() {}

    /// Whether the cases of a field of this type are named by us. An enum whose constants have bodies counts as
    /// sealed, so do types of the JDK, and a type may bring Jackson's own naming.
    static boolean isSealed(Class<?> type) {
        return type.isSealed()
                && !type.isEnum()
                && !type.getName().startsWith("java.")
                && !type.isAnnotationPresent(JsonTypeInfo.class);
    }

    /// In the order of declaration; each once, though it may stand below two sealed types.
    static List<Class<?>> of(Class<?> type) {
        List<Class<?>> cases = new ArrayList<>();
        collect(type, cases);
        return List.copyOf(cases);
    }

    private static void collect(Class<?> type, List<Class<?>> cases) {
        if (!type.isSealed()) {
            if (!cases.contains(type)) {
                cases.add(type);
            }
            return;
        }
        for (Class<?> permitted : type.getPermittedSubclasses()) {
            collect(permitted, cases);
        }
    }

    /// The name of a case in stored data.
    ///
    /// @throws IllegalArgumentException when it has none
    static String name(Class<?> type) {
        StoredName named = type.getAnnotation(StoredName.class);
        if (named != null) {
            return named.value();
        }
        EventType event = type.getAnnotation(EventType.class);
        if (event != null) {
            return event.value();
        }
        throw new IllegalArgumentException(type.getTypeName() + " is a case of a sealed field and has no name in stored"
                + " data. Annotate it, for example @StoredName(\"" + exampleName(type) + "\").");
    }

    /// A name that someone may well choose: of `CreditCard`, `credit-card`.
    static String exampleName(Class<?> type) {
        return type.getSimpleName().replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }
}
