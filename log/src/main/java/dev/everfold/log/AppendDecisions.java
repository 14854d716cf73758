package dev.everfold.log;

import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.AppendConflictException.Failure;
import dev.everfold.eventstore.AppendIdReusedException;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.CorruptStoreException;
import dev.everfold.eventstore.EventFormat;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.PositionAheadException;
import dev.everfold.eventstore.Read.Direction;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StorageFullException;
import dev.everfold.eventstore.Tracking;
import dev.everfold.log.index.Candidates;
import dev.everfold.log.index.CorruptIndexException;
import dev.everfold.log.index.LogIndex;
import dev.everfold.log.segment.AppendFormat;
import dev.everfold.log.segment.RecordReader;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Decides each append against everything before it, durable or in the same batch, and puts accepted ones
/// into the batch.
///
/// What it remembers (stream heads, append ids, tracked positions, the last recorded time) runs ahead
/// of the disk by one batch. That is safe only because a batch that cannot be made durable ends the
/// engine: nothing is ever taken back. Owned by the writer thread. Deciding is deterministic: no clock,
/// no randomness.
final class AppendDecisions {

    private final LogIndex index;
    private final RecordReader durable;
    private final RememberedAppends remembered;
    private final Map<String, Long> tracked;
    private final StreamHeads heads = new StreamHeads();
    private final Batch batch = new Batch();

    private long recordedMicros;

    /// What became of an append.
    sealed interface Decision {
        /// It is in the batch.
        record Accepted(Appended appended) implements Decision {}

        /// It was stored before; this is the first answer.
        record Repeated(Appended first) implements Decision {}

        /// Nothing of it is stored.
        record Refused(EventStoreException exception) implements Decision {}
    }

    /// @param tracked last tracked position of each source
    /// @param recordedMicros the last recorded time, lowest long = none
    AppendDecisions(
            LogIndex index,
            RecordReader durable,
            RememberedAppends remembered,
            Map<String, Long> tracked,
            long recordedMicros) {
        this.index = index;
        this.durable = durable;
        this.remembered = remembered;
        this.tracked = new HashMap<>(tracked);
        this.recordedMicros = recordedMicros;
    }

    Batch batch() {
        return batch;
    }

    /// Decides one append; when it is accepted it is part of the batch.
    Decision decide(PendingAppend pending) {
        try {
            Decision repeat = repeat(pending);
            if (repeat != null) {
                return repeat;
            }
            requireNotAhead(pending);
            learnHeads(pending);
            List<Failure> failures = failures(pending);
            if (!failures.isEmpty()) {
                return new Decision.Refused(new AppendConflictException(failures));
            }
        } catch (CorruptIndexException damage) {
            return new Decision.Refused(setAside(damage));
        } catch (InternalError unreadable) {
            return new Decision.Refused(LogFailures.unreadable(unreadable));
        } catch (EventStoreException refusal) {
            return new Decision.Refused(refusal);
        }
        // From here on the append changes what is remembered, so a failure is the engine's end.
        return new Decision.Accepted(accept(pending));
    }

    /// Decides an append for which there is no room: a repeat is answered, anything else is refused.
    Decision decideWithoutRoom(PendingAppend pending, StorageFullException full) {
        try {
            Decision repeat = repeat(pending);
            return repeat == null ? new Decision.Refused(full) : repeat;
        } catch (EventStoreException refusal) {
            return new Decision.Refused(refusal);
        }
    }

    private @Nullable Decision repeat(PendingAppend pending) {
        int kept = remembered.find(pending.idMost(), pending.idLeast());
        if (kept < 0) {
            return null;
        }
        long fromPosition = remembered.fromPosition(kept);
        List<NewEvent> events = pending.append().events();
        boolean same = events.size() == remembered.eventCount(kept);
        List<Long> revisions = new ArrayList<>();
        for (int i = 0; i < remembered.eventCount(kept); i++) {
            RecordedEvent event = event(fromPosition + i);
            revisions.add(event.revision());
            same = same && event.id().equals(events.get(i).id());
        }
        Appended first = new Appended(fromPosition, revisions);
        return same
                ? new Decision.Repeated(first)
                : new Decision.Refused(
                        new AppendIdReusedException(pending.append().id(), first));
    }

    private void requireNotAhead(PendingAppend pending) {
        for (PreparedCondition condition : pending.conditions()) {
            if (condition instanceof PreparedCondition.OfQuery ofQuery
                    && ofQuery.condition().fromPosition() > batch.nextPosition()) {
                throw new PositionAheadException(
                        "Condition", ofQuery.condition().fromPosition(), batch.nextPosition());
            }
        }
    }

    /// Looks up the streams of the append now, while it can still be refused if the index turns out to be
    /// damaged.
    private void learnHeads(PendingAppend pending) {
        for (int i = 0; i < pending.records().length; i++) {
            lastRevision(pending.streamHashes()[i], pending.records()[i]);
        }
    }

    private List<Failure> failures(PendingAppend pending) {
        List<Failure> failures = new ArrayList<>(0);
        for (PreparedCondition condition : pending.conditions()) {
            switch (condition) {
                case PreparedCondition.OfStream ofStream -> check(ofStream, failures);
                case PreparedCondition.OfQuery ofQuery -> check(ofQuery, failures);
            }
        }
        Tracking tracking = pending.tracking();
        if (tracking != null) {
            check(tracking, failures);
        }
        if (pending.bringsRecordedTimes()) {
            checkRecordedTimes(pending, failures);
        }
        return failures;
    }

    private void check(PreparedCondition.OfStream ofStream, List<Failure> failures) {
        long last = lastRevision(ofStream.hash(), ofStream.name(), 0, ofStream.name().length);
        if (!ofStream.condition().expected().holdsFor(last)) {
            failures.add(new Failure.StreamMoved(
                    ofStream.condition(), last < 0 ? OptionalLong.empty() : OptionalLong.of(last)));
        }
    }

    private void check(PreparedCondition.OfQuery ofQuery, List<Failure> failures) {
        LogIndex.Range range = new LogIndex.Range(ofQuery.condition().fromPosition(), batch.nextPosition());
        Candidates candidates = index.candidates(ofQuery.index(), range, Direction.FORWARDS, true);
        long position = candidates.next();
        if (position < 0) {
            return; // As a rule: then nothing needs to be compared.
        }
        Predicate<RecordedEvent> matches = ofQuery.condition().query().predicate();
        for (; position >= 0; position = candidates.next()) {
            if (matches.test(event(position))) {
                failures.add(new Failure.QueryMatched(ofQuery.condition(), position));
                return;
            }
        }
    }

    private void check(Tracking tracking, List<Failure> failures) {
        Long found = tracked.get(tracking.source());
        if (found != null && tracking.position() <= found) {
            failures.add(new Failure.TrackingNotRising(tracking, found));
        }
    }

    private void checkRecordedTimes(PendingAppend pending, List<Failure> failures) {
        long last = recordedMicros;
        for (int i = 0; i < pending.records().length; i++) {
            long recorded = pending.recordedMicros(i, last);
            if (recorded < last) {
                failures.add(new Failure.RecordedTimeFalling(instant(recorded), instant(last)));
                return;
            }
            last = recorded;
        }
    }

    private Appended accept(PendingAppend pending) {
        byte[][] records = pending.records();
        long most = pending.idMost();
        long least = pending.idLeast();
        Tracking tracking = pending.tracking();
        long fromPosition = batch.nextPosition();
        batch.addAppend(new AppendFormat.Header(new UUID(most, least), records.length, Optional.ofNullable(tracking)));
        Long[] given = new Long[records.length];
        for (int i = 0; i < records.length; i++) {
            long hash = pending.streamHashes()[i];
            long revision = nextRevision(hash, records[i]);
            recordedMicros = pending.recordedMicros(i, recordedMicros);
            EventFormat.Place place = new EventFormat.Place(batch.nextPosition(), revision, recordedMicros);
            RecordedEvent event = batch.addRecord(records[i], place);
            index.add(event);
            given[i] = revision;
        }
        remembered.add(most, least, fromPosition, records.length);
        index.addAppend(most, least, fromPosition, records.length);
        if (tracking != null) {
            tracked.put(tracking.source(), tracking.position());
            index.addTracking(tracking.source(), tracking.position());
        }
        return new Appended(fromPosition, List.of(given));
    }

    private long lastRevision(long hash, byte[] record) {
        return lastRevision(hash, record, EventFormat.HEADER_BYTES, EventFormat.streamBytes(record, 0));
    }

    /// Gives out the next revision of a stream that was learned before.
    private long nextRevision(long hash, byte[] record) {
        int length = EventFormat.streamBytes(record, 0);
        long next = heads.next(hash, record, EventFormat.HEADER_BYTES, length);
        if (next == StreamHeads.UNKNOWN) {
            // Forgotten meanwhile, in an append with very many or very long names.
            lastRevision(hash, record);
            next = heads.next(hash, record, EventFormat.HEADER_BYTES, length);
        }
        return next;
    }

    /// Last revision of a stream, -1 when it has no event: from the heads, else from the index and the
    /// record.
    private long lastRevision(long hash, byte[] buffer, int at, int length) {
        long known = heads.lastRevision(hash, buffer, at, length);
        if (known != StreamHeads.UNKNOWN) {
            return known;
        }
        byte[] name = Arrays.copyOfRange(buffer, at, at + length);
        long revision = -1;
        for (long position = index.lastPosition(hash, batch.nextPosition()); position >= 0; ) {
            RecordedEvent event = event(position);
            if (event.hasStream(name)) {
                revision = event.revision();
                break;
            }
            position = index.lastPosition(hash, position);
        }
        heads.put(hash, buffer, at, length, revision);
        return revision;
    }

    private CorruptStoreException setAside(CorruptIndexException damage) {
        try {
            index.quarantine(damage);
        } catch (IOException failure) {
            damage.addSuppressed(failure);
        }
        return new CorruptStoreException(damage.getMessage());
    }

    private RecordedEvent event(long position) {
        return batch.holds(position) ? batch.event(position) : durable.read(position);
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
