package dev.everfold.postgres;

import dev.everfold.eventstore.StoreStats;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a store holds, counted through indexes.
final class StoreSize {

    private static final String COUNTS = """
            with counted as materialized (
                select u.type, sum(u.events)::bigint as events from (
                    select type, count(*) as events from {schema}.entry group by type
                    union all
                    select type, count(*) from {schema}.event where position >= {indexed_position} group by type) u
                group by u.type)
            select coalesce((select position + 1 from {schema}.event order by position desc limit 1), 0),
                (select count(*) from {schema}.entry where is_first)
                    + (select count(*) from {schema}.event where position >= {indexed_position} and revision = 0),
                (select count(*) from pg_inherits where inhparent = '{schema}.event'::regclass),
                (select sum(pg_total_relation_size(c.oid)) from pg_class c
                    where c.relnamespace = '{schema}'::regnamespace and c.relkind = 'r'),
                (select array_agg(t.type order by t.type) from counted t),
                (select array_agg(t.events order by t.type) from counted t)
            """;

    private StoreSize() {}

    /// One statement, so that all of it is as of one moment.
    static StoreStats stats(Connection connection, Sql sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql.in(COUNTS))) {
            row.next();
            SortedMap<String, Long> types = new TreeMap<>();
            if (row.getArray(5) != null) {
                String[] names = (String[]) row.getArray(5).getArray();
                Long[] events = (Long[]) row.getArray(6).getArray();
                for (int i = 0; i < names.length; i++) {
                    types.put(names[i], events[i]);
                }
            }
            return new StoreStats(row.getLong(1), row.getLong(2), types, row.getLong(4), row.getLong(3));
        }
    }
}
