package dev.everfold.server;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.StoreStats;
import dev.everfold.server.security.Permission;
import io.javalin.http.Context;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What there is in all: types and figures.
final class CatalogueRoutes {

    private final EventStore store;

    CatalogueRoutes(EventStore store) {
        this.store = store;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/types", Permission.READ, this::types),
                Route.get("/stats", Permission.OBSERVE, this::stats));
    }

    private void types(Context context) {
        Selection.require(context);
        Json.answer(context, Map.of("types", store.stats().types()));
    }

    private void stats(Context context) {
        Selection.require(context);
        StoreStats stats = store.stats();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("lineage", store.lineage().toString());
        answer.put("events", stats.events());
        answer.put("streams", stats.streams());
        answer.put("bytes", stats.bytes());
        Json.answer(context, answer);
    }
}
