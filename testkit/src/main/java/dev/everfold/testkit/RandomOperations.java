package dev.everfold.testkit;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendCondition;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.Tracking;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.UUID;

/// Draws operations from a seed: the same seed and the same history give the same operations.
///
/// Names are few, so that appends meet: most conditions nearly hold, some fail; ids come again, rightly
/// and wrongly; positions lie around the end of the log. Endless; for one thread.
public final class RandomOperations {

    /// So many of the last appends may come again; more than a store under test should remember.
    private static final int REPEATABLE_APPENDS_MAX = 60;

    private static final String[] SOURCES = {"shop", "depot", "\u00e9"};

    private final SplittableRandom random;
    private final RandomEvents events;
    private final EventStore model;
    private final Clock clock;
    private final List<Append> made = new ArrayList<>();

    /// @param seed decides everything
    /// @param model a store that is kept in step, asked for what conditions would hold
    /// @param clock shows the time around which events are recorded that bring a time
    public RandomOperations(long seed, EventStore model, Clock clock) {
        this.random = new SplittableRandom(seed);
        this.events = new RandomEvents(random);
        this.model = model;
        this.clock = clock;
    }

    /// The next operation; never a [Operation.Restart], which only some stores can make.
    public Operation next() {
        int choice = random.nextInt(100);
        if (choice < 42) {
            return new Operation.AppendOne(append());
        }
        if (choice < 48) {
            return burst();
        }
        if (choice < 78) {
            return readSome();
        }
        if (choice < 85) {
            return new Operation.ReadAcross(read(), random.nextInt(4), append());
        }
        if (choice < 88) {
            return new Operation.AskTracked(SOURCES[random.nextInt(SOURCES.length)]);
        }
        if (choice < 91) {
            return new Operation.AskStats();
        }
        if (choice < 94) {
            return new Operation.AskPosition(nearTheEnd());
        }
        return new Operation.MoveClock(Duration.ofNanos(random.nextLong(-2_000_000_000L, 5_000_000_000L)));
    }

    private Operation burst() {
        List<Append> appends = new ArrayList<>();
        for (int i = random.nextInt(2, 12); i > 0; i--) {
            appends.add(append());
        }
        return new Operation.AppendBurst(appends);
    }

    /// A new append, or one that was made before, as it was or changed.
    private Append append() {
        if (!made.isEmpty() && random.nextInt(10) == 0) {
            return again(made.get(random.nextInt(made.size())));
        }
        Append append = fresh();
        made.add(append);
        if (made.size() > REPEATABLE_APPENDS_MAX) {
            made.removeFirst();
        }
        return append;
    }

    private Append again(Append before) {
        return switch (random.nextInt(10)) {
            case 0, 1 -> fresh().withId(before.id());
            case 2 -> new Append(before.id(), before.events().reversed(), before.conditions(), before.tracking());
            case 3 -> before.tracking(SOURCES[random.nextInt(SOURCES.length)], random.nextInt(30));
            case 4 -> before.onlyIf(streamAt());
            default -> before;
        };
    }

    private Append fresh() {
        List<NewEvent> drawn = events.some(clock.instant());
        List<AppendCondition> conditions = new ArrayList<>();
        if (random.nextInt(5) < 2) {
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                conditions.add(random.nextBoolean() ? streamAt() : nothingMatching());
            }
        }
        Optional<Tracking> tracking = random.nextInt(6) == 0 ? Optional.of(tracking()) : Optional.empty();
        if (drawn.isEmpty() && conditions.isEmpty() && tracking.isEmpty()) {
            conditions.add(nothingMatching());
        }
        return new Append(events.id(), drawn, conditions, tracking);
    }

    private AppendCondition streamAt() {
        String stream = events.stream();
        long last = lastRevision(stream);
        Expected right = last < 0 ? Expected.noStream() : Expected.revision(last);
        Expected expected = switch (random.nextInt(10)) {
            case 0 -> Expected.noStream();
            case 1 -> Expected.exists();
            case 2 -> Expected.any();
            case 3 -> Expected.revision(Math.max(0, last + random.nextInt(-2, 3)));
            default -> right;
        };
        return new AppendCondition.StreamAt(stream, expected);
    }

    private AppendCondition nothingMatching() {
        long end = model.nextPosition();
        long fromPosition = switch (random.nextInt(12)) {
            case 0 -> 0;
            case 1 -> random.nextLong(end + 1);
            case 2 -> end + (random.nextInt(4) == 0 ? random.nextInt(1, 4) : 0);
            default -> Math.max(0, end - random.nextInt(6));
        };
        return new AppendCondition.NothingMatching(query(), fromPosition);
    }

    private Tracking tracking() {
        String source = SOURCES[random.nextInt(SOURCES.length)];
        OptionalLong before = model.trackedPosition(source);
        long position = before.orElse(0) + random.nextInt(-1, 4);
        return new Tracking(source, Math.max(0, position));
    }

    private Operation readSome() {
        Read read = read();
        return new Operation.ReadSome(read, random.nextInt(4) == 0 ? random.nextInt(6) : Long.MAX_VALUE);
    }

    private Read read() {
        Read whole = random.nextInt(5) < 3 ? byQuery() : byRevision();
        Read directed = random.nextBoolean() ? whole : whole.backwards();
        return random.nextInt(3) == 0 ? directed.limit(random.nextInt(1, 10)) : directed;
    }

    private Read byQuery() {
        Read read = Read.matching(query());
        if (random.nextBoolean()) {
            return read;
        }
        long end = model.nextPosition();
        long from = random.nextInt(30) == 0 ? end + random.nextInt(3) : random.nextLong(end + 1);
        if (random.nextBoolean()) {
            return read.fromPosition(from);
        }
        long length = random.nextInt(4) == 0 ? random.nextInt(3) : random.nextLong(end + 2);
        return read.fromPosition(from).toPosition(from + length);
    }

    private Read byRevision() {
        String stream = events.stream();
        Read read = Read.stream(stream);
        if (random.nextBoolean()) {
            return read;
        }
        long length = lastRevision(stream) + 1;
        long from = random.nextLong(length + 3);
        return random.nextBoolean()
                ? read.fromRevision(from)
                : read.fromRevision(from).toRevision(from + random.nextLong(length + 3));
    }

    private Query query() {
        int items = random.nextInt(8) == 0 ? random.nextInt(4) : random.nextInt(1, 3);
        List<Query.Item> drawn = new ArrayList<>();
        for (int i = 0; i < items; i++) {
            drawn.add(item());
        }
        return new Query(drawn);
    }

    private Query.Item item() {
        Query.Item any = new Query.Item();
        Query.Item item = switch (random.nextInt(9)) {
            case 0 -> any.withStream(events.stream());
            case 1 -> any.withCategory(Query.categoryOf(events.stream()));
            case 2 -> any.withTypes(events.type(), events.type());
            case 3, 4 -> any.withTags(events.tag());
            case 5 -> any.withTags(events.tag(), events.tag());
            case 6 -> any.withIds(List.of(events.repeatedId(), events.repeatedId(), new UUID(0, 0)));
            case 7 -> any.withTypes(events.type()).withTags(events.tag());
            default -> random.nextInt(3) == 0 ? any : any.withTypes(events.type());
        };
        if (random.nextInt(8) == 0) {
            item = item.withCategory(Query.categoryOf(events.stream()));
        }
        return random.nextInt(10) == 0 ? item.onlyFirstOfStream() : item;
    }

    private long nearTheEnd() {
        return Math.max(0, model.nextPosition() + random.nextInt(-2, 3));
    }

    private long lastRevision(String stream) {
        return model.read(Read.stream(stream).backwards().limit(1)).toList().stream()
                .mapToLong(event -> event.revision())
                .findFirst()
                .orElse(-1);
    }
}
