package dev.everfold.cli.bench;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventFormat;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.RecordedEvent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/// Events of 256 bytes each, encoded, with a stream, one of ten types and two tags.
///
/// Making them is part of what a client does, so it is kept cheap: names and payloads are made once.
public final class BenchEvents {

    /// Length of an encoded event, in bytes.
    public static final int EVENT_BYTES = 256;

    /// Events number `n` has the type `type-(n mod TYPES)`.
    public static final int TYPES = 10;

    /// Event number `n` carries the tag `tenant:(n mod TENANTS)`.
    public static final int TENANTS = 100;

    private static final long SEED = 20_260_301;
    private static final List<String> TYPE_NAMES = names("type-", TYPES);
    private static final List<String> TENANT_TAGS = names("tenant:", TENANTS);
    private static final List<Bytes> PAYLOADS = payloads();

    private BenchEvents() {}

    /// One event.
    ///
    /// @param stream ASCII
    /// @param tag ASCII, the first of its tags
    /// @param number decides its type and its second tag, 0 or more
    public static NewEvent event(String stream, String tag, long number) {
        String type = TYPE_NAMES.get((int) (number % TYPES));
        String tenant = TENANT_TAGS.get((int) (number % TENANTS));
        int names = stream.length() + type.length() + 2 * Short.BYTES + tag.length() + tenant.length();
        return new NewEvent(
                stream,
                id(),
                type,
                NewEvent.BINARY,
                PAYLOADS.get(Math.max(EVENT_BYTES - EventFormat.HEADER_BYTES - names, 0)),
                Bytes.empty(),
                List.of(tag, tenant),
                Optional.empty(),
                Optional.empty());
    }

    /// An append of so many events to one stream.
    static Append append(String stream, String tag, int count) {
        List<NewEvent> events = new ArrayList<>(count);
        for (int number = 0; number < count; number++) {
            events.add(event(stream, tag, number));
        }
        return Append.of(events);
    }

    /// Asks for every field of an event and decodes it.
    ///
    /// @return a sum to keep, so that the asking is not optimised away
    public static long touch(RecordedEvent event) {
        Bytes data = event.data();
        long sum = event.position()
                + event.revision()
                + event.recordedMicros()
                + event.occurred().map(Object::hashCode).orElse(0)
                + event.id().hashCode()
                + event.stream().length()
                + event.type().length()
                + event.contentType().length()
                + event.metadata().length()
                + data.length()
                + (data.isEmpty() ? 0 : data.at(data.length() - 1));
        for (String tag : event.tags()) {
            sum += tag.length();
        }
        return sum;
    }

    /// The second tag of event number `number`.
    static String tenantTag(long number) {
        return TENANT_TAGS.get((int) (number % TENANTS));
    }

    /// The type of event number `number`.
    static String type(long number) {
        return TYPE_NAMES.get((int) (number % TYPES));
    }

    /// A UUID of version 4 (RFC 9562).
    private static UUID id() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new UUID((random.nextLong() & ~0xf000L) | 0x4000L, (random.nextLong() >>> 2) | Long.MIN_VALUE);
    }

    private static List<String> names(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
    }

    private static List<Bytes> payloads() {
        byte[] random = new byte[EVENT_BYTES];
        new Random(SEED).nextBytes(random);
        List<Bytes> payloads = new ArrayList<>();
        for (int length = 0; length <= EVENT_BYTES; length++) {
            payloads.add(Bytes.of(Arrays.copyOf(random, length)));
        }
        return List.copyOf(payloads);
    }
}
