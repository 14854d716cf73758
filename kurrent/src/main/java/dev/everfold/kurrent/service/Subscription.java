package dev.everfold.kurrent.service;

import com.google.protobuf.Timestamp;
import dev.everfold.kurrent.service.StreamsService.Events;
import dev.everfold.kurrent.stream.Access;
import dev.everfold.kurrent.stream.Delivery;
import dev.everfold.kurrent.stream.Feed;
import dev.everfold.kurrent.stream.LiveTail;
import dev.everfold.kurrent.stream.StreamNames;
import dev.everfold.kurrent.stream.Streams;
import dev.everfold.protocol.kurrent.Shared;
import dev.everfold.protocol.kurrent.StreamsWire;
import java.time.Instant;
import java.util.UUID;

/// One subscription: a confirmation, then what there is, then what comes, for as long as the
/// client is there. History and live events are read by the same code. For one thread.
final class Subscription implements Feed.Sink {

    private static final int WINDOW_DEFAULT = 32;

    private final Streams streams;
    private final StreamsWire.ReadReq.Options options;
    private final Events events;
    private final String stream;
    private final Feed feed;
    private final long checkpointEvery;
    private long considered;
    private long lastPosition;
    private long lastRevision = -1;

    /// @throws IllegalArgumentException when the options are wrong
    Subscription(Streams streams, StreamsWire.ReadReq.Options options, Events events) {
        this.streams = streams;
        this.options = options;
        this.events = events;
        if (ReadOptions.isBackwards(options)) {
            throw new IllegalArgumentException("The subscription goes backwards; expected it to go forwards.");
        }
        this.stream = options.hasAll() ? StreamNames.ALL : ReadOptions.stream(options);
        streams.access().require(stream, Access.Action.READ);
        this.feed = options.hasAll()
                ? streams.reads()
                        .feed(
                                ReadOptions.filter(options),
                                ReadOptions.positionAfter(options.getAll()),
                                options.getResolveLinks())
                : streams.reads()
                        .feed(stream, ReadOptions.revisionAfter(options.getStream()), options.getResolveLinks());
        this.checkpointEvery = options.hasFilter() ? checkpointEvery(options.getFilter()) : Long.MAX_VALUE;
    }

    private static long checkpointEvery(Shared.FilterOptions filter) {
        long window = filter.hasMax() ? Integer.toUnsignedLong(filter.getMax()) : WINDOW_DEFAULT;
        if (window == 0) {
            throw new IllegalArgumentException("The window of the filter is 0; expected at least 1.");
        }
        long times = Math.max(1, Integer.toUnsignedLong(filter.getCheckpointIntervalMultiplier()));
        return window > Long.MAX_VALUE / times ? Long.MAX_VALUE : window * times;
    }

    /// Runs until the client is gone or may not read any more, the stream gets a tombstone, or the server ends.
    void run() throws InterruptedException {
        try (LiveTail.Waiter waiter = streams.tail().join(feed.interest())) {
            events.outbox().onGone(waiter::wake);
            confirm();
            boolean isLive = false;
            while (!events.outbox().isGone()) {
                // Since the last look, its `$acl` may have changed.
                streams.access().require(stream, Access.Action.READ);
                long end = feed.run(this);
                if (!isLive) {
                    isLive = true;
                    goLive(end);
                }
                waiter.await(end);
            }
        }
    }

    /// Not before it can run: a server that ends takes no more.
    private void confirm() throws InterruptedException {
        events.outbox()
                .send(StreamsWire.ReadResp.newBuilder()
                        .setConfirmation(Shared.SubscriptionConfirmation.newBuilder()
                                .setSubscriptionId(UUID.randomUUID().toString()))
                        .build());
    }

    @Override
    public boolean accept(Delivery delivery) throws InterruptedException {
        events.send(delivery);
        lastRevision = delivery.found().revision();
        return passed(delivery.found().position() + 1);
    }

    @Override
    public boolean passed(long nextPosition) throws InterruptedException {
        lastPosition = nextPosition;
        considered++;
        if (considered >= checkpointEvery) {
            checkpoint();
        }
        return true;
    }

    /// `nextPosition` is the position of the last event that was looked at as it is written on the wire.
    private void checkpoint() throws InterruptedException {
        considered = 0;
        events.outbox()
                .send(StreamsWire.ReadResp.newBuilder()
                        .setCheckpoint(StreamsWire.ReadResp.Checkpoint.newBuilder()
                                .setCommitPosition(lastPosition)
                                .setPreparePosition(lastPosition)
                                .setTimestamp(now()))
                        .build());
    }

    private void goLive(long end) throws InterruptedException {
        if (options.hasFilter() && end > 0) {
            lastPosition = Math.max(lastPosition, end);
            checkpoint();
        }
        StreamsWire.ReadResp.Progress.Builder progress =
                StreamsWire.ReadResp.Progress.newBuilder().setTimestamp(now());
        if (options.hasAll()) {
            long position = Math.max(lastPosition, end);
            progress.setPosition(Shared.AllStreamPosition.newBuilder()
                    .setCommitPosition(position)
                    .setPreparePosition(position));
        } else {
            progress.setStreamRevision(Math.max(lastRevision, feed.next() - 1));
        }
        events.outbox()
                .send(StreamsWire.ReadResp.newBuilder().setCaughtUp(progress).build());
    }

    private Timestamp now() {
        Instant now = streams.clock().instant();
        return Timestamp.newBuilder()
                .setSeconds(now.getEpochSecond())
                .setNanos(now.getNano())
                .build();
    }
}
