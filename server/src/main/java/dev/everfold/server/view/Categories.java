package dev.everfold.server.view;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// How many streams there are of each category, counted from the first events of streams.
///
/// The count goes on where it was, a bounded number of streams each time it is asked, so that no question takes long
/// however large the store is; the answer says whether it has come to the end. What is counted is what the first who
/// asks sees, so one of these is for those who see the same. Safe for use by many threads.
public final class Categories {

    /// Most streams that one question counts.
    public static final int STREAMS_A_QUESTION_MAX = 100_000;

    /// Most categories that are remembered; streams of further ones are counted together.
    public static final int CATEGORIES_MAX = 10_000;

    private final EventStore store;

    /// Guarded by this.
    private final TreeMap<String, Long> streams = new TreeMap<>();

    private long others;
    private long next;

    /// Has counted nothing yet.
    public Categories(EventStore store) {
        this.store = store;
    }

    /// `categories` with a name above `after`, at most `limit` of them, by name; `next` where
    /// there are more; `others`, the streams of categories that are not remembered; `upTo`, the
    /// position before which streams are counted; `isComplete`, whether that was the end.
    public synchronized Map<String, Object> page(String after, int limit) {
        boolean isComplete = count();
        List<Map<String, Object>> page = new ArrayList<>();
        SortedMap<String, Long> rest = streams.tailMap(after, false);
        for (Map.Entry<String, Long> entry : rest.entrySet()) {
            if (page.size() == limit) {
                break;
            }
            Map<String, Object> category = new LinkedHashMap<>();
            category.put("category", entry.getKey());
            category.put("streams", entry.getValue());
            page.add(category);
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("categories", page);
        if (page.size() < rest.size()) {
            answer.put("next", page.getLast().get("category"));
        }
        answer.put("others", others);
        answer.put("upTo", next);
        answer.put("isComplete", isComplete);
        return answer;
    }

    private boolean count() {
        Read read = Read.matching(Query.firstOfStream()).fromPosition(next).limit(STREAMS_A_QUESTION_MAX);
        try (EventCursor cursor = store.read(read)) {
            int counted = 0;
            for (; cursor.hasNext(); counted++) {
                RecordedEvent first = cursor.next();
                String category = Query.categoryOf(first.stream());
                if (streams.size() < CATEGORIES_MAX || streams.containsKey(category)) {
                    streams.merge(category, 1L, Long::sum);
                } else {
                    others++;
                }
                // The read may end before its end, and what was counted is not to be counted again.
                next = first.position() + 1;
            }
            next = cursor.nextPosition();
            return counted < STREAMS_A_QUESTION_MAX;
        }
    }
}
