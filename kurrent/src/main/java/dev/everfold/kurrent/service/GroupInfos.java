package dev.everfold.kurrent.service;

import dev.everfold.kurrent.group.GroupFigures;
import dev.everfold.kurrent.group.GroupInfo;
import dev.everfold.kurrent.group.GroupSettings;
import dev.everfold.protocol.kurrent.PersistentWire.SubscriptionInfo;

/// Groups in the words of the protocol.
final class GroupInfos {

    private GroupInfos() {}

    /// A position as the protocol prints it.
    ///
    /// @param position as it is on the wire
    static String position(long position) {
        return "C:" + position + "/P:" + position;
    }

    static SubscriptionInfo encode(GroupInfo info) {
        GroupSettings settings = info.settings();
        boolean isBehind = info.figures().isPresent() ? !info.figures().get().isLive() : info.done() < info.end();
        boolean hasBegun = info.done() > info.began();
        SubscriptionInfo.Builder encoded = SubscriptionInfo.newBuilder()
                .setEventSource(info.key().stream())
                .setGroupName(info.key().group())
                .setStatus(isBehind ? "Behind" : "Live")
                .setLastCheckpointedEventPosition(hasBegun ? before(info.done(), info) : "")
                .setLastKnownEventPosition(before(info.end(), info))
                .setStartFrom(info.start().text())
                .setResolveLinkTos(settings.resolvesLinks())
                .setExtraStatistics(settings.hasExtraStatistics())
                .setMessageTimeoutMilliseconds(settings.messageTimeoutMillis())
                .setMaxRetryCount(settings.maxRetryCount())
                .setLiveBufferSize(settings.liveBufferSize())
                .setBufferSize(settings.historyBufferSize())
                .setReadBatchSize(settings.readBatchSize())
                .setCheckPointAfterMilliseconds(settings.checkpointAfterMillis())
                .setMinCheckPointCount(settings.minCheckpointCount())
                .setMaxCheckPointCount(settings.maxCheckpointCount())
                .setMaxSubscriberCount(settings.maxSubscriberCount())
                .setNamedConsumerStrategy(settings.strategy().label())
                .setParkedMessageCount(info.parked());
        info.figures().ifPresent(figures -> put(encoded, figures, settings));
        return encoded.build();
    }

    /// The last event before a place; empty when there is none.
    private static String before(long place, GroupInfo info) {
        if (place == 0) {
            return "";
        }
        // On the wire a position is ours + 1, so that of the event before is the place.
        return info.key().isOfAll() ? position(place) : Long.toString(place - 1);
    }

    private static void put(SubscriptionInfo.Builder encoded, GroupFigures figures, GroupSettings settings) {
        encoded.setAveragePerSecond(figures.perSecond())
                .setTotalItems(figures.total())
                .setCountSinceLastMeasurement(figures.sinceLastLook())
                .setReadBufferCount(figures.isLive() ? 0 : figures.waiting())
                .setLiveBufferCount(figures.isLive() ? figures.waiting() : 0)
                .setRetryBufferCount(figures.retrying())
                .setTotalInFlightMessages(figures.inFlight())
                .setOutstandingMessagesCount(figures.inFlight());
        for (GroupFigures.OfSubscriber one : figures.subscribers()) {
            SubscriptionInfo.ConnectionInfo.Builder connection = encoded.addConnectionsBuilder()
                    .setFrom(one.identity().from())
                    .setUsername(one.identity().user())
                    .setConnectionName(one.identity().connection())
                    .setAverageItemsPerSecond(one.perSecond())
                    .setTotalItems(one.total())
                    .setCountSinceLastMeasurement(one.sinceLastLook())
                    .setAvailableSlots(one.availableSlots())
                    .setInFlightMessages(one.inFlight());
            if (settings.hasExtraStatistics()) {
                one.answerMillis()
                        .forEach((name, millis) -> connection
                                .addObservedMeasurementsBuilder()
                                .setKey(name)
                                .setValue(millis));
            }
        }
    }
}
