package dev.everfold.postgres;

import dev.everfold.eventstore.Query;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/// How the events of one item of a query are found: by which of its fields, through which index, and among the last
/// ones, which are not indexed yet, by what.
///
/// The most selective field leads; the others are compared with what it finds. A kind is a statement of
/// its own on the server, so numbers never change their meaning.
enum Kind {
    ID(1, "entry", "x.id = any(%s::uuid[])", "e.id = any(%s::uuid[])"),
    STREAM(2, "event", "e.stream = %s", "e.stream = %s"),
    TAG(3, "tag", "x.tag = %s", "e.tags @> array[%s]::text[]"),
    TYPE(4, "entry", "x.type = %s", "e.type = %s"),
    FIRST(5, "entry", "x.is_first", "e.revision = 0"),
    CATEGORY(6, "entry", "x.category = %s", "split_part(e.stream, '-', 1) = %s"),
    /// The item without fields. Positions have no gaps, so nothing needs to be looked up.
    ALL(7, "event", "true", "true");

    private final int number;
    private final String table;
    private final String indexed;
    private final String behind;

    /// @param table whose index finds them, as far as the log is [indexed][Indexer]
    /// @param indexed what leads there, in SQL
    /// @param behind what leads among events that are not indexed, in SQL
    Kind(int number, String table, String indexed, String behind) {
        this.number = number;
        this.table = table;
        this.indexed = indexed;
        this.behind = behind;
    }

    static Kind of(Query.Item item) {
        if (!item.ids().isEmpty()) {
            return ID;
        }
        if (item.stream().isPresent()) {
            return STREAM;
        }
        if (!item.tags().isEmpty()) {
            return TAG;
        }
        if (!item.types().isEmpty()) {
            return TYPE;
        }
        if (item.firstOfStream()) {
            return FIRST;
        }
        return item.category().isPresent() ? CATEGORY : ALL;
    }

    int number() {
        return number;
    }

    /// The terms that lead; an event has any of them. Ids are one term, a list.
    Collection<String> terms(Query.Item item) {
        return switch (this) {
            case ID ->
                List.of(Sql.arrayLiteral(item.ids().stream().map(UUID::toString).toList()));
            case STREAM -> List.of(item.stream().orElseThrow());
            case TAG -> List.of(item.tags().iterator().next());
            case TYPE -> item.types();
            case CATEGORY -> List.of(item.category().orElseThrow());
            case FIRST, ALL -> List.of("");
        };
    }

    /// Whether the leading term is all that the item asks for.
    boolean isPlain(Query.Item item) {
        int others = (item.stream().isPresent() && this != STREAM ? 1 : 0)
                + (item.category().isPresent() && this != CATEGORY ? 1 : 0)
                + (!item.types().isEmpty() && this != TYPE ? 1 : 0)
                + (this == TAG ? item.tags().size() - 1 : item.tags().size())
                + (item.firstOfStream() && this != FIRST ? 1 : 0);
        return others == 0;
    }

    /// The table whose index finds events, as far as the log is indexed.
    String table() {
        return table;
    }

    /// Whether that table is [written behind][Indexer] appends.
    boolean isWrittenBehind() {
        return this != STREAM && this != ALL;
    }

    /// What leads there, in SQL, about its row `x`.
    String indexed(String term) {
        return indexed.formatted(term);
    }

    /// What leads, in SQL, about an event `e`.
    String behind(String term) {
        return behind.formatted(term);
    }

    /// The lowest position at which the item `i` of a batch's conditions is met, in SQL: one row, of null when
    /// it is
    /// at none, or no row.
    String lowestMatch() {
        String others = "(i.stream is null or e.stream = i.stream)"
                + " and (i.category is null or split_part(e.stream, '-', 1) = i.category)"
                + " and (i.types is null or e.type = any(i.types))"
                + " and (i.tags is null or e.tags @> i.tags)"
                + " and (not i.first or e.revision = 0)";
        String filter = "(i.plain or (" + others + "))";
        return switch (this) {
            case ID, TAG, TYPE, FIRST, CATEGORY ->
                "select coalesce((" + lowestIndexed(others) + "), (select e.position from {schema}.event e"
                        + " where e.position >= i.from_position and e.position >= {indexed_position} and "
                        + behind("i.term") + " and " + filter + " order by e.position limit 1)) as position";
            // As a rule the newest event of the stream is older, and nothing else needs to be looked at.
            case STREAM ->
                "select e.position from {schema}.event e where " + behind("i.term")
                        + " and (select l.position from {schema}.event l where l.stream = i.term"
                        + " order by l.revision desc limit 1) >= i.from_position and e.revision >= "
                        + Sql.firstRevision("i.term", "i.from_position") + " and " + filter
                        + " order by e.revision limit 1";
            case ALL -> throw new IllegalStateException("Nothing needs to be looked up.");
        };
    }

    private String lowestIndexed(String others) {
        // The fence keeps the planner from looking for all events that pass the filter, to compare with them.
        String ofEvent = "(i.plain or exists (select from {schema}.event e where e.position = x.position and " + others
                + " offset 0))";
        String from = " from {schema}." + table + " x where " + indexed("i.term");
        // Few events have an id: never through the log.
        return this == ID
                ? "select min(x.position) from (select x.position" + from + " offset 0) x where x.position"
                        + " >= i.from_position and " + ofEvent
                : "select x.position" + from + " and x.position >= i.from_position and " + ofEvent
                        + " order by x.position limit 1";
    }
}
