package dev.everfold.postgres;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// The statements of an [AppendCall].
///
/// @param many for any batch
/// @param one for one event to one stream: nothing needs to be unnested, which takes a third of the time
/// @param oneBehindKnown the same, if the log ends as was [known][KnownEnd] and so does the stream
/// @param lockMax how long the server waits for the sequencer
record CallSql(String many, One one, One oneBehindKnown, Duration lockMax) {

    private static final String MANY = "select * from {schema}.append(" + "?, ".repeat(34) + "?)";

    private static final String LOOKED_UP = "coalesce((select e.revision from {schema}.event e"
            + " where e.stream = :stream order by e.revision desc limit 1), -1)";

    /// One event, under no condition or under one.
    ///
    /// @param always when nothing is looked for
    /// @param unless when nothing may match an item of that kind
    record One(NamedSql always, Map<Kind, NamedSql> unless) {

        NamedSql statement(Optional<ConditionItems.Item> item) {
            return item.map(one -> Objects.requireNonNull(unless.get(one.kind())))
                    .orElse(always);
        }
    }

    /// @param lockMax how long to wait for the sequencer
    static CallSql of(Sql sql, Duration lockMax) {
        String one = Sql.resource("append-one.sql")
                .replace("{key}", String.valueOf(sql.sequencer()))
                .replace("{wait_max}", lockMax.toMillis() + "ms");
        return new CallSql(
                sql.in(MANY),
                one(sql, one.replace("{revision}", LOOKED_UP).replace("{behind}", "and (u.unchanged or not :behind)")),
                one(sql, one.replace("{revision}", ":known").replace("{behind}", "and u.unchanged")),
                lockMax);
    }

    private static One one(Sql sql, String one) {
        String condition = Sql.resource("append-one-condition.sql");
        Map<Kind, NamedSql> unless = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            if (kind != Kind.ALL) {
                String ofKind = condition.replace("{candidates}", "                " + kind.candidates());
                unless.put(kind, NamedSql.parse(sql.in(one.replace("{condition}", ofKind))));
            }
        }
        return new One(NamedSql.parse(sql.in(one.replace("{condition}", ""))), Collections.unmodifiableMap(unless));
    }
}
