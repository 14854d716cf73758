package dev.everfold.server;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StoreStats;
import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// What there is: streams in the order in which they began, page by page; types; figures.
final class CatalogueRoutes {

    private static final String JSON = "application/json";
    private static final int PAGE_STREAMS = 100;
    private static final int PAGE_STREAMS_MAX = 1_000;
    private static final JsonMapper MAPPER = new JsonMapper();

    private final EventStore store;

    CatalogueRoutes(EventStore store) {
        this.store = store;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/streams", this::streams),
                Route.get("/types", this::types),
                Route.get("/stats", this::stats));
    }

    /// By the first event of each, so that no page depends on how many streams there are.
    private void streams(Context context) {
        Selection.require(context, "category", "from", "limit");
        String category = context.queryParam("category");
        long limit = Selection.number(context, "limit", PAGE_STREAMS);
        if (limit < 1 || limit > PAGE_STREAMS_MAX) {
            throw new IllegalArgumentException(
                    "The limit " + limit + " of a page of streams; expected 1.." + PAGE_STREAMS_MAX + ".");
        }
        Query.Item first = new Query.Item().onlyFirstOfStream();
        Read read = Read.matching(Query.of(category == null ? first : first.withCategory(category)))
                .fromPosition(Selection.number(context, "from", 0))
                .limit(limit);
        List<Map<String, Object>> streams = new ArrayList<>();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("streams", streams);
        try (EventCursor cursor = store.read(read)) {
            while (cursor.hasNext()) {
                streams.add(stream(cursor.next()));
            }
            if (streams.size() == limit) {
                answer.put("next", cursor.nextPosition());
            }
        }
        answer(context, answer);
    }

    private static Map<String, Object> stream(RecordedEvent first) {
        Map<String, Object> stream = new LinkedHashMap<>();
        stream.put("stream", first.stream());
        stream.put("position", first.position());
        stream.put("recorded", first.recorded().toString());
        stream.put("type", first.type());
        return stream;
    }

    private void types(Context context) {
        Selection.require(context);
        answer(context, Map.of("types", store.stats().types()));
    }

    private void stats(Context context) {
        Selection.require(context);
        StoreStats stats = store.stats();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("lineage", store.lineage().toString());
        answer.put("events", stats.events());
        answer.put("streams", stats.streams());
        answer.put("bytes", stats.bytes());
        answer(context, answer);
    }

    private static void answer(Context context, Map<String, Object> answer) {
        context.contentType(JSON).result(MAPPER.writeValueAsBytes(answer));
    }
}
