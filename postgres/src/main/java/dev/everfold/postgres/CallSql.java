package dev.everfold.postgres;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/// The statements of an [AppendCall].
///
/// @param many for any batch
/// @param one for one event to one stream: nothing needs to be unnested, which takes a third of the time
/// @param oneUnless the same, when nothing may match an item of that kind
/// @param lockMax how long the server waits for the sequencer
record CallSql(String many, NamedSql one, Map<Kind, NamedSql> oneUnless, Duration lockMax) {

    private static final String MANY = "select * from {schema}.append(" + "?, ".repeat(33) + "?)";

    /// @param lockMax how long to wait for the sequencer
    static CallSql of(Sql sql, Duration lockMax) {
        String one = Sql.resource("append-one.sql")
                .replace("{key}", String.valueOf(sql.sequencer()))
                .replace("{wait_max}", lockMax.toMillis() + "ms");
        String condition = Sql.resource("append-one-condition.sql");
        Map<Kind, NamedSql> oneUnless = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            if (kind != Kind.ALL) {
                String ofKind = condition.replace("{candidates}", "                " + kind.candidates());
                oneUnless.put(kind, NamedSql.parse(sql.in(one.replace("{condition}", ofKind))));
            }
        }
        return new CallSql(
                sql.in(MANY),
                NamedSql.parse(sql.in(one.replace("{condition}", ""))),
                Collections.unmodifiableMap(oneUnless),
                lockMax);
    }
}
