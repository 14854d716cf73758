package dev.everfold.eventsourcing.reaction;

import dev.everfold.eventstore.Bytes;
import java.util.UUID;

/// A command that is recorded to be sent.
///
/// @param target name of the target
/// @param to id of the one it is for
/// @param id of the command, the same in every repetition
/// @param command as JSON
record Outgoing(String target, String to, UUID id, Bytes command) {}
