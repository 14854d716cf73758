package dev.everfold.log;

import dev.everfold.eventstore.AppendCondition;
import dev.everfold.log.index.IndexQuery;
import dev.everfold.log.index.TermHash;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// A condition whose names were encoded and hashed in the caller's thread, to save the writer's.
sealed interface PreparedCondition {

    /// A condition on one stream.
    @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
    record OfStream(AppendCondition.StreamAt condition, byte[] name, long hash) implements PreparedCondition {}

    /// A condition on a boundary.
    record OfQuery(AppendCondition.NothingMatching condition, IndexQuery index) implements PreparedCondition {}

    /// How many names it holds, and itself.
    default int terms() {
        return switch (this) {
            case OfStream _ -> 1;
            case OfQuery ofQuery ->
                1
                        + ofQuery.condition().query().items().stream()
                                .mapToInt(item -> 1
                                        + item.types().size()
                                        + item.tags().size()
                                        + item.ids().size())
                                .sum();
        };
    }

    static List<PreparedCondition> of(TermHash terms, List<AppendCondition> conditions) {
        return conditions.isEmpty()
                ? List.of()
                : conditions.stream().map(condition -> of(terms, condition)).toList();
    }

    private static PreparedCondition of(TermHash terms, AppendCondition condition) {
        return switch (condition) {
            case AppendCondition.StreamAt streamAt -> {
                byte[] name = streamAt.stream().getBytes(StandardCharsets.UTF_8);
                yield new OfStream(streamAt, name, terms.stream(name, 0, name.length));
            }
            case AppendCondition.NothingMatching nothing -> new OfQuery(nothing, IndexQuery.of(terms, nothing.query()));
        };
    }
}
