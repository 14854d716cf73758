package dev.everfold.server;

import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import io.javalin.http.Context;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;

/// Which events a request means: `stream` or `category`, `type` (any of), `tag` (all of), `from`, `to`, `limit`,
/// `backwards`; and those that an append excludes.
final class Selection {

    /// Of events as they come: they have neither an end nor another direction.
    static final Set<String> LIVE_NAMES =
            new TreeSet<>(Set.of("stream", "category", "type", "tag", "from", "form", "bytesMax"));

    static final Set<String> NAMES = new TreeSet<>(
            Set.of("stream", "category", "type", "tag", "from", "to", "limit", "backwards", "form", "bytesMax"));

    /// Of an append: `expect`, and events that must not be there.
    static final Set<String> CONDITION_NAMES =
            new TreeSet<>(Set.of("expect", "unlessStream", "unlessCategory", "unlessType", "unlessTag", "unlessFrom"));

    private static final Set<String> REPEATABLE = Set.of("type", "tag", "unlessType", "unlessTag");

    /// Java's own parser takes other texts, too, and more digits than it keeps.
    private static final Pattern UUID_FORM = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private Selection() {}

    /// @throws IllegalArgumentException when a parameter is not known or not what it should be
    static Read read(Context context) {
        require(context, NAMES.toArray(String[]::new));
        return selected(context);
    }

    /// @throws IllegalArgumentException when a parameter is not known or not what it should be
    static Read live(Context context) {
        require(context, LIVE_NAMES.toArray(String[]::new));
        return selected(context);
    }

    private static Read selected(Context context) {
        Read read = Read.matching(Query.of(item(context, "stream", "category", "type", "tag")))
                .fromPosition(number(context, "from", 0))
                .toPosition(number(context, "to", Long.MAX_VALUE))
                .limit(number(context, "limit", Long.MAX_VALUE, "1 or more"));
        return context.queryParam("backwards") == null ? read : read.backwards();
    }

    /// @throws IllegalArgumentException when a parameter is not one of these, or is there more often than it counts
    static void require(Context context, String... names) {
        List<String> known = List.of(names);
        context.queryParamMap().forEach((name, given) -> {
            if (!known.contains(name)) {
                throw new IllegalArgumentException("\"" + name + "\" is not a parameter; expected "
                        + (known.isEmpty() ? "none" : "one of " + String.join(", ", known)) + ".");
            }
            if (given.size() > 1 && !REPEATABLE.contains(name)) {
                throw new IllegalArgumentException(
                        "\"" + name + "\" is there " + given.size() + " times; expected it once.");
            }
        });
    }

    /// What an append excludes; empty when it excludes nothing.
    ///
    /// @throws IllegalArgumentException when it only says from where on
    static Optional<Query> unless(Context context) {
        Query.Item item = item(context, "unlessStream", "unlessCategory", "unlessType", "unlessTag");
        if (!item.equals(new Query.Item())) {
            return Optional.of(Query.of(item));
        }
        if (context.queryParam("unlessFrom") != null) {
            throw new IllegalArgumentException(
                    "There is unlessFrom, but not what must not be there; expected unlessType,"
                            + " unlessTag, unlessStream or unlessCategory.");
        }
        return Optional.empty();
    }

    private static Query.Item item(Context context, String stream, String category, String type, String tag) {
        Query.Item item = new Query.Item().withTypes(strings(context, type)).withTags(strings(context, tag));
        String ofStream = context.queryParam(stream);
        if (ofStream != null) {
            item = item.withStream(ofStream);
        }
        String ofCategory = context.queryParam(category);
        return ofCategory == null ? item : item.withCategory(ofCategory);
    }

    private static String[] strings(Context context, String name) {
        List<String> given = context.queryParams(name);
        return given.toArray(String[]::new);
    }

    /// The UUID that a text is, 8-4-4-4-12 hexadecimal digits; empty when it is none.
    static Optional<UUID> uuid(String text) {
        String id = text.strip();
        return UUID_FORM.matcher(id).matches() ? Optional.of(UUID.fromString(id)) : Optional.empty();
    }

    /// @throws IllegalArgumentException when it is given and not a number
    static long number(Context context, String name, long otherwise) {
        return number(context, name, otherwise, "0 or more");
    }

    /// @param expected what whoever gives something else is told
    /// @throws IllegalArgumentException when it is given and not a number
    static long number(Context context, String name, long otherwise, String expected) {
        String given = context.queryParam(name);
        return given == null ? otherwise : number(name, given, expected);
    }

    /// @throws IllegalArgumentException when it is not a number
    static long number(String name, String given) {
        return number(name, given, "0 or more");
    }

    private static long number(String name, String given, String expected) {
        try {
            return Long.parseLong(given);
        } catch (NumberFormatException notOne) {
            throw new IllegalArgumentException(
                    "The " + name + " \"" + given + "\" is not a number; expected " + expected + ".", notOne);
        }
    }
}
