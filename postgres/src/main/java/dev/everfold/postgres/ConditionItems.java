package dev.everfold.postgres;

import dev.everfold.eventstore.AppendCondition.NothingMatching;
import dev.everfold.eventstore.Query;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the conditions of a batch ask of the log, laid out as the server is given it.
final class ConditionItems {

    /// In the order in which the server counts them, from 1.
    final List<Item> list = new ArrayList<>();

    /// An item of a query with one of the terms that lead.
    ///
    /// @param condition whose item it is
    /// @param kind which field leads
    /// @param term what leads
    /// @param isPlain whether nothing else is asked for
    record Item(NothingMatching condition, Query.Item item, Kind kind, String term, boolean isPlain) {

        long fromPosition() {
            return condition.fromPosition();
        }

        @Nullable
        String stream() {
            return item.stream().orElse(null);
        }

        @Nullable
        String category() {
            return item.category().orElse(null);
        }

        @Nullable
        String types() {
            return item.types().isEmpty() ? null : Sql.arrayLiteral(item.types());
        }

        @Nullable
        String tags() {
            return item.tags().isEmpty() ? null : Sql.arrayLiteral(item.tags());
        }

        boolean isFirst() {
            return item.firstOfStream();
        }

        /// What `append-one-condition.sql` is given.
        void put(NamedValues values) {
            values.put("from_position", fromPosition())
                    .put("term", term)
                    .put("plain", isPlain)
                    .put("stream_of_item", stream())
                    .put("category", category())
                    .put("types", types())
                    .put("tags_of_item", tags())
                    .put("only_first", isFirst());
        }
    }

    void add(NothingMatching condition) {
        for (Query.Item item : condition.query().items()) {
            Kind kind = Kind.of(item);
            if (kind == Kind.ALL) {
                continue;
            }
            for (String term : kind.terms(item)) {
                list.add(new Item(condition, item, kind, term, kind.isPlain(item)));
            }
        }
    }
}
