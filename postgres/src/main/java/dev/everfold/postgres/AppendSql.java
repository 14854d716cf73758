package dev.everfold.postgres;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The statements of appends to one store.
///
/// @param find takes the sequencer and finds what a batch is decided on
/// @param store stores what was accepted
/// @param storeAndCommit the same and commits
/// @param append finds and stores, for a batch none of whose appends bears on another one
/// @param one the same for one event to one stream: nothing needs to be unnested, which takes a third of the time
/// @param behind stores a batch that was decided on the [known end][KnownEnd], if the log still ends so
/// @param behindUnless the same, when no item of the conditions is met
/// @param oneBehind the same for one event, whose append is not remembered
/// @param oneBehindDoubtful the same, when its append may be
/// @param revisions the last revisions of streams
/// @param highestId the highest id of the remembered appends
/// @param lockMax how long the server waits for the sequencer
record AppendSql(
        NamedSql find,
        NamedSql store,
        NamedSql storeAndCommit,
        NamedSql append,
        One one,
        NamedSql behind,
        NamedSql behindUnless,
        One oneBehind,
        One oneBehindDoubtful,
        NamedSql revisions,
        NamedSql highestId,
        Duration lockMax) {

    private static final String BEHIND_KNOWN_END = """
            from {schema}.batch last where last.number = :last_number
            and set_config('lock_timeout', '{wait_max}', true) is not null
            and current_setting('transaction_isolation') = 'read committed'
            and {server_started} = :server
            and case when pg_try_advisory_xact_lock({key})
                then pg_sequence_last_value('{schema}.newest') = uuid_hash_extended(:last_id, :last_number)
                else false end""";

    private static final String UNREMEMBERED = """
            and not exists (select from {schema}.remembered r where r.id = :append_id)
            and not exists (
                select from {schema}.batch b where b.number >= {indexed_number} and :append_id = any(b.ids))""";

    private static final String HIGHEST_ID = """
            select h.id from (
                (select r.id from {schema}.remembered r order by r.id desc limit 1)
                union all
                select a.id from {schema}.batch b, unnest(b.ids) a(id) where b.number >= {indexed_number}) h
            where {server_started} = :server order by h.id desc limit 1""";

    private static final List<String> ITEMS = List.of(
            "kinds",
            "from_positions",
            "terms",
            "plain",
            "with_stream",
            "with_category",
            "with_types",
            "with_tags",
            "only_first");

    private static final List<String> EVENTS =
            List.of("occurred", "ids", "event_streams", "types", "content_types", "tag_lists", "metadata", "data");

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
    static AppendSql of(Sql sql, Duration lockMax) {
        String behind = text(sql, lockMax, "append-behind.sql");
        String oneBehind = text(sql, lockMax, "append-one-behind.sql");
        NamedSql store = call(
                sql,
                "store",
                Stream.of(
                        List.of("first_position", "first_number", "revisions", "recorded"),
                        EVENTS,
                        List.of("next_position", "last_recorded", "append_ids", "append_positions", "append_events"),
                        List.of("sources", "source_positions")));
        String one = text(sql, lockMax, "append-one.sql").replace("{unremembered}", UNREMEMBERED);
        return new AppendSql(
                call(sql, "findings", Stream.of(List.of("wait_max", "append_ids", "streams", "sources"), ITEMS)),
                store,
                new NamedSql(store.text() + "; commit", store.names()),
                call(
                        sql,
                        "append",
                        Stream.of(
                                List.of("wait_max", "append_ids", "streams", "lowest", "highest"),
                                ITEMS,
                                List.of("partitions_end", "stream_numbers", "steps", "stamps"),
                                EVENTS,
                                List.of("offsets", "append_events"))),
                one(sql, one, "b.position"),
                NamedSql.parse(sql.in(behind.replace("{condition}", ""))),
                NamedSql.parse(sql.in(behind.replace(
                        "{condition}",
                        "and not exists (select from {schema}.matches(" + arguments(ITEMS)
                                + ") m where cardinality(m.matched_items) > 0)"))),
                one(sql, oneBehind.replace("{unremembered}", ""), ":position"),
                one(sql, oneBehind.replace("{unremembered}", UNREMEMBERED), ":position"),
                call(sql, "revisions", Stream.of(List.of("wait_max", "streams"))),
                NamedSql.parse(sql.in(HIGHEST_ID)),
                lockMax);
    }

    private static String text(Sql sql, Duration lockMax, String resource) {
        return Sql.resource(resource)
                .replace("{behind_known_end}", BEHIND_KNOWN_END)
                .replace("{key}", String.valueOf(sql.sequencer()))
                .replace("{wait_max}", lockMax.toMillis() + "ms");
    }

    /// @param position where the event is to be, in SQL
    private static One one(Sql sql, String one, String position) {
        String condition = Sql.resource("append-one-condition.sql").replace("{position}", position);
        Map<Kind, NamedSql> unless = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            if (kind != Kind.ALL) {
                String ofKind = condition.replace("{lowest_match}", "                " + kind.lowestMatch());
                unless.put(kind, NamedSql.parse(sql.in(one.replace("{condition}", ofKind))));
            }
        }
        return new One(NamedSql.parse(sql.in(one.replace("{condition}", ""))), Collections.unmodifiableMap(unless));
    }

    private static NamedSql call(Sql sql, String function, Stream<List<String>> names) {
        List<String> all = names.flatMap(List::stream).toList();
        return NamedSql.parse(sql.in("select * from {schema}." + function + "(" + arguments(all) + ")"));
    }

    private static String arguments(List<String> names) {
        return names.stream().map(name -> name + " => :" + name).collect(Collectors.joining(", "));
    }

    String waitMax() {
        return lockMax.toMillis() + "ms";
    }
}
