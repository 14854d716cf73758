package dev.everfold.cloudevents;

import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.NewEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.StringJoiner;
import java.util.UUID;

/// Events of all kinds that a store takes, the odd ones more often than in life.
final class RandomEvents {

    private static final List<String> CHARACTERS = List.of(
            "a",
            "Z",
            "0",
            "-",
            "\"",
            "\\",
            "/",
            "{",
            "}",
            ",",
            ":",
            " ",
            "\t",
            "\n",
            "\u0001",
            "\u007f",
            "ä",
            "€",
            "\u2028",
            "\ufeff",
            "\ud83d\ude00");
    private static final List<String> CONTENT_TYPES = List.of(
            NewEvent.JSON,
            NewEvent.JSON,
            NewEvent.JSON,
            NewEvent.BINARY,
            "text/plain",
            "application/vnd.shop+json",
            "application/JSON; charset=utf-8",
            "application/xml",
            "x");
    private static final List<String> NAMES =
            List.of("a", "actor", "correlationid", "z9", "source", "dataschema", "id", "userId", "tags", "time", "");

    private final Random random;

    RandomEvents(Random random) {
        this.random = random;
    }

    NewEvent next() {
        UUID id = new UUID(random.nextLong(), random.nextLong());
        String source = random.nextBoolean() ? "/shop" : text(8) + "x";
        String name = text(6) + "x";
        boolean hasName = random.nextInt(4) == 0;
        NewEvent event = new NewEvent(
                text(12) + "-1",
                hasName ? NameBasedId.of(source, name) : id,
                text(5) + "x",
                pick(CONTENT_TYPES),
                bytes(),
                hasName && random.nextBoolean()
                        ? Bytes.utf8("{\"id\":" + quoted(name) + ",\"source\":" + quoted(source) + "}")
                        : random.nextBoolean() ? metadata() : bytes(),
                tags(),
                random.nextBoolean() ? Optional.empty() : Optional.of(time()),
                Optional.empty());
        return event;
    }

    private Bytes bytes() {
        return switch (random.nextInt(6)) {
            case 0 -> Bytes.empty();
            case 1 -> {
                byte[] noise = new byte[random.nextInt(20)];
                random.nextBytes(noise);
                yield Bytes.of(noise);
            }
            case 2 -> Bytes.utf8(text(20));
            default -> Bytes.utf8(json(3));
        };
    }

    private Bytes metadata() {
        StringJoiner members = new StringJoiner(random.nextInt(8) == 0 ? ", " : ",", "{", "}");
        for (int left = random.nextInt(4); left > 0; left--) {
            members.add("\"" + pick(NAMES) + "\":" + json(random.nextInt(4) == 0 ? 1 : 0));
        }
        return Bytes.utf8(members.toString());
    }

    private String json(int depth) {
        int kind = random.nextInt(depth > 0 ? 8 : 5);
        String space = random.nextInt(10) == 0 ? " " : "";
        return switch (kind) {
            case 0 -> Long.toString(random.nextLong());
            case 1 -> random.nextDouble() + "e" + random.nextInt(9);
            case 2 -> pick(List.of("true", "false", "null"));
            case 3, 4 -> quoted(text(6));
            case 5 -> "[" + space + json(depth - 1) + "," + json(depth - 1) + "]";
            case 6 -> "{" + quoted(text(4)) + space + ":" + json(depth - 1) + "}";
            default -> pick(List.of("[]", "{}", "[" + space + "]"));
        };
    }

    private String quoted(String text) {
        ByteSink sink = new ByteSink();
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        sink.putString(utf8, 0, utf8.length);
        String quoted = new String(sink.toArray(), StandardCharsets.UTF_8);
        // The same text may be spelled in many ways.
        return random.nextInt(4) == 0 ? quoted.replace("a", "\\u0061").replace("/", "\\/") : quoted;
    }

    private List<String> tags() {
        List<String> tags = new ArrayList<>();
        for (int left = random.nextInt(4); left > 0; left--) {
            tags.add(random.nextInt(4) == 0 ? text(5) + "," : "t" + text(5).replace(',', ';') + "x");
        }
        return tags;
    }

    private Instant time() {
        return switch (random.nextInt(3)) {
            case 0 -> Instant.ofEpochSecond(random.nextInt());
            case 1 -> Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000) * 1_000L);
            default -> Instant.ofEpochSecond(random.nextLong(-9_000_000_000_000L, 9_000_000_000_000L));
        };
    }

    private String text(int lengthMax) {
        StringBuilder text = new StringBuilder();
        for (int left = random.nextInt(lengthMax + 1); left > 0; left--) {
            text.append(random.nextBoolean() ? "a" : pick(CHARACTERS));
        }
        return text.toString();
    }

    private <T> T pick(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }
}
