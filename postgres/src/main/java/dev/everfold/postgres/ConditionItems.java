package dev.everfold.postgres;

import dev.everfold.eventstore.AppendCondition.NothingMatching;
import dev.everfold.eventstore.Query;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the conditions of a batch ask of the log, laid out as the arrays that the server is given.
final class ConditionItems {

    final List<Integer> kinds = new ArrayList<>();
    final List<Long> fromPositions = new ArrayList<>();
    final List<String> terms = new ArrayList<>();
    final List<Boolean> plain = new ArrayList<>();
    final List<@Nullable String> streams = new ArrayList<>();
    final List<@Nullable String> categories = new ArrayList<>();
    final List<@Nullable String> types = new ArrayList<>();
    final List<@Nullable String> tags = new ArrayList<>();
    final List<Boolean> onlyFirst = new ArrayList<>();
    private final List<NothingMatching> conditions = new ArrayList<>();

    void add(NothingMatching condition) {
        for (Query.Item item : condition.query().items()) {
            Kind kind = Kind.of(item);
            if (kind == Kind.ALL) {
                continue;
            }
            for (String term : kind.terms(item)) {
                add(condition, item, kind, term);
            }
        }
    }

    private void add(NothingMatching condition, Query.Item item, Kind kind, String term) {
        conditions.add(condition);
        kinds.add(kind.number());
        fromPositions.add(condition.fromPosition());
        terms.add(term);
        plain.add(kind.isPlain(item));
        streams.add(item.stream().orElse(null));
        categories.add(item.category().orElse(null));
        types.add(item.types().isEmpty() ? null : Sql.arrayLiteral(item.types()));
        tags.add(item.tags().isEmpty() ? null : Sql.arrayLiteral(item.tags()));
        onlyFirst.add(item.firstOfStream());
    }

    /// The condition that an item is of; items are counted from 1, as the server does.
    NothingMatching condition(int item) {
        return conditions.get(item - 1);
    }
}
