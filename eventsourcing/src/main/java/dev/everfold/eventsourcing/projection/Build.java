package dev.everfold.eventsourcing.projection;

/// A read model as one version of its projection has made it, or is making it, from the first event on.
///
/// @param projection name of the projection
/// @param version of the projection
/// @param number tells builds of one projection apart; rises, never used again
/// @param partitions how many handle it at once, each with a checkpoint of its own
/// @param serving whether readers see it; at most one build of a projection is
/// @param position the lowest checkpoint of its partitions: everything below is in it
public record Build(String projection, int version, long number, int partitions, boolean serving, long position) {}
