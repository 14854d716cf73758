package dev.everfold.kurrent.group;

import dev.everfold.kurrent.stream.StreamNames;
import java.util.Comparator;

/// Which group; immutable. Ordered by stream, then by name.
///
/// @param stream whose events it gets, or [StreamNames#ALL]
/// @param group its name, unique among the groups of the stream
public record GroupKey(String stream, String group) implements Comparable<GroupKey> {

    /// How the streams begin in which groups keep what they know.
    static final String PREFIX = StreamNames.GROUP_PREFIX;

    private static final Comparator<GroupKey> ORDER =
            Comparator.comparing(GroupKey::stream).thenComparing(GroupKey::group);

    /// @throws IllegalArgumentException when the group has no name
    public GroupKey {
        if (group.isEmpty()) {
            throw new IllegalArgumentException("The group of stream \"" + stream + "\" has no name; expected one.");
        }
    }

    /// Whether it gets events of the whole log.
    public boolean isOfAll() {
        return stream.equals(StreamNames.ALL);
    }

    /// Where it keeps how far it is.
    String checkpointStream() {
        return PREFIX + stream + "::" + group + "-checkpoint";
    }

    /// Where it puts links to events that were set aside.
    public String parkedStream() {
        return PREFIX + stream + "::" + group + "-parked";
    }

    @Override
    public int compareTo(GroupKey other) {
        return ORDER.compare(this, other);
    }
}
