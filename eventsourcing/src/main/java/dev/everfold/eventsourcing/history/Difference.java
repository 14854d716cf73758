package dev.everfold.eventsourcing.history;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One place where two values differ.
///
/// @param path of the field, for example `lines[2].price.cents`; empty = the values themselves
/// @param before what the first value has there, as text; empty = it has nothing there
/// @param after what the second value has there, as text; empty = it has nothing there
public record Difference(String path, Optional<String> before, Optional<String> after) {

    private static final int DIFFERENCES_MAX = 100;

    /// Where two values differ, in the order of their fields; at most 100 places.
    ///
    /// Records of one class are compared component by component, lists element by element, maps key by key,
    /// sets by what only one of them holds, optionals by what they hold, and everything else by `equals`: also
    /// two cases of a sealed type. Records whose components cannot be read by reflection, since their module
    /// does not open them, are compared as a whole.
    public static List<Difference> between(@Nullable Object before, @Nullable Object after) {
        return between("", before, after);
    }

    /// The same, with paths that begin with the given name.
    public static List<Difference> between(String name, @Nullable Object before, @Nullable Object after) {
        List<Difference> differences = new ArrayList<>();
        collect(name, before, after, differences);
        return List.copyOf(differences.subList(0, Math.min(differences.size(), DIFFERENCES_MAX)));
    }

    private static void collect(
            String path, @Nullable Object before, @Nullable Object after, List<Difference> differences) {
        if (Objects.equals(before, after) || differences.size() >= DIFFERENCES_MAX) {
            return;
        }
        int found = differences.size();
        if (before instanceof Record one && after instanceof Record other && one.getClass() == other.getClass()) {
            collectComponents(path, one, other, differences);
        } else if (before instanceof List<?> one && after instanceof List<?> other) {
            for (int i = 0; i < Math.max(one.size(), other.size()); i++) {
                String at = path + "[" + i + "]";
                if (i < Math.min(one.size(), other.size())) {
                    collect(at, one.get(i), other.get(i), differences);
                } else {
                    differences.add(new Difference(at, textAt(one, i), textAt(other, i)));
                }
            }
        } else if (before instanceof Map<?, ?> one && after instanceof Map<?, ?> other) {
            collectEntries(path, one, other, differences);
        } else if (before instanceof Set<?> one && after instanceof Set<?> other) {
            collectMembers(path, one, other, differences);
        } else if (before instanceof Optional<?> one && after instanceof Optional<?> other) {
            differences.addAll(onlyOne(path, one, other));
            if (one.isPresent() && other.isPresent()) {
                collect(path, one.get(), other.get(), differences);
            }
        }
        // Unequal, and yet alike in all parts: then the whole is named.
        if (differences.size() == found) {
            differences.add(
                    new Difference(path, Optional.of(String.valueOf(before)), Optional.of(String.valueOf(after))));
        }
    }

    private static void collectComponents(String path, Record before, Record after, List<Difference> differences) {
        for (RecordComponent component : before.getClass().getRecordComponents()) {
            String at = path.isEmpty() ? component.getName() : path + "." + component.getName();
            try {
                component.getAccessor().setAccessible(true);
                collect(
                        at,
                        component.getAccessor().invoke(before),
                        component.getAccessor().invoke(after),
                        differences);
            } catch (ReflectiveOperationException | RuntimeException closed) {
                return;
            }
        }
    }

    private static void collectEntries(String path, Map<?, ?> before, Map<?, ?> after, List<Difference> differences) {
        Set<Object> keys = new LinkedHashSet<>(before.keySet());
        keys.addAll(after.keySet());
        for (Object key : keys) {
            String at = path + "[" + key + "]";
            if (before.containsKey(key) && after.containsKey(key)) {
                collect(at, before.get(key), after.get(key), differences);
            } else {
                differences.add(new Difference(at, textAt(before, key), textAt(after, key)));
            }
        }
    }

    /// In the order of their texts, since a set may have another order in each run.
    private static void collectMembers(String path, Set<?> before, Set<?> after, List<Difference> differences) {
        List<Difference> found = new ArrayList<>();
        onlyIn(before, after)
                .forEach(text ->
                        found.add(new Difference(path + "[" + text + "]", Optional.of(text), Optional.empty())));
        onlyIn(after, before)
                .forEach(text ->
                        found.add(new Difference(path + "[" + text + "]", Optional.empty(), Optional.of(text))));
        found.sort(Comparator.comparing(Difference::path));
        differences.addAll(found);
    }

    private static Stream<String> onlyIn(Set<?> one, Set<?> other) {
        Set<Object> others = new HashSet<>(other);
        return one.stream().filter(member -> !others.contains(member)).map(String::valueOf);
    }

    private static List<Difference> onlyOne(String path, Optional<?> before, Optional<?> after) {
        return before.isPresent() == after.isPresent()
                ? List.of()
                : List.of(new Difference(path, before.map(String::valueOf), after.map(String::valueOf)));
    }

    private static Optional<String> textAt(List<?> list, int index) {
        return index < list.size() ? Optional.of(String.valueOf(list.get(index))) : Optional.empty();
    }

    private static Optional<String> textAt(Map<?, ?> map, Object key) {
        return map.containsKey(key) ? Optional.of(String.valueOf(map.get(key))) : Optional.empty();
    }

    /// As it stands in messages, for example `balance.cents: 500 → 400`.
    @Override
    public String toString() {
        return (path.isEmpty() ? "" : path + ": ") + before.orElse("nothing") + " → " + after.orElse("nothing");
    }
}
