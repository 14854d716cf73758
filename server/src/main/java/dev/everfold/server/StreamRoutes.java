package dev.everfold.server;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.server.security.PerSight;
import dev.everfold.server.security.Permission;
import dev.everfold.server.security.Sight;
import dev.everfold.server.view.Categories;
import dev.everfold.server.view.StateAt;
import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// Streams in the order in which they began, page by page; categories.
///
/// No page depends on how many streams there are: a page is read from the first events of streams, and a prefix is
/// looked for among a bounded number of them at a time.
final class StreamRoutes {

    private static final int PAGE_MAX = 1_000;
    private static final int PAGE = 100;
    private static final int LOOKED_AT_MAX = 50_000;

    private final EventStore store;
    private final Supplier<Sight> sight;
    private final PerSight<Categories> categories;

    /// @param sight tells what who asks sees
    StreamRoutes(EventStore store, Supplier<Sight> sight) {
        this.store = store;
        this.sight = sight;
        this.categories = new PerSight<>(_ -> new Categories(store));
    }

    List<Route> routes() {
        return List.of(
                Route.get("/streams", Permission.READ, this::streams),
                Route.get("/categories", Permission.READ, this::categories));
    }

    private void streams(Context context) {
        Selection.require(context, "stream", "prefix", "category", "from", "to", "limit", "backwards", "last");
        String prefix = context.queryParam("prefix") == null ? "" : context.queryParam("prefix");
        int limit = limit(context, "streams");
        boolean isBackwards = context.queryParam("backwards") != null;
        Read read = Read.matching(Query.of(first(context, prefix)))
                .fromPosition(Selection.number(context, "from", 0))
                .toPosition(Selection.number(context, "to", Long.MAX_VALUE));
        List<Map<String, Object>> streams = new ArrayList<>();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("streams", streams);
        long lookedAt = 0;
        try (EventCursor cursor =
                store.read((isBackwards ? read.backwards() : read).limit(prefix.isEmpty() ? limit : LOOKED_AT_MAX))) {
            long position = 0;
            while (streams.size() < limit && cursor.hasNext()) {
                RecordedEvent event = cursor.next();
                position = event.position();
                lookedAt++;
                if (event.stream().startsWith(prefix)) {
                    streams.add(stream(event, context.queryParam("last") != null));
                }
            }
            if (streams.size() == limit || lookedAt == LOOKED_AT_MAX) {
                answer.put("next", isBackwards ? position : cursor.nextPosition());
            }
        }
        if (!prefix.isEmpty()) {
            answer.put("lookedAt", lookedAt);
        }
        Json.answer(context, answer);
    }

    /// A prefix with a hyphen is one within a category, which has far fewer streams.
    private static Query.Item first(Context context, String prefix) {
        Query.Item item = new Query.Item().onlyFirstOfStream();
        String stream = context.queryParam("stream");
        if (stream != null) {
            item = item.withStream(stream);
        }
        String category = context.queryParam("category");
        if (category != null) {
            return item.withCategory(category);
        }
        return prefix.indexOf('-') > 0 ? item.withCategory(Query.categoryOf(prefix)) : item;
    }

    private static int limit(Context context, String what) {
        String expected = "1.." + PAGE_MAX;
        long limit = Selection.number(context, "limit", PAGE, expected);
        if (limit < 1 || limit > PAGE_MAX) {
            throw new IllegalArgumentException(
                    "The limit " + limit + " of a page of " + what + "; expected " + expected + ".");
        }
        return (int) limit;
    }

    private Map<String, Object> stream(RecordedEvent first, boolean withLast) {
        Map<String, Object> stream = new LinkedHashMap<>();
        stream.put("stream", first.stream());
        stream.put("position", first.position());
        stream.put("recorded", first.recorded().toString());
        stream.put("type", first.type());
        if (withLast) {
            StateAt.last(store, first.stream()).ifPresent(last -> stream.put("last", last(last)));
        }
        return stream;
    }

    private static Map<String, Object> last(RecordedEvent event) {
        Map<String, Object> last = new LinkedHashMap<>();
        last.put("revision", event.revision());
        last.put("position", event.position());
        last.put("recorded", event.recorded().toString());
        last.put("type", event.type());
        return last;
    }

    private void categories(Context context) {
        Selection.require(context, "after", "limit");
        String after = context.queryParam("after");
        Json.answer(context, categories.of(sight.get()).page(after == null ? "" : after, limit(context, "categories")));
    }
}
