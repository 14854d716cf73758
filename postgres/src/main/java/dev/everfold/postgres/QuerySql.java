package dev.everfold.postgres;

import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.UUID;

/// A page of a read as one statement.
///
/// Each item of a query leads through an index that gives positions in order ([Kind]), up to a page, and through
/// the last events, which are not [indexed][Indexer] yet; the positions are merged, and only then are events
/// fetched.
///
/// @param text the statement, the same for all reads of one shape, so that the server prepares it once
/// @param values what its parameters are
record QuerySql(String text, List<Object> values) {

    /// Where a page begins and ends.
    ///
    /// @param fromPosition first position
    /// @param toPosition position after the last
    /// @param events how many at most
    record Page(long fromPosition, long toPosition, int events) {}

    private static final String EVENTS = "select " + Sql.COLUMNS + " from {schema}.event e where ";

    /// Whether a read looks up what is [written behind][Indexer] appends.
    static boolean looksUp(Read read) {
        return switch (read.source()) {
            case Read.Source.Matching matching ->
                matching.query().items().stream().map(Kind::of).anyMatch(Kind::isWrittenBehind);
            case Read.Source.Revisions _ -> false;
        };
    }

    /// Events that match a query.
    static QuerySql matching(Query query, Read.Direction direction, Page page) {
        List<Object> values = new ArrayList<>();
        String order = direction == Read.Direction.FORWARDS ? "" : " desc";
        if (query.matchesEverything()) {
            String text = EVENTS + range("e.position", page, values) + " order by e.position" + order + " limit ?";
            values.add(page.events());
            return new QuerySql(text, values);
        }
        if (query.items().isEmpty()) {
            return new QuerySql(EVENTS + "false", values);
        }
        StringJoiner branches = new StringJoiner(" union ");
        for (Query.Item item : query.items()) {
            Kind kind = Kind.of(item);
            for (String term : kind.terms(item)) {
                if (kind.isWrittenBehind()) {
                    branches.add("(" + indexed(item, kind, term, order, page, values) + ")");
                }
                branches.add("(" + branch(item, kind, term, order, page, values) + ")");
            }
        }
        // The fence keeps the planner from any other way than from position to event.
        String text = "select " + Sql.COLUMNS + " from (" + branches + ") p cross join lateral"
                + " (select * from {schema}.event f where f.position = p.position offset 0) e"
                + " order by p.position" + order + " limit ?";
        values.add(page.events());
        return new QuerySql(text, values);
    }

    /// Events of a range of revisions of one stream, of which `page` is a part by position.
    static QuerySql revisions(Read.Source.Revisions revisions, Read.Direction direction, Page page) {
        List<Object> values = new ArrayList<>();
        values.add(revisions.stream());
        values.add(revisions.fromRevision());
        values.add(revisions.toRevision());
        String order = direction == Read.Direction.FORWARDS ? "" : " desc";
        String text = EVENTS + "e.stream = ? and e.revision >= ? and e.revision < ? and "
                + range("e.position", page, values) + " order by e.revision" + order + " limit ?";
        values.add(page.events());
        return new QuerySql(text, values);
    }

    /// The same, and in a last column where the log ends as this statement sees it. One row at least, without an
    /// event when there is none.
    QuerySql withEnd() {
        String end = "(select coalesce((" + Sql.NEXT_POSITION + "), 0) as next_position) n";
        return new QuerySql(
                "select e.*, n.next_position from " + end + " left join lateral (" + text + ") e on true", values);
    }

    /// Positions through an index, as far as the log is indexed.
    private static String indexed(
            Query.Item item, Kind kind, String term, String order, Page page, List<Object> values) {
        if (kind != Kind.FIRST) {
            values.add(term);
        }
        String of = "select x.position from {schema}." + kind.table() + " x where " + kind.indexed("?");
        // Few events have an id: never through the log.
        String text = (kind == Kind.ID ? "select x.position from (" + of + " offset 0) x where " : of + " and ")
                + range("x.position", page, values);
        if (!kind.isPlain(item)) {
            text += " and exists (select from {schema}.event e where e.position = x.position"
                    + others(item, kind, values) + " offset 0)";
        }
        values.add(page.events());
        return text + " order by x.position" + order + " limit ?";
    }

    /// Positions through the events themselves: those of a stream, or those that are not indexed yet.
    private static String branch(
            Query.Item item, Kind kind, String term, String order, Page page, List<Object> values) {
        if (kind != Kind.FIRST) {
            values.add(term);
        }
        String text = "select e.position from {schema}.event e where " + kind.behind("?");
        if (kind == Kind.STREAM) {
            text += revisionsWithin(page, term, values) + others(item, kind, values);
            values.add(page.events());
            return text + " order by e.revision" + order + " limit ?";
        }
        text += others(item, kind, values) + " and e.position >= {indexed_position} and "
                + range("e.position", page, values);
        values.add(page.events());
        return text + " order by e.position" + order + " limit ?";
    }

    /// The positions of a page as revisions of a stream.
    private static String revisionsWithin(Page page, String stream, List<Object> values) {
        StringBuilder text = new StringBuilder();
        if (page.fromPosition() > 0) {
            text.append(" and e.revision >= ").append(firstRevision(stream, page.fromPosition(), values));
        }
        if (page.toPosition() < Long.MAX_VALUE) {
            text.append(" and e.revision < ").append(firstRevision(stream, page.toPosition(), values));
        }
        return text.toString();
    }

    private static String firstRevision(String stream, long position, List<Object> values) {
        values.addAll(List.of(position, stream, position, position, stream));
        return Sql.firstRevision("?", "?");
    }

    /// The fields that do not lead.
    private static String others(Query.Item item, Kind kind, List<Object> values) {
        StringBuilder text = new StringBuilder();
        if (item.stream().isPresent() && kind != Kind.STREAM) {
            text.append(" and e.stream = ?");
            values.add(item.stream().get());
        }
        if (item.category().isPresent() && kind != Kind.CATEGORY) {
            text.append(" and split_part(e.stream, '-', 1) = ?");
            values.add(item.category().get());
        }
        if (!item.types().isEmpty() && kind != Kind.TYPE) {
            text.append(" and e.type = any(?::text[])");
            values.add(Sql.arrayLiteral(item.types()));
        }
        int led = kind == Kind.TAG ? 1 : 0;
        if (item.tags().size() > led) {
            text.append(" and e.tags @> ?::text[]");
            values.add(Sql.arrayLiteral(item.tags()));
        }
        if (item.firstOfStream() && kind != Kind.FIRST) {
            text.append(" and e.revision = 0");
        }
        return text.toString();
    }

    private static String range(String column, Page page, List<Object> values) {
        values.add(page.fromPosition());
        values.add(page.toPosition());
        return column + " >= ? and " + column + " < ?";
    }

    PreparedStatement prepare(Connection connection, Sql sql) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql.in(text));
        for (int i = 0; i < values.size(); i++) {
            switch (values.get(i)) {
                case Long number -> statement.setLong(i + 1, number);
                case Integer number -> statement.setInt(i + 1, number);
                case UUID id -> statement.setObject(i + 1, id);
                case Object other -> statement.setString(i + 1, other.toString());
            }
        }
        return statement;
    }
}
