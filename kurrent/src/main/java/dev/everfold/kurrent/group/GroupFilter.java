package dev.everfold.kurrent.group;

import dev.everfold.kurrent.stream.EventFilter;
import java.util.List;

/// Which events of the log a group gets, as it was asked for; immutable. It is by pattern, or else by prefixes.
///
/// @param subject what of an event is looked at
/// @param prefixes what it begins with; empty = a pattern is given
/// @param pattern what it matches; empty = prefixes are given
public record GroupFilter(EventFilter.Subject subject, List<String> prefixes, String pattern) {

    /// Copies the prefixes.
    public GroupFilter {
        prefixes = List.copyOf(prefixes);
    }

    /// The filter ready for use.
    ///
    /// @throws IllegalArgumentException when the pattern is wrong or there are too many prefixes
    public EventFilter compile() {
        return pattern.isEmpty() ? EventFilter.prefixes(subject, prefixes) : EventFilter.pattern(subject, pattern);
    }
}
