package dev.everfold.eventsourcing.reaction;

import dev.everfold.eventsourcing.codec.EventMetadata;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// The instances of a reaction: read from their streams, appended to them, and some of them kept. Safe for many
/// threads.
///
/// What is kept may be stale where another process runs the same reaction. The condition of the next record says so.
final class Instances<S> {

    private static final int KEPT_MAX = 10_000;

    private final Reaction<?, S> reaction;
    private final EventStore store;

    /// Guarded by this. Those that were not used for longest go first.
    private final Map<String, Held<S>> kept = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Held<S>> eldest) {
            return size() > KEPT_MAX;
        }
    };

    Instances(Reaction<?, S> reaction, EventStore store) {
        this.reaction = reaction;
        this.store = store;
    }

    /// The instance of a key, kept or read.
    Held<S> get(String key) {
        synchronized (this) {
            Held<S> there = kept.get(key);
            if (there != null) {
                return there;
            }
        }
        Held<S> read = read(key);
        keep(key, read);
        return read;
    }

    /// The instance of a key as it is in the store.
    Held<S> read(String key) {
        String stream = ReactionEvents.stream(reaction.name(), key);
        List<RecordedEvent> last = store.read(Read.matching(ReactionEvents.records(stream))
                        .backwards()
                        .limit(1))
                .toList();
        if (last.isEmpty()) {
            return Held.of(Recorded.none(reaction.initial()));
        }
        return held(last.getFirst());
    }

    /// A command whose refusal is recorded is not sent again: it might be accepted now.
    private Held<S> held(RecordedEvent record) {
        Held<S> held = Held.of(ReactionEvents.reacted(record, reaction.stateCodecs()));
        if (!held.recorded().commands().isEmpty()) {
            Read after = Read.stream(record.stream()).fromRevision(record.revision() + 1);
            for (RecordedEvent event : store.read(after).toList()) {
                if (event.type().equals(ReactionEvents.REJECTED)) {
                    EventMetadata.of(event).command().ifPresent(held.answered()::add);
                }
            }
        }
        return held;
    }

    /// What was recorded of one event, also where other records follow. It reads all records of the instance.
    Optional<Held<S>> recordOf(String key, Recorded.Handled event) {
        UUID id = ReactionEvents.recordId(reaction.name(), key, event);
        Read records = Read.matching(ReactionEvents.records(ReactionEvents.stream(reaction.name(), key)));
        return store.read(records).toList().stream()
                .filter(each -> each.id().equals(id))
                .findFirst()
                .map(this::held);
    }

    /// Records what became of an instance, if nobody else has recorded anything since.
    ///
    /// Whatever this throws, the instance is read again next time: it may be recorded or not.
    ///
    /// @throws dev.everfold.eventstore.AppendConflictException when somebody else was faster
    Held<S> record(String key, Recorded<S> before, Recorded<S> now) {
        boolean tagged = !before.timers().equals(now.timers());
        NewEvent event = ReactionEvents.reacted(
                reaction.name(), key, now, reaction.stateCodecs().getFirst(), tagged);
        forget(key);
        Appended appended =
                store.append(Append.of(event).unless(ReactionEvents.records(event.stream()), before.position() + 1));
        Held<S> held =
                Held.of(now.at(appended.fromPosition(), appended.revisions().getFirst()));
        keep(key, held);
        return held;
    }

    synchronized void forget(String key) {
        kept.remove(key);
    }

    private synchronized void keep(String key, Held<S> held) {
        kept.put(key, held);
    }
}
