package dev.everfold.testkit.history;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendCondition.NothingMatching;
import dev.everfold.eventstore.AppendCondition.StreamAt;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;

/// What one client of a [HistoryWorkload] does next, and what it knows of the store.
final class WorkloadClient {

    private static final int STREAMS = 6;
    private static final int TAGS = 4;
    private static final int SOURCES = 2;
    private static final String[] TYPES = {"placed", "paid", "sent"};
    private static final int EVENTS_MAX = 4;
    private static final int LARGE_BYTES_MAX = 6_000;
    private static final int READ_EVENTS_MAX = 60;
    private static final int RECENT_MAX = 20;

    /// Further than the log of a workload will ever be.
    private static final long AHEAD = 1L << 40;

    private final HistoryClient client;
    private final SplittableRandom random;

    private long seenPosition;
    private final Map<String, Long> lastRevisions = new HashMap<>();
    private final List<Append> recent = new ArrayList<>();

    WorkloadClient(HistoryClient client, long seed) {
        this.client = client;
        this.random = new SplittableRandom(seed);
    }

    void step() {
        switch (random.nextInt(20)) {
            case 0, 1, 2, 3 -> append(Append.of(events(1 + random.nextInt(EVENTS_MAX))));
            case 4, 5, 6 -> append(expecting());
            case 7, 8 -> appendToBoundary();
            case 9, 10 -> appendTracking();
            case 11 -> append(withoutEvents());
            case 12 -> appendWithInterruption();
            case 13 -> {
                if (!recent.isEmpty()) {
                    append(recent.get(random.nextInt(recent.size())));
                }
            }
            case 14, 15 -> readOn();
            case 16 -> readStream();
            case 17 -> readAnyhow();
            case 18 -> client.trackedPosition(source());
            default -> client.nextPosition();
        }
    }

    private void append(Append append) {
        learn(append, client.append(append));
    }

    private void learn(Append append, Answer answer) {
        switch (answer) {
            case Answer.Accepted(Appended appended) -> {
                for (int i = 0; i < append.events().size(); i++) {
                    lastRevisions.merge(
                            append.events().get(i).stream(),
                            appended.revisions().get(i),
                            Math::max);
                }
                remember(append);
            }
            case Answer.Refused(Refusal.Conflict(List<Finding> findings)) -> {
                for (Finding finding : findings) {
                    if (finding instanceof Finding.LastRevision(int condition, long revision)
                            && append.conditions().get(condition) instanceof StreamAt(String stream, var _)) {
                        lastRevisions.put(stream, revision);
                    }
                }
            }
            case Answer.Refused _, Answer.Unknown _, Answer.Seen _, Answer.TrackedAt _, Answer.NextAt _ -> {
                // Nothing to learn.
            }
        }
    }

    private void remember(Append append) {
        if (recent.size() == RECENT_MAX) {
            recent.removeFirst();
        }
        recent.add(append);
    }

    /// With one or two expectations, of streams that it writes to or others; stale as often as not.
    private Append expecting() {
        List<NewEvent> events = events(1 + random.nextInt(2));
        String stream = random.nextInt(4) == 0 ? stream() : events.getFirst().stream();
        Append append = Append.of(events).expecting(stream, expected(stream));
        if (random.nextInt(3) == 0) {
            String other = stream();
            append = append.expecting(other, random.nextBoolean() ? Expected.exists() : expected(other));
        }
        return append;
    }

    private Expected expected(String stream) {
        long last = lastRevisions.getOrDefault(stream, -1L);
        return last < 0 ? Expected.noStream() : Expected.revision(last);
    }

    /// Reads a boundary and appends unless it has moved.
    private void appendToBoundary() {
        Query query = query();
        long from = random.nextInt(4) == 0 ? 0 : seenPosition;
        Answer.Seen seen = client.read(Read.matching(query).fromPosition(from), READ_EVENTS_MAX, this::saw);
        Append append = Append.of(events(1 + random.nextInt(2))).unless(query, seen.nextPosition());
        append(random.nextInt(3) == 0 ? append.expecting(stream(), Expected.exists()) : append);
    }

    private void appendTracking() {
        String source = source();
        long tracked = client.trackedPosition(source).orElse(-1);
        append(Append.of(events(1)).tracking(source, tracked + random.nextInt(3) + (tracked < 0 ? 1 : 0)));
    }

    /// Only a question, seldom one about a future, or only a tracked position.
    private Append withoutEvents() {
        if (random.nextInt(10) == 0) {
            return Append.check(new NothingMatching(query(), seenPosition + AHEAD));
        }
        if (random.nextBoolean()) {
            String stream = stream();
            return Append.check(new StreamAt(stream, expected(stream)), new NothingMatching(query(), seenPosition));
        }
        String source = source();
        return Append.track(source, client.trackedPosition(source).orElse(-1) + 1);
    }

    private void appendWithInterruption() {
        Append append = random.nextInt(3) == 0 ? expecting() : Append.of(events(2));
        Answer answer = client.appendInterrupted(append);
        if (answer instanceof Answer.Unknown && random.nextInt(3) > 0) {
            append(append);
        } else {
            learn(append, answer);
        }
    }

    private void readOn() {
        Answer.Seen seen = client.read(Read.all().fromPosition(seenPosition), READ_EVENTS_MAX, this::saw);
        seenPosition = Math.max(seenPosition, seen.nextPosition());
    }

    private void readStream() {
        String stream = stream();
        long last = lastRevisions.getOrDefault(stream, -1L);
        client.read(Read.stream(stream).fromRevision(Math.max(0, last - 10)), Long.MAX_VALUE, this::saw);
    }

    private void readAnyhow() {
        Read read = Read.matching(random.nextBoolean() ? query() : Query.all());
        long from = Math.max(0, seenPosition - random.nextInt(100));
        read = read.fromPosition(from).limit(1 + random.nextInt(READ_EVENTS_MAX));
        if (random.nextInt(3) == 0) {
            read = read.toPosition(from + random.nextInt(50));
        }
        client.read(random.nextBoolean() ? read.backwards() : read, Long.MAX_VALUE, this::saw);
    }

    private void saw(RecordedEvent event) {
        lastRevisions.merge(event.stream(), event.revision(), Math::max);
    }

    private List<NewEvent> events(int count) {
        String stream = stream();
        List<NewEvent> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] data = new byte[random.nextInt(random.nextInt(12) == 0 ? LARGE_BYTES_MAX : 120)];
            random.nextBytes(data);
            events.add(NewEvent.of(random.nextInt(3) == 0 ? stream() : stream, type(), Bytes.of(data))
                    .withId(new UUID(random.nextLong(), random.nextLong()))
                    .withTags(random.nextBoolean() ? List.of(tag()) : List.of(tag(), "order:" + random.nextInt(50))));
        }
        return events;
    }

    private Query query() {
        return switch (random.nextInt(4)) {
            case 0 -> Query.tags(tag()).or(Query.types(type()));
            case 1 -> Query.stream(stream());
            default -> Query.of(new Query.Item().withTags(tag()).withTypes(type()));
        };
    }

    private String stream() {
        return "order-" + random.nextInt(STREAMS);
    }

    private String tag() {
        return "customer:" + random.nextInt(TAGS);
    }

    private String type() {
        return TYPES[random.nextInt(TYPES.length)];
    }

    private String source() {
        return "import-" + random.nextInt(SOURCES);
    }
}
