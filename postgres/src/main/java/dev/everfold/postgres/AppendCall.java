package dev.everfold.postgres;

import dev.everfold.eventstore.AppendCondition;
import dev.everfold.eventstore.AppendCondition.NothingMatching;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// A batch of appends in one call of the server, which stores all of it or nothing: one round trip and one commit.
///
/// It is for the usual batch, none of whose appends may bear on another one, and the server stores it when each is to
/// be accepted. What is stored is what [AppendDecisions] decides on what the server found; any other batch takes an
/// [AppendTransaction].
final class AppendCall {

    private final List<NewEvent> events = new ArrayList<>();
    private final List<Long> stamps = new ArrayList<>();
    private final List<Integer> steps = new ArrayList<>();
    private final List<Integer> offsets = new ArrayList<>();
    private final List<Integer> counts = new ArrayList<>();
    private final Map<String, Integer> stepsByStream = new HashMap<>();
    private final Map<String, Revisions> expected = new HashMap<>();
    private final Set<UUID> appendIds = new HashSet<>();
    private final Finding finding;

    /// Where the first of the events bore which names: so many as conditions were compared with.
    private final LastSeen earlierSeen = new LastSeen();

    private int earlier;

    /// Between which the last revision of a stream has to be; -1 = it has no event.
    private record Revisions(long lowest, long highest) {

        static final Revisions ANY = new Revisions(-1, Long.MAX_VALUE);

        Revisions and(Expected expected) {
            return switch (expected) {
                case Expected.NoStream _ -> and(-1, -1);
                case Expected.Revision(long revision) -> and(revision, revision);
                case Expected.Exists _ -> and(0, Long.MAX_VALUE);
                case Expected.Any _ -> this;
            };
        }

        private Revisions and(long least, long most) {
            return new Revisions(Math.max(lowest, least), Math.min(highest, most));
        }
    }

    private AppendCall(List<PendingAppend> batch) {
        this.finding = new Finding(batch);
    }

    /// The call for a batch; empty when one append of it may bear on another one, tracks, or brings recorded times.
    static Optional<AppendCall> of(List<PendingAppend> batch) {
        AppendCall call = new AppendCall(batch);
        for (PendingAppend pending : batch) {
            if (!call.add(pending)) {
                return Optional.empty();
            }
        }
        return Optional.of(call);
    }

    private boolean add(PendingAppend pending) {
        if (!appendIds.add(pending.append().id()) || pending.append().tracking().isPresent()) {
            return false;
        }
        for (AppendCondition condition : pending.append().conditions()) {
            boolean standsAlone = switch (condition) {
                case AppendCondition.StreamAt(String stream, Expected revision) -> expect(stream, revision);
                case NothingMatching nothing -> isLookedUp(nothing.query()) && !mayMeetEarlier(nothing);
            };
            if (!standsAlone) {
                return false;
            }
        }
        long stamp = pending.stampMicros();
        offsets.add(events.size());
        counts.add(pending.append().events().size());
        for (NewEvent event : pending.append().events()) {
            if (event.recorded().isPresent()) {
                return false;
            }
            stamps.add(stamps.isEmpty() ? stamp : Math.max(stamps.getLast(), stamp));
            steps.add(stepsByStream.merge(event.stream(), 1, Integer::sum));
            events.add(event);
        }
        return true;
    }

    /// Whether the server is asked for each part of a query; what matches anything or nothing is decided by
    /// positions.
    private static boolean isLookedUp(Query query) {
        return !query.matchesEverything() && !query.items().isEmpty();
    }

    private boolean expect(String stream, Expected revision) {
        expected.put(stream, expected.getOrDefault(stream, Revisions.ANY).and(revision));
        return !stepsByStream.containsKey(stream);
    }

    /// Whether an event of an earlier append may match, whichever place it will have.
    private boolean mayMeetEarlier(NothingMatching nothing) {
        for (; earlier < events.size(); earlier++) {
            // Perhaps the first of its stream: whoever asks for such events may be met.
            earlierSeen.add(events.get(earlier), earlier, true);
        }
        return earlierSeen.mayMatch(nothing.query(), 0);
    }

    /// Calls the server, on a connection that commits each statement.
    ///
    /// @param partitionsEnd position before which there are partitions
    /// @return what it was stored by: nothing spoke against it; empty when nothing is stored, since not all may be
    Optional<Found> run(AppendSql sql, Connection connection, long partitionsEnd) throws SQLException {
        boolean isOne = finding.appendIds().size() == 1
                && events.size() == 1
                && finding.streams().size() == 1
                && finding.items() <= 1;
        return isOne ? one(sql, connection, partitionsEnd) : many(sql, connection, partitionsEnd);
    }

    private Optional<Found> one(AppendSql sql, Connection connection, long partitionsEnd) throws SQLException {
        NewEvent event = events.getFirst();
        Revisions revisions = expected.getOrDefault(event.stream(), Revisions.ANY);
        NamedValues values = new NamedValues()
                .put("append_id", finding.appendIds().getFirst())
                .put("stamp", stamps.getFirst())
                .put("partitions_end", partitionsEnd)
                .put("lowest", revisions.lowest())
                .put("highest", revisions.highest());
        EventParameters.put(values, event);
        finding.onlyItem().ifPresent(item -> item.put(values));
        NamedSql one = sql.one().statement(finding.onlyItem());
        try (PreparedStatement statement = one.prepare(connection, values)) {
            statement.execute();
            statement.getMoreResults(); // that of the lock is of no interest
            return stored(statement.getResultSet());
        }
    }

    private Optional<Found> many(AppendSql sql, Connection connection, long partitionsEnd) throws SQLException {
        List<String> streams = finding.streams();
        Map<String, Integer> numbers = new HashMap<>();
        streams.forEach(stream -> numbers.put(stream, numbers.size() + 1));
        List<Revisions> revisions = expected.isEmpty()
                ? List.of()
                : streams.stream()
                        .map(stream -> expected.getOrDefault(stream, Revisions.ANY))
                        .toList();
        NamedValues values = new NamedValues()
                .put("wait_max", sql.waitMax())
                .put("partitions_end", partitionsEnd)
                .array("lowest", "int8", revisions, Revisions::lowest)
                .array("highest", "int8", revisions, Revisions::highest)
                .array("stream_numbers", "int4", events, event -> numbers.get(event.stream()))
                .array("steps", "int4", steps)
                .array("stamps", "int8", stamps)
                .array("offsets", "int4", offsets)
                .array("append_events", "int4", counts);
        finding.put(values);
        EventParameters.put(values, events);
        try (PreparedStatement statement = sql.append().prepare(connection, values)) {
            return stored(statement.executeQuery());
        }
    }

    private Optional<Found> stored(ResultSet rows) throws SQLException {
        try (rows) {
            boolean isStored = rows.next() && rows.getObject("next_position") != null;
            return isStored ? Optional.of(finding.foundClear(rows)) : Optional.empty();
        }
    }
}
