package dev.everfold.postgres;

import java.time.Duration;

/// The statements of an [AppendCall].
///
/// @param many for any batch
/// @param one for one event to one stream: nothing needs to be unnested, which takes a third of the time
/// @param oneConditional the same, when nothing may match
/// @param lockMax how long the server waits for the sequencer
record CallSql(String many, NamedSql one, NamedSql oneConditional, Duration lockMax) {

    private static final String MANY = "select * from {schema}.append(" + "?, ".repeat(29) + "?)";

    /// @param lockMax how long to wait for the sequencer
    static CallSql of(Sql sql, Duration lockMax) {
        String one = Sql.resource("append-one.sql")
                .replace("{key}", String.valueOf(sql.sequencer()))
                .replace("{wait_max}", lockMax.toMillis() + "ms");
        String conditions = Sql.resource("append-one-conditions.sql");
        return new CallSql(
                sql.in(MANY),
                NamedSql.parse(sql.in(one.replace("{conditions}", ""))),
                NamedSql.parse(sql.in(one.replace("{conditions}", conditions))),
                lockMax);
    }
}
