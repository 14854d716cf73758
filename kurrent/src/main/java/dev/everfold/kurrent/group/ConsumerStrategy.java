package dev.everfold.kurrent.group;

import java.util.Arrays;
import java.util.Optional;

/// Which client of a group gets a message.
public enum ConsumerStrategy {

    /// The next one in turn that has room.
    ROUND_ROBIN("RoundRobin"),

    /// The one that was there first, for as long as it has room; then the one after it.
    DISPATCH_TO_SINGLE("DispatchToSingle"),

    /// Always the same one for events of the same stream, while no client comes or leaves.
    PINNED("Pinned"),

    /// Always the same one for events with the same `$correlationId` in their metadata; without one as [#PINNED].
    PINNED_BY_CORRELATION("PinnedByCorrelation");

    private final String label;

    ConsumerStrategy(String label) {
        this.label = label;
    }

    /// Its name in the protocol.
    public String label() {
        return label;
    }

    /// Whether a message waits for one client, even when others have room.
    boolean isPinned() {
        return this == PINNED || this == PINNED_BY_CORRELATION;
    }

    /// The strategy with that name in the protocol.
    public static Optional<ConsumerStrategy> of(String label) {
        return Arrays.stream(values()).filter(one -> one.label.equals(label)).findFirst();
    }
}
