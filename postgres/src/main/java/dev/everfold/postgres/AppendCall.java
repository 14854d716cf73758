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
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A batch of appends in one call of the server, which stores all of it or nothing: one round trip and one commit.
///
/// It is for the usual batch, none of whose appends may bear on another one, and the server stores it when each is to
/// be accepted. What is stored is what [AppendDecisions] decides on what the server found; any other batch takes an
/// [AppendTransaction]. The server is not asked for what this process knows as long as the log ends as is
/// [known][KnownEnd], and then stores nothing unless it does.
final class AppendCall {

    private final List<PendingAppend> batch;
    private final KnownEnd known;
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

    /// What the server stored a batch by.
    ///
    /// @param found that nothing spoke against it
    /// @param unchanged whether the log ended as was [known][KnownEnd]
    /// @param server when it was started, microseconds since 1970-01-01T00:00:00Z; another one after a
    ///     failover
    record Stored(Found found, boolean unchanged, long server) {}

    private AppendCall(List<PendingAppend> batch, KnownEnd known) {
        this.batch = batch;
        this.known = known;
        this.finding = new Finding(batch, known::fulfils);
    }

    /// The call for a batch; empty when one append of it may bear on another one, tracks, or brings recorded times.
    ///
    /// @param known how the log ended when this process last appended
    static Optional<AppendCall> of(List<PendingAppend> batch, KnownEnd known) {
        AppendCall call = new AppendCall(batch, known);
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
    /// @return empty when nothing is stored, since not all may be
    Optional<Stored> run(CallSql sql, Connection connection, long partitionsEnd) throws SQLException {
        return events.size() == 1 && finding.streams().size() == 1 && finding.items() <= 1
                ? one(sql, connection, partitionsEnd)
                : many(sql, connection, partitionsEnd);
    }

    private Optional<Stored> one(CallSql sql, Connection connection, long partitionsEnd) throws SQLException {
        NewEvent event = events.getFirst();
        Long revision = known.revisions(finding.streams()).getFirst();
        CallSql.One one = known.isLikely() && revision != null ? sql.oneBehindKnown() : sql.one();
        NamedSql named = one.statement(finding.onlyItem());
        Revisions revisions = expected.getOrDefault(event.stream(), Revisions.ANY);
        Map<String, NamedSql.Value> values = new HashMap<>(EventParameters.of(event));
        values.put(
                "append_id",
                (to, index) -> to.setObject(index, batch.getFirst().append().id()));
        values.put("stamp", (to, index) -> to.setLong(index, stamps.getFirst()));
        values.put("partitions_end", (to, index) -> to.setLong(index, partitionsEnd));
        values.put("known_server", (to, index) -> to.setObject(index, known.server(), Types.BIGINT));
        values.put("known_number", (to, index) -> to.setObject(index, known.number(), Types.BIGINT));
        values.put("known_id", (to, index) -> setId(to, index, known.id()));
        values.put("known", (to, index) -> to.setObject(index, revision, Types.BIGINT));
        values.put("behind", (to, index) -> to.setBoolean(index, finding.leavesOut()));
        values.put("lowest", (to, index) -> to.setLong(index, revisions.lowest()));
        values.put("highest", (to, index) -> to.setLong(index, revisions.highest()));
        finding.onlyItem().ifPresent(item -> values.putAll(item.values()));
        try (PreparedStatement statement = connection.prepareStatement(named.text())) {
            named.set(statement, values);
            statement.execute();
            statement.getMoreResults(); // that of the lock is of no interest
            return stored(statement.getResultSet());
        }
    }

    /// With its type: the driver would ask for that first, and then end the transaction between two statements.
    private static void setId(PreparedStatement statement, int index, @Nullable UUID id) throws SQLException {
        if (id == null) {
            statement.setNull(index, Types.OTHER, "uuid");
        } else {
            statement.setObject(index, id);
        }
    }

    private Optional<Stored> many(CallSql sql, Connection connection, long partitionsEnd) throws SQLException {
        List<String> streams = finding.streams();
        Map<String, Integer> numbers = new HashMap<>();
        streams.forEach(stream -> numbers.put(stream, numbers.size() + 1));
        List<Revisions> revisions = expected.isEmpty()
                ? List.of()
                : streams.stream()
                        .map(stream -> expected.getOrDefault(stream, Revisions.ANY))
                        .toList();
        try (PreparedStatement statement = connection.prepareStatement(sql.many())) {
            SqlArrays arrays = new SqlArrays(statement);
            statement.setString(1, sql.lockMax().toMillis() + "ms");
            finding.setAppendIds(arrays, 2);
            finding.setStreams(arrays, 3);
            statement.setObject(4, known.server(), Types.BIGINT);
            statement.setObject(5, known.number(), Types.BIGINT);
            setId(statement, 6, known.id());
            arrays.set(7, "int8", known.revisions(streams));
            statement.setBoolean(8, finding.leavesOut());
            arrays.set(9, "int8", revisions, Revisions::lowest);
            arrays.set(10, "int8", revisions, Revisions::highest);
            finding.setItems(arrays, 11);
            statement.setLong(20, partitionsEnd);
            arrays.set(21, "int4", events, event -> numbers.get(event.stream()));
            arrays.set(22, "int4", steps);
            arrays.set(23, "int8", stamps);
            EventParameters.set(arrays, 24, events);
            arrays.set(34, "int4", offsets);
            arrays.set(35, "int4", counts);
            return stored(statement.executeQuery());
        }
    }

    private Optional<Stored> stored(ResultSet rows) throws SQLException {
        try (rows) {
            boolean isStored = rows.next() && rows.getObject("next_number") != null;
            return isStored
                    ? Optional.of(
                            new Stored(finding.foundClear(rows), rows.getBoolean("unchanged"), rows.getLong("server")))
                    : Optional.empty();
        }
    }
}
