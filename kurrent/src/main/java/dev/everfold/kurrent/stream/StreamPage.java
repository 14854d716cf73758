package dev.everfold.kurrent.stream;

import java.util.OptionalLong;

/// What a client learns about a stream beside its events; immutable.
///
/// @param first the first revision that is not hidden, when the read asked for a hidden one
/// @param last the last revision, when the read came to an end of the stream
public record StreamPage(OptionalLong first, OptionalLong last) {}
