package dev.everfold.postgres;

import dev.everfold.eventstore.AppendCondition;
import dev.everfold.eventstore.Appended;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What has to be found before a batch of appends can be decided: asked of the server, and read from its answer.
final class Finding {

    private final List<UUID> appendIds = new ArrayList<>();
    private final List<String> streams;
    private final List<String> sources;
    private final ConditionItems items = new ConditionItems();

    Finding(List<PendingAppend> batch) {
        this(batch, _ -> false);
    }

    /// @param isFulfilled conditions of which nothing needs to be asked
    Finding(List<PendingAppend> batch, Predicate<AppendCondition.NothingMatching> isFulfilled) {
        Set<String> named = new LinkedHashSet<>();
        Set<String> tracking = new LinkedHashSet<>();
        for (PendingAppend pending : batch) {
            appendIds.add(pending.append().id());
            pending.append().events().forEach(event -> named.add(event.stream()));
            pending.append().tracking().ifPresent(one -> tracking.add(one.source()));
            for (AppendCondition condition : pending.append().conditions()) {
                switch (condition) {
                    case AppendCondition.StreamAt streamAt -> named.add(streamAt.stream());
                    case AppendCondition.NothingMatching nothing -> {
                        if (!isFulfilled.test(nothing)) {
                            items.add(nothing);
                        }
                    }
                }
            }
        }
        this.streams = List.copyOf(named);
        this.sources = List.copyOf(tracking);
    }

    /// The appends of the batch.
    List<UUID> appendIds() {
        return appendIds;
    }

    /// The streams that the batch names, each once.
    List<String> streams() {
        return streams;
    }

    /// The sources that the batch tracks, each once.
    List<String> sources() {
        return sources;
    }

    /// How many items the conditions have.
    int items() {
        return items.list.size();
    }

    /// Whether an item of the conditions looks up what is [written behind][Indexer] appends.
    boolean looksUp() {
        return items.list.stream().map(ConditionItems.Item::kind).anyMatch(Kind::isWrittenBehind);
    }

    /// The item of the conditions, if there is a single one.
    Optional<ConditionItems.Item> onlyItem() {
        return items() == 1 ? Optional.of(items.list.getFirst()) : Optional.empty();
    }

    /// What is looked up: repeated appends, streams, and items of conditions.
    void put(NamedValues values) {
        values.array("append_ids", "uuid", appendIds).array("streams", "text", streams);
        putItems(values);
    }

    /// Items of conditions alone.
    void putItems(NamedValues values) {
        values.array("kinds", "int4", items.list, item -> item.kind().number())
                .array("from_positions", "int8", items.list, ConditionItems.Item::fromPosition)
                .array("terms", "text", items.list, ConditionItems.Item::term)
                .array("plain", "bool", items.list, ConditionItems.Item::isPlain)
                .array("with_stream", "text", items.list, ConditionItems.Item::stream)
                .array("with_category", "text", items.list, ConditionItems.Item::category)
                .array("with_types", "text", items.list, ConditionItems.Item::types)
                .array("with_tags", "text", items.list, ConditionItems.Item::tags)
                .array("only_first", "bool", items.list, ConditionItems.Item::isFirst);
    }

    /// Reads what `findings` found.
    Found found(Sql sql, ResultSet row) throws SQLException {
        Map<AppendCondition.NothingMatching, Long> matches = new HashMap<>();
        Integer[] matchedItems = SqlArrays.present(row, "matched_items", new Integer[0]);
        Long[] matchedPositions = SqlArrays.present(row, "matched_positions", new Long[0]);
        for (int i = 0; i < matchedItems.length; i++) {
            matches.merge(items.list.get(matchedItems[i] - 1).condition(), matchedPositions[i], Math::min);
        }
        return new Found(
                row.getLong("next_position"),
                lastRecorded(row),
                end(row),
                remembered(sql, row),
                byName(streams, SqlArrays.numbers(row, "revisions")),
                byName(sources, SqlArrays.numbers(row, "tracked_positions")),
                matches);
    }

    /// Reads what `append` stored all by: nothing spoke against it.
    Found foundClear(ResultSet row) throws SQLException {
        return Found.clear(
                row.getLong("next_position"),
                lastRecorded(row),
                end(row),
                byName(streams, SqlArrays.numbers(row, "revisions")));
    }

    private static LogEnd end(ResultSet row) throws SQLException {
        long server = row.getLong("server");
        long number = row.getLong("last_number");
        return row.wasNull()
                ? new LogEnd(server, -1, 0, null)
                : new LogEnd(server, number, row.getLong("next_number"), row.getObject("last_id", UUID.class));
    }

    private static long lastRecorded(ResultSet row) throws SQLException {
        long last = row.getLong("last_recorded");
        return row.wasNull() ? Long.MIN_VALUE : last;
    }

    static Map<String, Long> byName(List<String> names, @Nullable Long[] values) {
        Map<String, Long> byName = new HashMap<>();
        for (int i = 0; i < values.length; i++) {
            Long value = values[i];
            if (value != null && value >= 0) {
                byName.put(names.get(i), value);
            }
        }
        return byName;
    }

    private static Map<UUID, Found.Remembered> remembered(Sql sql, ResultSet row) throws SQLException {
        Map<UUID, Found.Remembered> remembered = new HashMap<>();
        UUID[] ids = SqlArrays.present(row, "remembered_ids", new UUID[0]);
        Long[] numbers = SqlArrays.present(row, "remembered_numbers", new Long[0]);
        Long[] positions = SqlArrays.present(row, "remembered_positions", new Long[0]);
        Integer[] events = SqlArrays.present(row, "remembered_events", new Integer[0]);
        for (int i = 0; i < ids.length; i++) {
            Found.Remembered other = remembered.get(ids[i]);
            // One that was forgotten may have come again before its old row was removed.
            if (other == null || other.number() < numbers[i]) {
                remembered.put(ids[i], remembered(sql, row, numbers[i], positions[i], events[i]));
            }
        }
        return remembered;
    }

    private static Found.Remembered remembered(Sql sql, ResultSet found, long number, long fromPosition, int events)
            throws SQLException {
        List<Long> revisions = new ArrayList<>();
        List<UUID> ids = new ArrayList<>();
        String text = sql.in(
                "select revision, id from {schema}.event where position >= ? and position < ? order by position");
        try (PreparedStatement statement = found.getStatement().getConnection().prepareStatement(text)) {
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
}
