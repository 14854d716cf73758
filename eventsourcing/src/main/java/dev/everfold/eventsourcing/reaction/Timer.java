package dev.everfold.eventsourcing.reaction;

import java.time.Instant;

/// A timer that is pending.
///
/// @param name unique in its instance
/// @param due when; it fires then or later, never earlier. In microseconds
/// @param setBy position of the event by which it was set; tells it from earlier ones of its name
public record Timer(String name, Instant due, long setBy) {}
