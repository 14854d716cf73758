package dev.everfold.eventsourcing.subscription;

import java.time.Instant;
import java.util.Optional;

/// An event that was put aside since handling it failed, or since it waits behind one that did.
///
/// Only its place is kept; when it is tried again it is read from the log, through the upcasters of that time.
///
/// @param key what its order is kept in, for example its stream
/// @param position its place in the log
/// @param failure why it failed, in one line; empty when it waits behind an earlier one of its key
/// @param tries how often it was tried; 0 when it waits
/// @param parked when it was put aside, or tried last
public record ParkedEvent(String key, long position, Optional<String> failure, int tries, Instant parked) {}
