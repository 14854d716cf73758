package dev.everfold.postgres;

import dev.everfold.eventstore.AppendCondition;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.AppendConflictException.Failure;
import dev.everfold.eventstore.AppendIdReusedException;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventFormat;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.PositionAheadException;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.Tracking;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Decides the appends of one batch, one after another, each against what was committed and what was
/// accepted before it in the batch. Deciding is deterministic: no clock, no randomness, no database.
final class AppendDecisions {

    private final Found found;
    private final int rememberedMax;
    private final Map<UUID, Found.Remembered> remembered;
    private final Map<String, Long> revisions;
    private final Map<String, Long> tracked;
    private final List<PlacedEvent> events = new ArrayList<>();

    /// The first of them as queries meet them, each made when it is first asked about.
    private final List<RecordedEvent> recorded = new ArrayList<>();
    private final LastSeen recordedSeen = new LastSeen();

    private final List<Decision> decided = new ArrayList<>();
    private final List<AcceptedAppend> accepted = new ArrayList<>();
    private final Map<String, Long> trackedNow = new HashMap<>();
    private long recordedMicros;

    /// What became of an append.
    sealed interface Decision {
        /// It is to be stored.
        record Accepted(Appended appended) implements Decision {}

        /// It was stored before; this is the first answer.
        record Repeated(Appended first) implements Decision {}

        /// Nothing of it is stored.
        record Refused(EventStoreException exception) implements Decision {}
    }

    /// An event with its place in the log.
    record PlacedEvent(NewEvent event, EventFormat.Place place) {

        RecordedEvent recorded() {
            byte[] record = EventFormat.encode(event);
            EventFormat.place(record, 0, place);
            return RecordedEvent.view(record, 0);
        }
    }

    /// An append that is to be remembered.
    record AcceptedAppend(UUID id, long fromPosition, int events) {}

    AppendDecisions(Found found, int rememberedMax) {
        this.found = found;
        this.rememberedMax = rememberedMax;
        this.remembered = new HashMap<>(found.remembered());
        this.revisions = new HashMap<>(found.revisions());
        this.tracked = new HashMap<>(found.tracked());
        this.recordedMicros = found.lastRecordedMicros();
    }

    /// What became of each append so far, in order.
    List<Decision> decided() {
        return decided;
    }

    /// Events of the accepted appends, in order.
    List<PlacedEvent> events() {
        return events;
    }

    /// The accepted appends, in order.
    List<AcceptedAppend> accepted() {
        return accepted;
    }

    /// Tracked positions that rose.
    Map<String, Long> tracked() {
        return trackedNow;
    }

    /// Last revision of each stream that the batch names and that has events, once what was accepted is stored.
    Map<String, Long> revisions() {
        return revisions;
    }

    /// Position of the first event of the accepted appends.
    long firstPosition() {
        return found.nextPosition();
    }

    /// Number of the first accepted append.
    long firstNumber() {
        return found.nextNumber();
    }

    /// The last recorded time once what was accepted is stored; the lowest long = none.
    long lastRecordedMicros() {
        return recordedMicros;
    }

    /// How the log ended before the batch.
    LogEnd before() {
        return found.end();
    }

    /// How the log ends once what was accepted is stored.
    LogEnd end() {
        return accepted.isEmpty()
                ? found.end()
                : new LogEnd(
                        found.end().server(),
                        firstNumber(),
                        nextNumber(),
                        accepted.getLast().id());
    }

    /// How many events there are once what was accepted is stored.
    long nextPosition() {
        return found.nextPosition() + events.size();
    }

    /// How far the log goes once what was accepted is stored.
    Indexer.Extent extent() {
        return new Indexer.Extent(nextNumber(), nextPosition());
    }

    /// Decides the next append.
    Decision decide(PendingAppend pending) {
        Decision decision = decision(pending);
        decided.add(decision);
        return decision;
    }

    private Decision decision(PendingAppend pending) {
        Found.Remembered first = remembered.get(pending.append().id());
        if (first != null && first.number() >= nextNumber() - rememberedMax) {
            return repeat(pending, first);
        }
        for (AppendCondition condition : pending.append().conditions()) {
            if (condition instanceof AppendCondition.NothingMatching nothing
                    && nothing.fromPosition() > nextPosition()) {
                return new Decision.Refused(
                        new PositionAheadException("Condition", nothing.fromPosition(), nextPosition()));
            }
        }
        List<Failure> failures = failures(pending);
        return failures.isEmpty()
                ? new Decision.Accepted(accept(pending))
                : new Decision.Refused(new AppendConflictException(failures));
    }

    private long nextNumber() {
        return found.nextNumber() + accepted.size();
    }

    private static Decision repeat(PendingAppend pending, Found.Remembered first) {
        boolean same = first.eventIds()
                .equals(pending.append().events().stream().map(NewEvent::id).toList());
        return same
                ? new Decision.Repeated(first.appended())
                : new Decision.Refused(
                        new AppendIdReusedException(pending.append().id(), first.appended()));
    }

    private List<Failure> failures(PendingAppend pending) {
        List<Failure> failures = new ArrayList<>(0);
        for (AppendCondition condition : pending.append().conditions()) {
            switch (condition) {
                case AppendCondition.StreamAt streamAt -> check(streamAt, failures);
                case AppendCondition.NothingMatching nothing -> {
                    Long position = lowestMatch(nothing);
                    if (position != null) {
                        failures.add(new Failure.QueryMatched(nothing, position));
                    }
                }
            }
        }
        pending.append().tracking().ifPresent(tracking -> check(tracking, failures));
        checkRecordedTimes(pending, failures);
        return failures;
    }

    private void check(AppendCondition.StreamAt streamAt, List<Failure> failures) {
        long last = revisions.getOrDefault(streamAt.stream(), -1L);
        if (!streamAt.expected().holdsFor(last)) {
            failures.add(new Failure.StreamMoved(streamAt, last < 0 ? OptionalLong.empty() : OptionalLong.of(last)));
        }
    }

    private @Nullable Long lowestMatch(AppendCondition.NothingMatching nothing) {
        Query query = nothing.query();
        if (query.matchesEverything()) {
            return nothing.fromPosition() < nextPosition() ? Long.valueOf(nothing.fromPosition()) : null;
        }
        Long committed = found.match(nothing);
        if (committed != null || events.isEmpty()) {
            return committed;
        }
        for (PlacedEvent event : events.subList(recorded.size(), events.size())) {
            recordedSeen.add(
                    event.event(), event.place().position(), event.place().revision() == 0);
            recorded.add(event.recorded());
        }
        if (!recordedSeen.mayMatch(query, nothing.fromPosition())) {
            return null;
        }
        Predicate<RecordedEvent> matches = query.predicate();
        for (RecordedEvent event : recorded) {
            if (event.position() >= nothing.fromPosition() && matches.test(event)) {
                return event.position();
            }
        }
        return null;
    }

    private void check(Tracking tracking, List<Failure> failures) {
        Long last = tracked.get(tracking.source());
        if (last != null && tracking.position() <= last) {
            failures.add(new Failure.TrackingNotRising(tracking, last));
        }
    }

    private void checkRecordedTimes(PendingAppend pending, List<Failure> failures) {
        long last = recordedMicros;
        for (NewEvent event : pending.append().events()) {
            long recorded = recordedMicros(event, pending, last);
            if (recorded < last) {
                failures.add(new Failure.RecordedTimeFalling(Times.instant(recorded), Times.instant(last)));
                return;
            }
            last = recorded;
        }
    }

    private static long recordedMicros(NewEvent event, PendingAppend pending, long last) {
        Optional<Instant> brought = event.recorded();
        return brought.isPresent() ? Times.micros(brought.get()) : Math.max(last, pending.stampMicros());
    }

    private Appended accept(PendingAppend pending) {
        long fromPosition = nextPosition();
        List<Long> given = new ArrayList<>();
        List<UUID> ids = new ArrayList<>();
        for (NewEvent event : pending.append().events()) {
            long revision = revisions.getOrDefault(event.stream(), -1L) + 1;
            recordedMicros = recordedMicros(event, pending, recordedMicros);
            events.add(new PlacedEvent(event, new EventFormat.Place(nextPosition(), revision, recordedMicros)));
            revisions.put(event.stream(), revision);
            given.add(revision);
            ids.add(event.id());
        }
        pending.append().tracking().ifPresent(tracking -> {
            tracked.put(tracking.source(), tracking.position());
            trackedNow.put(tracking.source(), tracking.position());
        });
        Appended appended = new Appended(fromPosition, given);
        UUID id = pending.append().id();
        remembered.put(id, new Found.Remembered(nextNumber(), appended, ids));
        accepted.add(new AcceptedAppend(id, fromPosition, given.size()));
        return appended;
    }
}
