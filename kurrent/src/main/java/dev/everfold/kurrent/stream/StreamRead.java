package dev.everfold.kurrent.stream;

import java.util.OptionalLong;

/// A page of a stream; immutable.
///
/// @param stream its name
/// @param backwards whether newest events come first
/// @param fromRevision the first to come, when it is there; empty = the start of the stream, or backwards its end
/// @param count at most so many events, 0 or more
/// @param resolvesLinks whether links are followed
public record StreamRead(
        String stream, boolean backwards, OptionalLong fromRevision, long count, boolean resolvesLinks) {

    /// @throws IllegalArgumentException when a number is negative
    public StreamRead {
        if (count < 0 || fromRevision.orElse(0) < 0) {
            throw new IllegalArgumentException(
                    "The read begins at " + fromRevision + " and has " + count + " events; expected 0 or more.");
        }
    }
}
