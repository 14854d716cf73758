package dev.everfold.kurrent.stream;

import java.util.OptionalLong;

/// What a client learns about a stream beside its events; immutable.
///
/// @param first the first revision that is not hidden, when the read asked for a hidden one
/// @param last the last revision of the stream when the read began
public record StreamPage(OptionalLong first, long last) {}
