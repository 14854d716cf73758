package dev.everfold.jdbc;

import java.time.Duration;

/// What a claim is known by.
///
/// @param consumer whose it is
/// @param token drawn for this claim, so that no other one has it, whatever was deleted in between
/// @param owner who claims, for messages
/// @param lease how long it is respected after each step
record ClaimKey(String consumer, String token, String owner, Duration lease) {

    /// The same claim on another consumer.
    ClaimKey on(String other) {
        return new ClaimKey(other, token, owner, lease);
    }
}
