package dev.everfold.eventsourcing;

import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.PositionAheadException;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.util.Optional;

/// Loads streams and folds them: the one place where stored events become state. Safe for many threads.
final class StateLoader<S, E> {

    private static final System.Logger LOG = System.getLogger(StateLoader.class.getName());

    private final EventStore store;
    private final EventCodec<E> codec;
    private final Decider<?, S, E> decider;
    private final Optional<Snapshots<S>> snapshots;
    private final Clock clock;

    StateLoader(
            EventStore store,
            EventCodec<E> codec,
            Decider<?, S, E> decider,
            Optional<Snapshots<S>> snapshots,
            Clock clock) {
        this.store = store;
        this.codec = codec;
        this.decider = decider;
        this.snapshots = snapshots;
        this.clock = clock;
    }

    /// The state of a stream now, from its newest snapshot on.
    Folded<S> load(String stream) {
        return load(stream, Long.MAX_VALUE);
    }

    /// The state of a stream before the event at `toRevision`, never by way of a later snapshot.
    Folded<S> load(String stream, long toRevision) {
        long below = toRevision;
        Optional<Folded<S>> saved = saved(stream, below);
        while (saved.isPresent()) {
            Optional<Folded<S>> folded = foldOnSaved(stream, saved.get(), toRevision);
            if (folded.isPresent()) {
                return folded.get();
            }
            below = saved.get().revision();
            saved = saved(stream, below);
        }
        return foldOn(stream, initial(), toRevision);
    }

    private Optional<Folded<S>> saved(String stream, long below) {
        return snapshots.flatMap(taken -> taken.newest(stream, below));
    }

    /// Reads on from the event that a snapshot ends with: that it is where it was proves that the
    /// snapshot is of this history, and not of one whose newest events were lost by a restore or a
    /// failover.
    private Optional<Folded<S>> foldOnSaved(String stream, Folded<S> saved, long toRevision) {
        Read read = Read.stream(stream).fromRevision(saved.revision()).toRevision(toRevision);
        boolean isAnother = false;
        try (EventCursor cursor = store.read(read)) {
            if (cursor.hasNext()) {
                RecordedEvent first = cursor.next();
                if (first.position() == saved.position()) {
                    return Optional.of(foldOn(cursor, saved));
                }
                isAnother = first.revision() == saved.revision();
            }
        }
        if (!isAnother && isOutOfTheLog(saved.position())) {
            return Optional.of(foldOn(stream, saved, toRevision));
        }
        LOG.log(
                Level.WARNING,
                "snapshot not used, it does not fit the log revision={0} position={1}",
                Long.toString(saved.revision()),
                Long.toString(saved.position()));
        return Optional.empty();
    }

    /// Whether the log goes on behind an event that it does not hold: one that was detached, for which the snapshot
    /// stands.
    private boolean isOutOfTheLog(long position) {
        try (EventCursor cursor = store.read(Read.all().fromPosition(position).limit(1))) {
            return cursor.hasNext() ? cursor.next().position() > position : cursor.end() > position;
        } catch (PositionAheadException _) {
            return false;
        }
    }

    /// The state of a stream now, from its first event on.
    Folded<S> loadWithoutSnapshot(String stream) {
        return foldOn(stream, initial());
    }

    /// The state of a stream now, from a state that it had before.
    Folded<S> foldOn(String stream, Folded<S> from) {
        return foldOn(stream, from, Long.MAX_VALUE);
    }

    /// The state before the first event.
    Folded<S> initial() {
        return Folded.initial(decider.initial(), clock.instant());
    }

    /// The state after one more event of the stream.
    Folded<S> fold(Folded<S> from, RecordedEvent event) {
        return from.after(evolve(from.state(), event), event.revision(), event.position());
    }

    private Folded<S> foldOn(String stream, Folded<S> from, long toRevision) {
        Read read = Read.stream(stream).fromRevision(from.revision() + 1).toRevision(toRevision);
        try (EventCursor cursor = store.read(read)) {
            return foldOn(cursor, from);
        }
    }

    private Folded<S> foldOn(EventCursor cursor, Folded<S> from) {
        S state = from.state();
        long revision = from.revision();
        long position = from.position();
        while (cursor.hasNext()) {
            RecordedEvent event = cursor.next();
            state = evolve(state, event);
            revision = event.revision();
            position = event.position();
        }
        return revision == from.revision() ? from : from.after(state, revision, position);
    }

    private S evolve(S state, RecordedEvent event) {
        S evolved = state;
        for (E decoded : codec.decode(event)) {
            evolved = decider.evolve(evolved, decoded);
        }
        return evolved;
    }
}
