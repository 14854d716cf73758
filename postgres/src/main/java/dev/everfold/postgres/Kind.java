package dev.everfold.postgres;

import dev.everfold.eventstore.Query;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/// How the events of one item of a query are found: by which of its fields, through which index.
///
/// The most selective field leads; the others are compared with what it finds. A kind is a statement of
/// its own on the server, so numbers never change their meaning.
enum Kind {
    ID(1, "e.id = any(%s::uuid[])"),
    STREAM(2, "e.stream = %s"),
    TAG(3, "t.tag = %s"),
    TYPE(4, "e.type = %s"),
    FIRST(5, "e.revision = 0"),
    CATEGORY(6, "split_part(e.stream, '-', 1) = %s"),
    /// The item without fields. Positions have no gaps, so nothing needs to be looked up.
    ALL(7, "true");

    private final int number;
    private final String condition;

    Kind(int number, String condition) {
        this.number = number;
        this.condition = condition;
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

    /// What leads, in SQL, about an event `e` or a tag `t`.
    String condition(String term) {
        return condition.formatted(term);
    }

    /// Positions at which the item `i` of a batch's conditions is met, lowest first, in SQL.
    String candidates() {
        String filter = "(i.stream is null or e.stream = i.stream)"
                + " and (i.category is null or split_part(e.stream, '-', 1) = i.category)"
                + " and (i.types is null or e.type = any(i.types))"
                + " and (i.tags is null or e.tags @> i.tags)"
                + " and (not i.first or e.revision = 0)";
        String leading = condition("i.term");
        return switch (this) {
            case TAG ->
                "select t.position from {schema}.tag t where " + leading + " and t.position >= i.from_position"
                        + " and (i.plain or exists (select from {schema}.event e where e.position = t.position and "
                        + filter + ")) order by t.position";
            case TYPE, FIRST, CATEGORY ->
                "select e.position from {schema}.event e where " + leading + " and e.position >= i.from_position"
                        + " and (i.plain or " + filter + ") order by e.position";
            // As a rule the newest event of the stream is older, and nothing else needs to be looked at.
            case STREAM ->
                "select e.position from {schema}.event e where " + leading
                        + " and (select l.position from {schema}.event l where l.stream = i.term"
                        + " order by l.revision desc limit 1) >= i.from_position and e.revision >= "
                        + Sql.firstRevision("i.term", "i.from_position") + " and (i.plain or " + filter
                        + ") order by e.revision";
            case ID ->
                "select p.position from (select e.position from {schema}.event e where " + leading + " and (i.plain or "
                        + filter + ") offset 0) p where p.position >= i.from_position order by p.position";
            case ALL -> throw new IllegalStateException("Nothing needs to be looked up.");
        };
    }
}
