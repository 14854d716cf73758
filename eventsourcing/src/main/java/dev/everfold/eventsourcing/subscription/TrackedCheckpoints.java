package dev.everfold.eventsourcing.subscription;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.OutcomeUnknownException;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/// Checkpoints in the event store itself, which need no other place: a checkpoint is the tracked position of source
/// `$consumer:NAME`; what is parked and settled are events of the system in stream `$consumer-NAME`.
///
/// It has no leases. In one process a consumer is claimed once; of several processes each may begin, and the first
/// step of the slower one is refused, since a tracked position must rise. For stores that one process opens, such
/// as `log:`. Safe for many threads.
public final class TrackedCheckpoints implements CheckpointStore {

    private final EventStore store;

    /// Guarded by this.
    private final Set<String> claimed = new HashSet<>();

    /// In this store, which somebody else closes.
    public TrackedCheckpoints(EventStore store) {
        this.store = store;
    }

    @Override
    public synchronized Optional<Claim> claim(String consumer, String owner, Duration lease) {
        if (!claimed.add(consumer)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new TrackedClaim(consumer));
        } catch (RuntimeException failed) {
            claimed.remove(consumer);
            throw failed;
        }
    }

    private synchronized void release(String consumer) {
        claimed.remove(consumer);
    }

    private final class TrackedClaim implements Claim {

        private final String consumer;
        private final String source;
        private final String stream;
        private final Optional<Checkpoint> checkpoint;
        private final List<ParkedEvent> parked;

        private OptionalLong tracked;
        private long nextRevision;

        TrackedClaim(String consumer) {
            this.consumer = consumer;
            this.source = "$consumer:" + consumer;
            this.stream = "$consumer-" + consumer;
            this.tracked = store.trackedPosition(source);
            this.checkpoint = tracked.isPresent()
                    ? Optional.of(new Checkpoint(store.lineage(), tracked.getAsLong()))
                    : Optional.empty();
            TreeMap<Long, ParkedEvent> found = new TreeMap<>();
            // Of all that was ever parked, no more is held than what still is.
            try (EventCursor history = store.read(Read.stream(stream))) {
                while (history.hasNext()) {
                    RecordedEvent event = history.next();
                    ParkedEvents.fold(found, event);
                    nextRevision = event.revision() + 1;
                }
            }
            this.parked = List.copyOf(found.values());
        }

        @Override
        public Optional<Checkpoint> checkpoint() {
            return checkpoint;
        }

        @Override
        public List<ParkedEvent> parked() {
            return parked;
        }

        /// Knows nothing of events: who handles them does so around this.
        @Override
        public void commit(Step step) {
            List<NewEvent> events = new ArrayList<>();
            step.park().forEach(event -> events.add(ParkedEvents.parked(stream, event)));
            if (!step.unpark().isEmpty()) {
                events.add(ParkedEvents.settled(stream, step.unpark()));
            }
            long position = step.after().position();
            boolean rises = tracked.isEmpty() || position > tracked.getAsLong();
            if (!rises && events.isEmpty()) {
                return;
            }
            try {
                store.append(append(events, rises ? OptionalLong.of(position) : OptionalLong.empty()));
            } catch (AppendConflictException conflict) {
                throw new ClaimLostException(consumer, "it has been run elsewhere (" + conflict.getMessage() + ")");
            }
            nextRevision += events.size();
            if (rises) {
                tracked = OptionalLong.of(position);
            }
        }

        private Append append(List<NewEvent> events, OptionalLong track) {
            if (events.isEmpty()) {
                return Append.track(source, track.orElseThrow());
            }
            Append append = Append.of(events)
                    .expecting(stream, nextRevision == 0 ? Expected.noStream() : Expected.revision(nextRevision - 1));
            return track.isPresent() ? append.tracking(source, track.getAsLong()) : append;
        }

        /// After an unknown outcome the same step either is a new one or is refused as a repeat, which
        /// claims anew.
        @Override
        public boolean isTransient(RuntimeException failure) {
            return failure instanceof OutcomeUnknownException
                    || (failure instanceof EventStoreException cause && cause.retryable());
        }

        @Override
        public void close() {
            release(consumer);
        }
    }
}
