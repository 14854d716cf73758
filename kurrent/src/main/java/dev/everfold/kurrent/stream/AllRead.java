package dev.everfold.kurrent.stream;

import java.util.OptionalLong;

/// A page of the log; immutable.
///
/// @param filter which events
/// @param backwards whether newest events come first
/// @param position forwards the first that is looked at, backwards the one after it; empty = the start of the log, or
///     backwards its end
/// @param count at most so many events, 0 or more
/// @param resolvesLinks whether links are followed
public record AllRead(
        EventFilter filter, boolean backwards, OptionalLong position, long count, boolean resolvesLinks) {}
