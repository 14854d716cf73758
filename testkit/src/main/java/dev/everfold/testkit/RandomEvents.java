package dev.everfold.testkit;

import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.NewEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;

/// Draws events whose names come from small alphabets and whose content is any bytes.
final class RandomEvents {

    private static final String[] STREAMS = {
        "order-1",
        "order-2",
        "order-3",
        "order",
        "Order-1",
        "orders-1",
        "-1",
        "$system-1",
        "caf\u00e9-1",
        "cafe\u0301-1",
        "a-b-c"
    };
    private static final String[] TYPES = {"placed", "paid", "sent", "$noted", "place", "Placed"};
    private static final String[] TAGS = {
        "order:1",
        "order:2",
        "order:3",
        "customer:alice",
        "customer:bob",
        "\u00e9",
        "e\u0301",
        "order:",
        " order:1",
        "Order:1",
        "as-long-as-a-name-may-be",
        "longer-than-a-name-may-be"
    };
    private static final String[] CONTENT_TYPES = {
        NewEvent.JSON, NewEvent.BINARY, "text/plain;charset=utf-8", "Application/JSON"
    };

    /// Large enough that engines with small buffers and segments are made to turn over.
    private static final int LARGE_BYTES_MAX = 16_000;

    /// More than stores under test should take as one event.
    private static final int TOO_LARGE_BYTES = 25_000;

    private final SplittableRandom random;
    private final List<UUID> usedIds = new ArrayList<>();

    RandomEvents(SplittableRandom random) {
        this.random = random;
    }

    /// None, one, a few, or seldom many events.
    ///
    /// @param now the time around which recorded and occurred times lie
    List<NewEvent> some(Instant now) {
        int choice = random.nextInt(20);
        int count = choice == 0 ? 0 : choice < 13 ? 1 : choice < 19 ? random.nextInt(2, 6) : random.nextInt(6, 30);
        List<NewEvent> drawn = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            drawn.add(one(now));
        }
        return drawn;
    }

    private NewEvent one(Instant now) {
        UUID id = random.nextInt(10) == 0 ? repeatedId() : id();
        if (usedIds.size() < 40) {
            usedIds.add(id);
        }
        List<String> tags = new ArrayList<>();
        int tagCount = random.nextInt(50) == 0 ? TAGS.length : random.nextInt(4);
        for (int i = 0; i < tagCount; i++) {
            tags.add(tag());
        }
        Optional<Instant> occurred = random.nextInt(3) == 0
                ? Optional.of(now.plusNanos(random.nextLong(-1_000_000_000L, 1_000_000_000L)))
                : Optional.empty();
        Optional<Instant> recorded = random.nextInt(40) == 0
                ? Optional.of(now.plusNanos(random.nextLong(-2_000_000_000L, 3_000_000_000L)))
                : Optional.empty();
        return new NewEvent(
                stream(),
                id,
                type(),
                CONTENT_TYPES[random.nextInt(CONTENT_TYPES.length)],
                bytes(),
                random.nextInt(3) == 0 ? bytes() : Bytes.empty(),
                tags,
                occurred,
                recorded);
    }

    String stream() {
        return STREAMS[skewed(STREAMS.length)];
    }

    String type() {
        return TYPES[skewed(TYPES.length)];
    }

    String tag() {
        return TAGS[skewed(TAGS.length)];
    }

    /// An id that was not drawn before.
    UUID id() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    /// An id that was drawn before, once there is one.
    UUID repeatedId() {
        return usedIds.isEmpty() ? new UUID(1, 1) : usedIds.get(random.nextInt(usedIds.size()));
    }

    private Bytes bytes() {
        byte[] drawn = new byte[length()];
        random.nextBytes(drawn);
        return Bytes.of(drawn);
    }

    private int length() {
        int choice = random.nextInt(400);
        if (choice == 0) {
            return TOO_LARGE_BYTES;
        }
        if (choice < 10) {
            return random.nextInt(LARGE_BYTES_MAX);
        }
        return choice < 50 ? 0 : random.nextInt(60);
    }

    /// Low numbers more often than high ones.
    private int skewed(int bound) {
        return random.nextInt(1 + random.nextInt(bound));
    }
}
