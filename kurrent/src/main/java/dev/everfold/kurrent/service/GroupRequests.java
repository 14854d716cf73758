package dev.everfold.kurrent.service;

import com.google.protobuf.ProtocolStringList;
import dev.everfold.kurrent.group.ConsumerStrategy;
import dev.everfold.kurrent.group.GroupException;
import dev.everfold.kurrent.group.GroupFilter;
import dev.everfold.kurrent.group.GroupKey;
import dev.everfold.kurrent.group.GroupSettings;
import dev.everfold.kurrent.group.GroupStart;
import dev.everfold.kurrent.stream.EventFilter;
import dev.everfold.kurrent.stream.StreamNames;
import dev.everfold.protocol.kurrent.PersistentWire.CreateReq;
import dev.everfold.protocol.kurrent.Shared;
import java.util.Optional;
import java.util.function.ToLongFunction;

/// What clients ask for about groups, checked and in our words.
final class GroupRequests {

    private static final int TICKS_PER_MILLI = 10_000;
    private static final int LIVE_BUFFER_DEFAULT = 500;
    private static final int READ_BATCH_DEFAULT = 20;
    private static final int HISTORY_BUFFER_DEFAULT = 500;

    private GroupRequests() {}

    /// @throws IllegalArgumentException when names are missing or wrong
    static GroupKey key(boolean isOfAll, Shared.StreamIdentifier stream, String group) {
        if (isOfAll) {
            return new GroupKey(StreamNames.ALL, group);
        }
        String name = StreamNames.decode(stream.getStreamName());
        if (name.equals(StreamNames.ALL)) {
            throw new IllegalArgumentException(
                    "The group is of a stream named \"$all\"; expected all to be asked for as such.");
        }
        return new GroupKey(name, group);
    }

    /// The group of a creation or an update.
    static GroupKey key(CreateReq.Options options) {
        return switch (options.getStreamOptionCase()) {
            case ALL -> key(true, Shared.StreamIdentifier.getDefaultInstance(), options.getGroupName());
            case STREAM -> key(false, options.getStream().getStreamIdentifier(), options.getGroupName());
            case STREAMOPTION_NOT_SET -> key(false, legacyStream(options), options.getGroupName());
        };
    }

    @SuppressWarnings("deprecation")
    private static Shared.StreamIdentifier legacyStream(CreateReq.Options options) {
        return options.getStreamIdentifier();
    }

    /// Where the group begins.
    ///
    /// @param end tells the place after the last event that there is
    static GroupStart start(CreateReq.Options options, GroupKey key, ToLongFunction<GroupKey> end) {
        return switch (options.getStreamOptionCase()) {
            case ALL -> ofAll(options.getAll(), key, end);
            case STREAM -> ofStream(options.getStream(), key, end);
            case STREAMOPTION_NOT_SET -> fromRevision(legacyRevision(options), key, end);
        };
    }

    @SuppressWarnings("deprecation")
    private static long legacyRevision(CreateReq.Options options) {
        return options.getSettings().getRevision();
    }

    private static GroupStart ofStream(Shared.StreamStart start, GroupKey key, ToLongFunction<GroupKey> end) {
        return switch (start.getRevisionOptionCase()) {
            case REVISION -> fromRevision(start.getRevision(), key, end);
            case START, REVISIONOPTION_NOT_SET -> fromRevision(0, key, end);
            case END -> fromRevision(-1, key, end);
        };
    }

    /// Unsigned on the wire; the largest is the end.
    private static GroupStart fromRevision(long revision, GroupKey key, ToLongFunction<GroupKey> end) {
        return revision < 0
                ? new GroupStart("-1", end.applyAsLong(key))
                : new GroupStart(Long.toString(revision), revision);
    }

    private static GroupStart ofAll(Shared.AllStart start, GroupKey key, ToLongFunction<GroupKey> end) {
        return switch (start.getAllOptionCase()) {
            case POSITION -> {
                long commit = start.getPosition().getCommitPosition();
                yield commit < 0
                        ? new GroupStart(GroupInfos.position(-1), end.applyAsLong(key))
                        // The event at the position is the first; on the wire it is ours + 1.
                        : new GroupStart(GroupInfos.position(commit), Math.max(0, commit - 1));
            }
            case START, ALLOPTION_NOT_SET -> new GroupStart(GroupInfos.position(0), 0);
            case END -> new GroupStart(GroupInfos.position(-1), end.applyAsLong(key));
        };
    }

    static Optional<GroupFilter> filter(CreateReq.Options options) {
        if (!options.hasAll() || !options.getAll().hasFilter()) {
            return Optional.empty();
        }
        Shared.FilterOptions filter = options.getAll().getFilter();
        return switch (filter.getFilterCase()) {
            case STREAM_IDENTIFIER -> filter(EventFilter.Subject.STREAM, filter.getStreamIdentifier());
            case EVENT_TYPE -> filter(EventFilter.Subject.TYPE, filter.getEventType());
            case FILTER_NOT_SET ->
                throw new IllegalArgumentException("The filter is empty; expected one by stream or by type.");
        };
    }

    private static Optional<GroupFilter> filter(
            EventFilter.Subject subject, Shared.FilterOptions.Expression expression) {
        ProtocolStringList prefixes = expression.getPrefixList();
        return Optional.of(new GroupFilter(subject, prefixes, expression.getRegex()));
    }

    /// @throws GroupException when there is no such strategy
    /// @throws IllegalArgumentException when a number is out of its range
    static GroupSettings settings(CreateReq.Settings settings, GroupKey key) {
        return new GroupSettings(
                settings.getResolveLinks(),
                settings.getExtraStatistics(),
                settings.getMaxRetryCount(),
                settings.getMinCheckpointCount(),
                settings.getMaxCheckpointCount(),
                settings.getMaxSubscriberCount(),
                orDefault(settings.getLiveBufferSize(), LIVE_BUFFER_DEFAULT),
                orDefault(settings.getReadBatchSize(), READ_BATCH_DEFAULT),
                orDefault(settings.getHistoryBufferSize(), HISTORY_BUFFER_DEFAULT),
                strategy(settings, key),
                switch (settings.getMessageTimeoutCase()) {
                    case MESSAGE_TIMEOUT_MS -> settings.getMessageTimeoutMs();
                    case MESSAGE_TIMEOUT_TICKS -> millis(settings.getMessageTimeoutTicks());
                    case MESSAGETIMEOUT_NOT_SET -> 0;
                },
                switch (settings.getCheckpointAfterCase()) {
                    case CHECKPOINT_AFTER_MS -> settings.getCheckpointAfterMs();
                    case CHECKPOINT_AFTER_TICKS -> millis(settings.getCheckpointAfterTicks());
                    case CHECKPOINTAFTER_NOT_SET -> 0;
                });
    }

    private static int millis(long ticks) {
        return (int) Math.min(Integer.MAX_VALUE, ticks / TICKS_PER_MILLI);
    }

    private static int orDefault(int value, int ifZero) {
        return value == 0 ? ifZero : value;
    }

    private static ConsumerStrategy strategy(CreateReq.Settings settings, GroupKey key) {
        String name = settings.getConsumerStrategy();
        if (!name.isEmpty()) {
            return ConsumerStrategy.of(name)
                    .orElseThrow(() -> GroupException.failed(
                            key,
                            "The consumer strategy \"" + name + "\" is not known; expected RoundRobin,"
                                    + " DispatchToSingle, Pinned or PinnedByCorrelation."));
        }
        return switch (settings.getNamedConsumerStrategy()) {
            case DispatchToSingle -> ConsumerStrategy.DISPATCH_TO_SINGLE;
            case RoundRobin -> ConsumerStrategy.ROUND_ROBIN;
            case Pinned -> ConsumerStrategy.PINNED;
            case UNRECOGNIZED ->
                throw GroupException.failed(key, "The consumer strategy is not known; expected one of the protocol.");
        };
    }
}
