package dev.everfold.log.index;

import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventFormat;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read.Direction;
import dev.everfold.eventstore.RecordedEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;

/// A log made from a seed: frames of appends, some with a tracking position; and what is true of
/// it, by brute force.
final class RandomLog {

    static final UUID STORE = new UUID(0x1122334455667788L, 0x99aabbccddeeff00L);

    private static final String[] CATEGORIES = {"order", "cart", "customer", "p", "ünïcode"};

    final long seed;
    final List<RecordedEvent> events = new ArrayList<>();
    final List<Frame> frames = new ArrayList<>();

    private final Random random;
    private final int streams;
    private final Map<String, Long> nextRevision = new HashMap<>();

    /// An append, as one frame.
    record Frame(UUID id, long fromPosition, int count, Map<String, Long> trackings) {}

    /// A log of at least so many events.
    RandomLog(long seed, int events) {
        this(seed, events, Math.max(4, events / 20));
    }

    RandomLog(long seed, int events, int streams) {
        this.seed = seed;
        this.random = new Random(seed);
        this.streams = streams;
        while (this.events.size() < events) {
            addFrame();
        }
    }

    private void addFrame() {
        long from = events.size();
        int count = random.nextInt(12) == 0 ? 0 : 1 + random.nextInt(random.nextInt(9) == 0 ? 40 : 4);
        for (int i = 0; i < count; i++) {
            events.add(randomEvent(events.size()));
        }
        Map<String, Long> trackings =
                count == 0 || random.nextInt(4) == 0 ? Map.of("source" + random.nextInt(4), from) : Map.of();
        frames.add(new Frame(new UUID(random.nextLong(), random.nextLong()), from, count, trackings));
    }

    private RecordedEvent randomEvent(long position) {
        String stream = randomStream();
        long revision = nextRevision.merge(stream, 1L, Long::sum) - 1;
        List<String> tags = new ArrayList<>();
        for (int left = random.nextInt(4); left > 0; left--) {
            String tag = randomTag();
            if (!tags.contains(tag)) {
                tags.add(tag);
            }
        }
        return event(position, revision, stream, randomType(), new UUID(random.nextLong(), random.nextLong()), tags);
    }

    static RecordedEvent event(long position, long revision, String stream, String type, UUID id, List<String> tags) {
        byte[] record = EventFormat.encode(
                NewEvent.of(stream, type, Bytes.empty()).withId(id).withTags(tags));
        EventFormat.place(record, 0, new EventFormat.Place(position, revision, 1_000_000 + position));
        return RecordedEvent.view(record, 0);
    }

    String randomStream() {
        // Few streams are long, many are short.
        int number = (int) (streams * Math.pow(random.nextDouble(), 3));
        return CATEGORIES[number % CATEGORIES.length] + (number == 3 ? "" : "-" + number);
    }

    String randomType() {
        return "type." + (int) (30 * Math.pow(random.nextDouble(), 2));
    }

    String randomTag() {
        return random.nextBoolean() ? "hot:" + random.nextInt(3) : "tag:" + random.nextInt(streams);
    }

    Query randomQuery() {
        if (random.nextInt(30) == 0) {
            return random.nextBoolean() ? Query.all() : Query.nothing();
        }
        Query query = Query.of(randomItem());
        while (random.nextInt(3) == 0) {
            query = query.or(Query.of(randomItem()));
        }
        return query;
    }

    private Query.Item randomItem() {
        Query.Item item = new Query.Item();
        if (random.nextInt(4) == 0) {
            item = item.withStream(randomStream());
        }
        if (random.nextInt(4) == 0) {
            item = item.withCategory(CATEGORIES[random.nextInt(CATEGORIES.length)]);
        }
        if (random.nextInt(3) == 0) {
            item = item.withTypes(randomType(), randomType(), randomType());
        }
        if (random.nextInt(3) == 0) {
            item = random.nextBoolean() ? item.withTags(randomTag()) : item.withTags(randomTag(), randomTag());
        }
        if (random.nextInt(6) == 0) {
            item = item.withIds(List.of(randomId(), randomId(), new UUID(1, 2), randomId()));
        }
        return random.nextInt(6) == 0 ? item.onlyFirstOfStream() : item;
    }

    private UUID randomId() {
        return events.get(random.nextInt(events.size())).id();
    }

    /// A range within the log, at times empty, at times all.
    LogIndex.Range randomRange() {
        int size = events.size();
        return switch (random.nextInt(4)) {
            case 0 -> new LogIndex.Range(0, size);
            case 1 -> new LogIndex.Range(random.nextInt(size + 1), size);
            default -> {
                int from = random.nextInt(size + 1);
                yield new LogIndex.Range(from, from + random.nextInt(size - from + 1));
            }
        };
    }

    /// Adds everything from the frame on that the index wants.
    void addTo(LogIndex index) {
        addTo(index, frames.size());
    }

    void addTo(LogIndex index, int toFrame) {
        for (long frame = index.toFrame(); frame < toFrame; frame++) {
            add(index, (int) frame);
        }
    }

    void add(LogIndex index, int number) {
        Frame frame = frames.get(number);
        index.addAppend(
                frame.id.getMostSignificantBits(), frame.id.getLeastSignificantBits(), frame.fromPosition, frame.count);
        for (int i = 0; i < frame.count; i++) {
            index.add(events.get((int) frame.fromPosition + i));
        }
        frame.trackings.forEach(index::addTracking);
        index.endFrame(number + 1L);
    }

    /// The position after a frame's last event.
    long positionAt(int toFrame) {
        return toFrame == frames.size() ? events.size() : frames.get(toFrame).fromPosition;
    }

    /// Positions of the matches, by looking at all events.
    List<Long> matches(Query query, LogIndex.Range range, Direction direction) {
        Predicate<RecordedEvent> matches = query.predicate();
        List<Long> found = new ArrayList<>();
        for (long position = range.from(); position < Math.min(range.to(), events.size()); position++) {
            if (matches.test(events.get((int) position))) {
                found.add(position);
            }
        }
        return direction == Direction.FORWARDS ? found : found.reversed();
    }

    /// What a caller makes of candidates: those that match.
    List<Long> verified(Candidates candidates, Predicate<RecordedEvent> matches) {
        List<Long> found = new ArrayList<>();
        for (long at = candidates.next(); at >= 0; at = candidates.next()) {
            if (matches.test(events.get((int) at))) {
                found.add(at);
            }
        }
        return found;
    }

    SortedMap<String, Long> types() {
        SortedMap<String, Long> types = new TreeMap<>();
        events.forEach(event -> types.merge(event.type(), 1L, Long::sum));
        return types;
    }

    long streams() {
        return nextRevision.size();
    }

    Map<String, Long> trackings() {
        Map<String, Long> trackings = new LinkedHashMap<>();
        frames.forEach(frame -> trackings.putAll(frame.trackings));
        return trackings;
    }

    static List<Long> all(Candidates candidates) {
        List<Long> found = new ArrayList<>();
        for (long at = candidates.next(); at >= 0; at = candidates.next()) {
            found.add(at);
        }
        return found;
    }
}
