package dev.everfold.search;

import dev.everfold.eventstore.EventStoreException.Stored;
import tools.jackson.databind.JsonNode;

/// A request to several shards succeeds when one of them does. Half an answer would be a wrong one.
final class Shards {

    private Shards() {}

    /// @throws SearchFailedException when a shard did not answer
    static void check(String what, Answer answer) {
        JsonNode shards = answer.body().path("_shards");
        int failed = shards.path("failed").asInt(0);
        if (failed > 0) {
            JsonNode reason = shards.path("failures").path(0).path("reason");
            String why = failed + " of " + shards.path("total").asInt() + " shards failed, " + Answer.errorText(reason);
            throw new SearchFailedException(what, why, Stored.NO, true, null);
        }
        if (answer.body().path("timed_out").asBoolean(false)) {
            throw new SearchFailedException(what, "The server ran out of time", Stored.NO, true, null);
        }
    }
}
