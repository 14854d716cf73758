package dev.everfold.postgres;

import dev.everfold.eventstore.AppendCondition;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.postgres.AppendDecisions.AcceptedAppend;
import dev.everfold.postgres.AppendDecisions.Decision;
import dev.everfold.postgres.AppendDecisions.PlacedEvent;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One batch of appends within a transaction that is READ COMMITTED: two statements, whatever the batch.
///
/// The first takes the sequencer and finds; then the batch is decided here; the second stores. Whoever
/// holds the sequencer is the only one that appends, from before it looks until it has committed: so
/// positions have no gaps, are committed in their order, and nothing comes between check and store.
final class AppendTransaction {

    private final Sql sql;
    private final Connection connection;
    private final String lockMax;

    /// @param lockMaxMillis how long to wait for the sequencer
    AppendTransaction(Sql sql, Connection connection, long lockMaxMillis) {
        this.sql = sql;
        this.connection = connection;
        this.lockMax = lockMaxMillis + "ms";
    }

    /// Takes the sequencer and decides. Nothing is stored yet.
    ///
    /// @param decisions receives what became of each append, in order
    AppendDecisions decide(List<PendingAppend> batch, int rememberedMax, List<Decision> decisions) throws SQLException {
        AppendDecisions deciding = new AppendDecisions(find(batch), rememberedMax);
        for (PendingAppend pending : batch) {
            decisions.add(deciding.decide(pending));
        }
        return deciding;
    }

    private Found find(List<PendingAppend> batch) throws SQLException {
        Set<String> streams = new LinkedHashSet<>();
        Set<String> sources = new LinkedHashSet<>();
        ConditionItems items = new ConditionItems();
        List<UUID> appendIds = new ArrayList<>();
        for (PendingAppend pending : batch) {
            appendIds.add(pending.append().id());
            pending.append().events().forEach(event -> streams.add(event.stream()));
            pending.append().tracking().ifPresent(tracking -> sources.add(tracking.source()));
            for (AppendCondition condition : pending.append().conditions()) {
                switch (condition) {
                    case AppendCondition.StreamAt streamAt -> streams.add(streamAt.stream());
                    case AppendCondition.NothingMatching nothing -> items.add(nothing);
                }
            }
        }
        try (PreparedStatement statement = connection.prepareStatement(sql.find())) {
            statement.setString(1, lockMax);
            statement.setArray(2, array("uuid", appendIds));
            statement.setArray(3, array("text", List.copyOf(streams)));
            statement.setArray(4, array("text", List.copyOf(sources)));
            statement.setArray(5, array("int4", items.kinds));
            statement.setArray(6, array("int8", items.fromPositions));
            statement.setArray(7, array("text", items.terms));
            statement.setArray(8, array("bool", items.plain));
            statement.setArray(9, array("text", items.streams));
            statement.setArray(10, array("text", items.categories));
            statement.setArray(11, array("text", items.types));
            statement.setArray(12, array("text", items.tags));
            statement.setArray(13, array("bool", items.onlyFirst));
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return found(row, List.copyOf(streams), List.copyOf(sources), items);
            }
        }
    }

    private Found found(ResultSet row, List<String> streams, List<String> sources, ConditionItems items)
            throws SQLException {
        long lastRecorded = row.getLong("last_recorded");
        if (row.wasNull()) {
            lastRecorded = Long.MIN_VALUE;
        }
        Map<AppendCondition.NothingMatching, Long> matches = new HashMap<>();
        Integer[] matchedItems = present(row, "matched_items", new Integer[0]);
        Long[] matchedPositions = present(row, "matched_positions", new Long[0]);
        for (int i = 0; i < matchedItems.length; i++) {
            matches.merge(items.condition(matchedItems[i]), matchedPositions[i], Math::min);
        }
        return new Found(
                row.getLong("next_position"),
                lastRecorded,
                row.getLong("next_number"),
                remembered(row),
                byName(streams, numbers(row, "revisions")),
                byName(sources, numbers(row, "tracked_positions")),
                matches);
    }

    private static Map<String, Long> byName(List<String> names, @Nullable Long[] values) {
        Map<String, Long> byName = new HashMap<>();
        for (int i = 0; i < values.length; i++) {
            Long value = values[i];
            if (value != null) {
                byName.put(names.get(i), value);
            }
        }
        return byName;
    }

    private Map<UUID, Found.Remembered> remembered(ResultSet row) throws SQLException {
        Map<UUID, Found.Remembered> remembered = new HashMap<>();
        UUID[] ids = present(row, "remembered_ids", new UUID[0]);
        Long[] numbers = present(row, "remembered_numbers", new Long[0]);
        Long[] positions = present(row, "remembered_positions", new Long[0]);
        Integer[] events = present(row, "remembered_events", new Integer[0]);
        for (int i = 0; i < ids.length; i++) {
            Found.Remembered other = remembered.get(ids[i]);
            // One that was forgotten may have come again before its old row was removed.
            if (other == null || other.number() < numbers[i]) {
                remembered.put(ids[i], remembered(numbers[i], positions[i], events[i]));
            }
        }
        return remembered;
    }

    private Found.Remembered remembered(long number, long fromPosition, int events) throws SQLException {
        List<Long> revisions = new ArrayList<>();
        List<UUID> ids = new ArrayList<>();
        String text = sql.in(
                "select revision, id from {schema}.event where position >= ? and position < ? order by position");
        try (PreparedStatement statement = connection.prepareStatement(text)) {
            statement.setLong(1, fromPosition);
            statement.setLong(2, fromPosition + events);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    revisions.add(row.getLong(1));
                    ids.add(row.getObject(2, UUID.class));
                }
            }
        }
        return new Found.Remembered(number, new Appended(fromPosition, revisions), ids);
    }

    /// Stores what was accepted. The transaction is the caller's to commit.
    void store(AppendDecisions decided) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.store())) {
            fill(statement, decided);
            statement.execute();
        }
    }

    /// Stores what was accepted and commits, in one go.
    void storeAndCommit(AppendDecisions decided) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.store() + "; commit")) {
            fill(statement, decided);
            statement.execute();
        }
    }

    private void fill(PreparedStatement statement, AppendDecisions decided) throws SQLException {
        List<PlacedEvent> events = decided.events();
        List<AcceptedAppend> appends = decided.accepted();
        List<Integer> tagged = new ArrayList<>();
        List<String> tags = new ArrayList<>();
        for (int i = 0; i < events.size(); i++) {
            for (String tag : events.get(i).event().tags()) {
                tagged.add(i);
                tags.add(tag);
            }
        }
        statement.setLong(1, decided.nextPosition() - events.size());
        statement.setLong(2, decided.firstNumber());
        statement.setArray(3, array("int8", events, event -> event.place().revision()));
        statement.setArray(4, array("int8", events, event -> event.place().recordedMicros()));
        statement.setArray(
                5,
                array(
                        "int8",
                        events,
                        event -> event.event().occurred().map(Times::micros).orElse(null)));
        statement.setArray(6, array("uuid", events, event -> event.event().id()));
        statement.setArray(7, array("text", events, event -> event.event().stream()));
        statement.setArray(8, array("text", events, event -> event.event().type()));
        statement.setArray(9, array("text", events, event -> contentType(event.event())));
        statement.setArray(10, array("text", events, event -> tagList(event.event())));
        statement.setArray(11, bytes(events, NewEvent::metadata, true));
        statement.setArray(12, bytes(events, NewEvent::data, false));
        statement.setArray(13, array("int4", tagged));
        statement.setArray(14, array("text", tags));
        statement.setArray(15, array("uuid", appends, AcceptedAppend::id));
        statement.setArray(16, array("int8", appends, AcceptedAppend::fromPosition));
        statement.setArray(17, array("int4", appends, AcceptedAppend::events));
        List<String> sources = List.copyOf(decided.tracked().keySet());
        statement.setArray(18, array("text", sources));
        statement.setArray(19, array("int8", sources, decided.tracked()::get));
    }

    private static @Nullable String contentType(NewEvent event) {
        return event.contentType().equals(NewEvent.JSON) ? null : event.contentType();
    }

    private static @Nullable String tagList(NewEvent event) {
        return event.tags().isEmpty() ? null : Sql.arrayLiteral(event.tags());
    }

    private Array bytes(List<PlacedEvent> events, Function<NewEvent, Bytes> part, boolean emptyIsNull)
            throws SQLException {
        byte[] @Nullable [] all = new byte[events.size()][];
        for (int i = 0; i < all.length; i++) {
            Bytes bytes = part.apply(events.get(i).event());
            all[i] = emptyIsNull && bytes.isEmpty() ? null : bytes.toArray();
        }
        return connection.createArrayOf("bytea", all);
    }

    private <T> Array array(String type, List<T> from, Function<T, @Nullable Object> value) throws SQLException {
        List<@Nullable Object> values = new ArrayList<>(from.size());
        from.forEach(one -> values.add(value.apply(one)));
        return array(type, values);
    }

    private Array array(String type, List<?> values) throws SQLException {
        return connection.createArrayOf(type, arrayOf(type, values));
    }

    /// The driver sends an array in binary form when it knows the class of its elements.
    private static @Nullable Object[] arrayOf(String type, List<?> values) {
        return switch (type) {
            case "text" -> values.toArray(new String[0]);
            case "int8" -> values.toArray(new Long[0]);
            case "int4" -> values.toArray(new Integer[0]);
            case "bool" -> values.toArray(new Boolean[0]);
            default -> values.toArray();
        };
    }

    /// An array of which every element is there.
    @SuppressWarnings("unchecked") // the driver makes arrays of the column's own class
    private static <T> T[] present(ResultSet row, String column, T[] none) throws SQLException {
        Array array = row.getArray(column);
        return array == null ? none : (T[]) array.getArray();
    }

    /// An array of numbers of which some may be missing.
    private static @Nullable Long[] numbers(ResultSet row, String column) throws SQLException {
        Array array = row.getArray(column);
        return array == null ? new Long[0] : (Long[]) array.getArray();
    }
}
