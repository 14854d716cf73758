package dev.everfold.eventsourcing.codec;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// All upcasters of a codec, checked: whatever is known reaches a record, or is dropped.
final class UpcasterChain {

    private final Map<TypeVersion, Upcaster> byFrom = new HashMap<>();
    private final Map<String, StoredType> current = new HashMap<>();
    /// The highest known version of each type.
    private final Map<String, Integer> newest = new TreeMap<>();

    /// @throws IllegalArgumentException when two upcasters begin at one place, a version leads nowhere, or
    ///     the chain runs in a loop
    UpcasterChain(List<Upcaster> upcasters, Collection<StoredType> types) {
        types.forEach(type -> current.put(type.name(), type));
        types.forEach(type -> newest.put(type.name(), type.version()));
        for (Upcaster upcaster : upcasters) {
            requireOlderThanItsRecord(upcaster.from());
            if (byFrom.putIfAbsent(upcaster.from(), upcaster) != null) {
                throw new IllegalArgumentException(
                        "Two upcasters begin at " + upcaster.from() + ". Register one of them.");
            }
            newest.merge(upcaster.from().type(), upcaster.from().version(), Math::max);
        }
        upcasters.forEach(this::requireTargets);
        newest.forEach(this::requireNoGap);
        upcasters.forEach(upcaster -> requireNoLoop(upcaster.from(), new ArrayList<>()));
    }

    /// The upcaster that begins at this form; null when there is none.
    @Nullable
    Upcaster from(TypeVersion form) {
        return byFrom.get(form);
    }

    boolean knows(String type) {
        return newest.containsKey(type);
    }

    /// Every form that can be read.
    SortedSet<TypeVersion> known() {
        SortedSet<TypeVersion> known = new TreeSet<>(byFrom.keySet());
        current.values().forEach(type -> known.add(type.form()));
        return known;
    }

    /// Names under which something may be stored that becomes an event of one of these types.
    SortedSet<String> namesOf(Collection<StoredType> types) {
        Set<TypeVersion> reached = new LinkedHashSet<>();
        types.forEach(type -> reached.add(type.form()));
        boolean grown = true;
        while (grown) {
            grown = false;
            for (Upcaster upcaster : byFrom.values()) {
                if (upcaster.targets().stream().anyMatch(reached::contains)) {
                    grown |= reached.add(upcaster.from());
                }
            }
        }
        SortedSet<String> names = new TreeSet<>();
        reached.forEach(form -> names.add(form.type()));
        return names;
    }

    private void requireOlderThanItsRecord(TypeVersion from) {
        StoredType type = current.get(from.type());
        if (type != null && from.version() >= type.version()) {
            throw new IllegalArgumentException(
                    "An upcaster begins at " + from + ", but " + type.label() + " is version " + type.version()
                            + ". Raise the version in its @EventType, or remove the upcaster.");
        }
    }

    private void requireTargets(Upcaster upcaster) {
        for (TypeVersion target : upcaster.targets()) {
            if (!isRead(target)) {
                throw new IllegalArgumentException("The upcaster from " + upcaster.from() + " leads to " + target
                        + ", which nothing reads. " + advice(target));
            }
        }
    }

    private void requireNoGap(String type, int newestVersion) {
        for (int version = 1; version < newestVersion; version++) {
            TypeVersion form = new TypeVersion(type, version);
            if (!isRead(form)) {
                throw new IllegalArgumentException("Nothing reads " + form + ". " + advice(form));
            }
        }
    }

    private boolean isRead(TypeVersion form) {
        StoredType type = current.get(form.type());
        return byFrom.containsKey(form) || (type != null && type.version() == form.version());
    }

    private String advice(TypeVersion form) {
        String record = Optional.ofNullable(current.get(form.type()))
                .map(type -> type.label() + " is version " + type.version() + ". ")
                .orElse("No record has that name. ");
        return record + "Register " + form.upcaster() + ".";
    }

    private void requireNoLoop(TypeVersion form, List<TypeVersion> path) {
        boolean seen = path.contains(form);
        path.add(form);
        if (seen) {
            throw new IllegalArgumentException("The upcasters run in a loop: "
                    + String.join(
                            " -> ", path.stream().map(TypeVersion::toString).toList())
                    + ". Let each lead to a newer form.");
        }
        Upcaster upcaster = byFrom.get(form);
        if (upcaster != null) {
            upcaster.targets().forEach(target -> requireNoLoop(target, path));
        }
        path.removeLast();
    }
}
