package dev.everfold.kurrent.group;

import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.kurrent.stream.AppendOutcome;
import dev.everfold.kurrent.stream.AppendRequest;
import dev.everfold.kurrent.stream.Delivery;
import dev.everfold.kurrent.stream.ExpectedState;
import dev.everfold.kurrent.stream.Feed;
import dev.everfold.kurrent.stream.RefusedException;
import dev.everfold.kurrent.stream.StreamNames;
import dev.everfold.kurrent.stream.Streams;
import dev.everfold.kurrent.stream.Violation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.Set;

/// The stream of links to messages that a group has set aside. What is before its `$tb` was given again and is done.
final class ParkedMessages {

    /// Links that are appended at once.
    private static final int BATCH_MAX = 500;

    /// Characters of a reason that are kept.
    private static final int REASON_MAX = 1_000;

    private final Streams streams;
    private final GroupDefinition group;
    private final String stream;

    ParkedMessages(Streams streams, GroupDefinition group) {
        this.streams = streams;
        this.group = group;
        this.stream = group.key().parkedStream();
    }

    /// The next revision of the parked stream of a group, whether there is such a group or not.
    static long next(Streams streams, GroupKey key) {
        return streams.reads()
                .feed(key.parkedStream(), OptionalLong.empty(), false)
                .next();
    }

    /// The first that is parked; [#next()] when none is.
    long first() throws InterruptedException {
        return Math.min(
                streams.reads().firstRevision(stream, group.parkedFrom()).orElse(Long.MAX_VALUE), next());
    }

    /// After the last that is parked.
    long next() {
        return Math.max(next(streams, group.key()), group.parkedFrom());
    }

    /// What is parked, from a revision on.
    Feed from(long revision) {
        return streams.reads().feed(stream, OptionalLong.of(revision), true);
    }

    /// Parks messages; when this returns, they are stored.
    ///
    /// @param lastCheckpoint revision that the group's checkpoints are expected to have
    /// @throws ClaimLostException when they have another; nothing is stored
    void append(List<Dispatcher.Parked> messages, long lastCheckpoint) {
        for (int from = 0; from < messages.size(); from += BATCH_MAX) {
            appendBatch(messages.subList(from, Math.min(messages.size(), from + BATCH_MAX)), lastCheckpoint);
        }
    }

    private void appendBatch(List<Dispatcher.Parked> messages, long lastCheckpoint) {
        List<NewEvent> links = messages.stream().map(this::link).toList();
        SequencedMap<String, ExpectedState> expected = new LinkedHashMap<>();
        expected.put(group.key().checkpointStream(), ExpectedState.revision(lastCheckpoint));
        AppendRequest request = new AppendRequest(links, expected, Set.of(stream));
        if (streams.appends().appendAndWait(request) instanceof AppendOutcome.Refused refused) {
            for (Violation violation : refused.violations()) {
                if (violation.stream().equals(stream)) {
                    throw RefusedException.of(violation);
                }
            }
            throw new ClaimLostException();
        }
    }

    private NewEvent link(Dispatcher.Parked parked) {
        Delivery delivery = parked.message().delivery();
        Bytes metadata = GroupJson.bytes(GroupJson.object()
                .put("added", streams.clock().instant().toString())
                .put("reason", shortened(parked.reason()))
                .put("subscriptionEventNumber", parked.message().place()));
        return NewEvent.of(stream, StreamNames.LINK_TYPE, target(delivery))
                .withContent(NewEvent.BINARY, target(delivery))
                .withMetadata(metadata);
    }

    private static String shortened(String reason) {
        return reason.codePoints()
                .limit(REASON_MAX)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /// Where the event is; for a link that is in no stream, and for one that leads nowhere, what it says.
    private Bytes target(Delivery delivery) {
        RecordedEvent event = delivery.event().orElseGet(delivery::found);
        boolean isMade = delivery.event().isEmpty() || streams.reads().isIndex(event.stream());
        return isMade ? event.data() : Bytes.utf8(event.revision() + "@" + event.stream());
    }

    /// Nothing before the revision is parked any more.
    void truncate(long beforeRevision) {
        streams.appends().truncate(stream, beforeRevision);
    }

    /// Hides everything, since there is no such group any more.
    void delete() {
        if (next(streams, group.key()) > 0) {
            streams.appends().delete(stream, ExpectedState.ANY);
        }
    }
}
