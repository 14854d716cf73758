package dev.everfold.kurrent.stream;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.RecordedEvent;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/// Which events of the log are meant; immutable.
///
/// Patterns run in linear time (RE2), since anybody may send one. A single prefix `$idx-ce-X` or
/// `$idx-et-X` of streams means the category or the type and is answered from the index, and
/// `$idx-all` all events that are not the system's; so does a pattern that begins like this, since
/// it could match nothing, and the client for Java sends prefixes as patterns.
///
/// @param query what the store is asked for
/// @param predicate what is asked of each event besides
public record EventFilter(Query query, Predicate<RecordedEvent> predicate) {

    /// Every event.
    public static final EventFilter ALL = new EventFilter(Query.all(), _ -> true);

    /// Longest pattern, in characters.
    static final int PATTERN_MAX = 256;

    private static final int PREFIXES_MAX = 1_000;
    private static final String INDEX = "$idx-";
    private static final String INDEX_OF_ALL = "$idx-all";
    private static final String CATEGORY_INDEX = "$idx-ce-";
    private static final String TYPE_INDEX = "$idx-et-";

    /// What of an event is looked at.
    public enum Subject {
        /// The name of its stream.
        STREAM,
        /// Its type.
        TYPE
    }

    /// Events whose name begins with one of these.
    ///
    /// @throws IllegalArgumentException when there are too many, or one names an index that there is not
    public static EventFilter prefixes(Subject subject, List<String> prefixes) {
        if (prefixes.size() > PREFIXES_MAX) {
            throw new IllegalArgumentException(
                    "The filter has " + prefixes.size() + " prefixes; expected at most " + PREFIXES_MAX + ".");
        }
        if (subject == Subject.STREAM
                && prefixes.size() == 1
                && prefixes.getFirst().startsWith(INDEX)) {
            return index(prefixes.getFirst());
        }
        List<String> copy = List.copyOf(prefixes);
        Function<RecordedEvent, String> name = name(subject);
        return new EventFilter(Query.all(), event -> {
            String found = name.apply(event);
            return copy.stream().anyMatch(found::startsWith);
        });
    }

    /// Events whose name holds something that the pattern describes.
    ///
    /// @throws IllegalArgumentException when it is too long, no pattern of RE2, or an index that there is not
    public static EventFilter pattern(Subject subject, String pattern) {
        if (pattern.length() > PATTERN_MAX) {
            throw new IllegalArgumentException("The pattern of the filter has " + pattern.length()
                    + " characters; expected at most " + PATTERN_MAX + ".");
        }
        if (subject == Subject.STREAM && pattern.startsWith(INDEX)) {
            return index(pattern);
        }
        Pattern compiled;
        try {
            compiled = Pattern.compile(pattern);
        } catch (PatternSyntaxException malformed) {
            throw new IllegalArgumentException(
                    "The pattern of the filter is not understood: " + malformed.getMessage()
                            + ". Expected one of RE2, which has neither look-around nor back-references.",
                    malformed);
        }
        Function<RecordedEvent, String> name = name(subject);
        return new EventFilter(
                Query.all(), event -> compiled.matcher(name.apply(event)).find());
    }

    private static EventFilter index(String name) {
        if (name.equals(INDEX_OF_ALL)) {
            return new EventFilter(Query.all(), event -> !StreamNames.isSystem(event.stream()));
        }
        if (name.startsWith(CATEGORY_INDEX) && name.length() > CATEGORY_INDEX.length()) {
            return new EventFilter(Query.category(name.substring(CATEGORY_INDEX.length())), _ -> true);
        }
        if (name.startsWith(TYPE_INDEX) && name.length() > TYPE_INDEX.length()) {
            return new EventFilter(Query.types(name.substring(TYPE_INDEX.length())), _ -> true);
        }
        throw new IllegalArgumentException("There is no index \"" + name + "\"; expected " + INDEX_OF_ALL + ", "
                + CATEGORY_INDEX + " with a category, or " + TYPE_INDEX + " with a type of events.");
    }

    private static Function<RecordedEvent, String> name(Subject subject) {
        return switch (subject) {
            case STREAM -> RecordedEvent::stream;
            case TYPE -> RecordedEvent::type;
        };
    }
}
