package dev.everfold.eventsourcing.codec;

import java.util.Comparator;

/// One stored form of an event type. Sorted by type, then by version.
record TypeVersion(String type, int version) implements Comparable<TypeVersion> {

    private static final Comparator<TypeVersion> ORDER =
            Comparator.comparing(TypeVersion::type).thenComparingInt(TypeVersion::version);

    TypeVersion {
        if (type.isEmpty() || version < 1) {
            throw new IllegalArgumentException(
                    "\"" + type + "\" version " + version + " is invalid; expected a name and a version of 1 or more.");
        }
    }

    TypeVersion next() {
        return new TypeVersion(type, version + 1);
    }

    @Override
    public int compareTo(TypeVersion other) {
        return ORDER.compare(this, other);
    }

    /// As it stands in messages, for example `"account.opened" version 1`.
    @Override
    public String toString() {
        return "\"" + type + "\" version " + version;
    }

    /// What to register for it.
    String upcaster() {
        return "Upcaster.from(\"" + type + "\", " + version + ")";
    }
}
