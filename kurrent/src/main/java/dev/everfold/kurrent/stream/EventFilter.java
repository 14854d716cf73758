package dev.everfold.kurrent.stream;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.RecordedEvent;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/// Which events of the log are meant; immutable.
///
/// Patterns run in linear time (RE2), since anybody may send one. A single prefix `$idx-ce-X` or
/// `$idx-et-X` of streams means the category or the type and is answered from the index; so does
/// a pattern that begins like this, since it could match nothing, and the client for Java sends
/// prefixes as patterns.
///
/// @param query what the store is asked for
/// @param predicate what is asked of each event besides
public record EventFilter(Query query, Predicate<RecordedEvent> predicate) {

    /// Every event.
    public static final EventFilter ALL = new EventFilter(Query.all(), _ -> true);

    /// Longest pattern, in characters.
    static final int PATTERN_MAX = 256;

    private static final int PREFIXES_MAX = 1_000;
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
    /// @throws IllegalArgumentException when there are too many
    public static EventFilter prefixes(Subject subject, List<String> prefixes) {
        if (prefixes.size() > PREFIXES_MAX) {
            throw new IllegalArgumentException(
                    "The filter has " + prefixes.size() + " prefixes; expected at most " + PREFIXES_MAX + ".");
        }
        Optional<Query> index =
                subject == Subject.STREAM && prefixes.size() == 1 ? index(prefixes.getFirst()) : Optional.empty();
        if (index.isPresent()) {
            return new EventFilter(index.get(), _ -> true);
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
    /// @throws IllegalArgumentException when it is too long or no pattern of RE2
    public static EventFilter pattern(Subject subject, String pattern) {
        if (pattern.length() > PATTERN_MAX) {
            throw new IllegalArgumentException("The pattern of the filter has " + pattern.length()
                    + " characters; expected at most " + PATTERN_MAX + ".");
        }
        Optional<Query> index = subject == Subject.STREAM ? index(pattern) : Optional.empty();
        if (index.isPresent()) {
            return new EventFilter(index.get(), _ -> true);
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

    private static Optional<Query> index(String prefix) {
        if (prefix.startsWith(CATEGORY_INDEX) && prefix.length() > CATEGORY_INDEX.length()) {
            return Optional.of(Query.category(prefix.substring(CATEGORY_INDEX.length())));
        }
        if (prefix.startsWith(TYPE_INDEX) && prefix.length() > TYPE_INDEX.length()) {
            return Optional.of(Query.types(prefix.substring(TYPE_INDEX.length())));
        }
        return Optional.empty();
    }

    private static Function<RecordedEvent, String> name(Subject subject) {
        return switch (subject) {
            case STREAM -> RecordedEvent::stream;
            case TYPE -> RecordedEvent::type;
        };
    }
}
