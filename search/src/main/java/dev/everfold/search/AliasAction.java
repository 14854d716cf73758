package dev.everfold.search;

import tools.jackson.databind.node.ObjectNode;

/// One part of a change of aliases; all parts of a change happen at once.
sealed interface AliasAction {

    /// From now on the alias also leads to the index.
    record Add(String alias, IndexName index) implements AliasAction {}

    /// From now on it does not. An alias that does not lead there fails the change.
    record Remove(String alias, IndexName index) implements AliasAction {}

    /// The index is gone with all its aliases.
    record RemoveIndex(IndexName index) implements AliasAction {}

    /// As the servers take it.
    default ObjectNode json() {
        ObjectNode action = Json.object();
        switch (this) {
            case Add(String alias, IndexName index) ->
                action.putObject("add").put("index", index.value()).put("alias", alias);
            case Remove(String alias, IndexName index) ->
                action.putObject("remove")
                        .put("index", index.value())
                        .put("alias", alias)
                        .put("must_exist", true);
            case RemoveIndex(IndexName index) ->
                action.putObject("remove_index").put("index", index.value());
        }
        return action;
    }
}
