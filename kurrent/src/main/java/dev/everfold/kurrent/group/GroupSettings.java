package dev.everfold.kurrent.group;

/// How a group works; immutable.
///
/// @param resolvesLinks whether clients get the events that links lead to
/// @param hasExtraStatistics whether the figures of clients tell how long their answers took
/// @param maxRetryCount how often a message is given again before it is parked, 0 or more
/// @param minCheckpointCount fewer messages that are done are not worth a checkpoint, 0 or more
/// @param maxCheckpointCount as many that are done are worth one at once, 0 or more
/// @param maxSubscriberCount how many clients may share the group; 0 = any number
/// @param liveBufferSize how many messages may wait when the group has caught up, 1..100,000
/// @param readBatchSize how many events are read at once, 1..100,000
/// @param historyBufferSize how many messages may wait while it catches up, 1..100,000
/// @param strategy who gets a message
/// @param messageTimeoutMillis after which a message that is not answered is given again; 0 = never
/// @param checkpointAfterMillis between two checkpoints, 0 or more
public record GroupSettings(
        boolean resolvesLinks,
        boolean hasExtraStatistics,
        int maxRetryCount,
        int minCheckpointCount,
        int maxCheckpointCount,
        int maxSubscriberCount,
        int liveBufferSize,
        int readBatchSize,
        int historyBufferSize,
        ConsumerStrategy strategy,
        int messageTimeoutMillis,
        int checkpointAfterMillis) {

    private static final int BUFFER_SIZE_MAX = 100_000;

    /// @throws IllegalArgumentException when a number is out of its range
    public GroupSettings {
        requireAtLeast(0, maxRetryCount, "max retry count");
        requireAtLeast(0, minCheckpointCount, "min checkpoint count");
        requireAtLeast(0, maxCheckpointCount, "max checkpoint count");
        requireAtLeast(0, maxSubscriberCount, "max subscriber count");
        requireAtLeast(0, messageTimeoutMillis, "message timeout in milliseconds");
        requireAtLeast(0, checkpointAfterMillis, "time between checkpoints in milliseconds");
        requireBuffer(liveBufferSize, "live buffer size");
        requireBuffer(readBatchSize, "read batch size");
        requireBuffer(historyBufferSize, "history buffer size");
    }

    private static void requireBuffer(int value, String name) {
        requireAtLeast(1, value, name);
        if (value > BUFFER_SIZE_MAX) {
            throw new IllegalArgumentException(
                    "The " + name + " of the group is " + value + "; expected at most " + BUFFER_SIZE_MAX + ".");
        }
    }

    private static void requireAtLeast(int min, int value, String name) {
        if (value < min) {
            throw new IllegalArgumentException(
                    "The " + name + " of the group is " + value + "; expected at least " + min + ".");
        }
    }
}
