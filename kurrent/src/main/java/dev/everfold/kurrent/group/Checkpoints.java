package dev.everfold.kurrent.group;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StoreUnavailableException;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/// The checkpoints of one group, and with them who serves it: whoever appended the last one. Each append expects the
/// last checkpoint to be its own, so a server that another one has taken over from learns it there. For one thread.
final class Checkpoints {

    private static final int ATTEMPTS_MAX = 20;
    private static final String TYPE = "$SubscriptionCheckpoint";

    private final EventStore store;
    private final String stream;
    private final UUID server;
    private final long generation;
    private long lastRevision = -1;
    private long began;

    Checkpoints(EventStore store, GroupDefinition group, UUID server) {
        this.store = store;
        this.stream = group.key().checkpointStream();
        this.server = server;
        this.generation = group.generation();
    }

    /// Where a group began, whatever an update behind its first checkpoint says, and how far it is.
    record Standing(long began, Checkpoint checkpoint) {

        /// @param last the last checkpoint that is stored, which may be of another generation
        /// @param start where the group begins without one
        private static Standing of(Optional<JsonNode> last, Checkpoint start) {
            return last.map(json -> new Standing(GroupJson.began(json, start.head()), GroupJson.checkpoint(json)))
                    .filter(standing -> standing.checkpoint().generation() == start.generation())
                    .orElseGet(() -> new Standing(start.head(), start));
        }
    }

    /// Where a group stands.
    static Standing standing(EventStore store, GroupDefinition group) {
        Optional<JsonNode> last =
                last(store, group.key().checkpointStream()).map(event -> GroupJson.read(event.data()));
        return Standing.of(last, Checkpoint.at(group.generation(), group.start().from()));
    }

    private static Optional<RecordedEvent> last(EventStore store, String stream) {
        try (EventCursor cursor = store.read(Read.stream(stream).backwards().limit(1))) {
            return cursor.hasNext() ? Optional.of(cursor.next().detached()) : Optional.empty();
        }
    }

    /// Takes the group over, unless it is this server's already.
    ///
    /// @param start where it begins when it has no checkpoint
    /// @return how far it is
    Checkpoint claim(Checkpoint start) {
        for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
            Optional<RecordedEvent> last = last(store, stream);
            lastRevision = last.map(RecordedEvent::revision).orElse(-1L);
            Optional<JsonNode> json = last.map(event -> GroupJson.read(event.data()));
            Standing standing = Standing.of(json, start);
            began = standing.began();
            boolean isOurs = json.isPresent()
                    && json.get().path("server").asString().equals(server.toString())
                    && json.get().path("generation").asLong() == generation;
            if (isOurs || tryAppend(standing.checkpoint())) {
                return standing.checkpoint();
            }
        }
        throw new StoreUnavailableException(
                "Other servers took a group over " + ATTEMPTS_MAX + " times while this one was to; nothing was stored."
                        + " Subscribe again.",
                true,
                null);
    }

    /// @throws ClaimLostException when another server has taken the group over
    void append(Checkpoint checkpoint) {
        if (!tryAppend(checkpoint)) {
            throw new ClaimLostException();
        }
    }

    /// @throws ClaimLostException when another server has taken the group over
    void verify() {
        if (last(store, stream).map(RecordedEvent::revision).orElse(-1L) != lastRevision) {
            throw new ClaimLostException();
        }
    }

    /// Revision of the last checkpoint, which is ours.
    long lastRevision() {
        return lastRevision;
    }

    private boolean tryAppend(Checkpoint checkpoint) {
        NewEvent event = NewEvent.of(stream, TYPE, GroupJson.checkpoint(server, began, checkpoint));
        Expected expected = lastRevision < 0 ? Expected.noStream() : Expected.revision(lastRevision);
        try {
            Appended appended = store.append(Append.of(event).expecting(stream, expected));
            lastRevision = appended.revisions().getFirst();
            return true;
        } catch (AppendConflictException _) {
            return false;
        }
    }
}
