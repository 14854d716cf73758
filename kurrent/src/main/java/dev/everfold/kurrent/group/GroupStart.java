package dev.everfold.kurrent.group;

/// Where a group begins; immutable.
///
/// @param text as it was asked for and as the protocol prints it
/// @param from revision, or position in our log, of the first event that it looks at: what "the end" was then stays
///     the same for ever
public record GroupStart(String text, long from) {}
