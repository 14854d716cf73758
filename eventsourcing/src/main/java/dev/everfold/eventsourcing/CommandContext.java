package dev.everfold.eventsourcing;

import dev.everfold.eventsourcing.codec.EventMetadata;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// What is known about a command beside what it asks for. Immutable.
///
/// A command with an id has one effect however often it is handled: the first answer is returned again.
/// Ids are unique in the whole store; take a random UUID for each command and keep it for its repeats.
///
/// @param metadata goes with every event of the command; holds the command's id
/// @param occurred when it happened, where that is not now; goes with every event that has no time itself
public record CommandContext(EventMetadata metadata, Optional<Instant> occurred) {

    private static final CommandContext NONE = new CommandContext(EventMetadata.none(), Optional.empty());

    /// @throws IllegalArgumentException when the metadata compensates an event: only what the decision says of
    ///     that ([Decision#compensating]) is sure to be there, and to be compensated once
    public CommandContext {
        metadata.compensates().ifPresent(event -> {
            throw new IllegalArgumentException("The metadata of a command compensates event " + event
                    + ", and would go with all of its events, unchecked; expected none that does. Let the decision say"
                    + " which event compensates: Decision.compensating(eventId, event).");
        });
    }

    /// Nothing is known.
    public static CommandContext none() {
        return NONE;
    }

    /// A command with this id, by which a repeat is recognised.
    public static CommandContext of(UUID commandId) {
        return NONE.withCommandId(commandId);
    }

    /// A command with this metadata.
    public static CommandContext of(EventMetadata metadata) {
        return new CommandContext(metadata, Optional.empty());
    }

    /// The id by which a repeat is recognised.
    public Optional<UUID> commandId() {
        return metadata.command();
    }

    /// The same with an id by which a repeat is recognised.
    public CommandContext withCommandId(UUID commandId) {
        return new CommandContext(metadata.withCommand(commandId), occurred);
    }

    /// The same, given by a person or a program with this name.
    public CommandContext withActor(String actor) {
        return new CommandContext(metadata.withActor(actor), occurred);
    }

    /// The same with a reason, in words for people.
    public CommandContext withReason(String reason) {
        return new CommandContext(metadata.withReason(reason), occurred);
    }

    /// The same as part of what goes by this correlation id.
    public CommandContext withCorrelation(UUID correlation) {
        return new CommandContext(metadata.withCorrelation(correlation), occurred);
    }

    /// The same, caused by the event or command with this id.
    public CommandContext withCausation(UUID causation) {
        return new CommandContext(metadata.withCausation(causation), occurred);
    }

    /// The same with one more entry of the application's own.
    public CommandContext with(String key, String value) {
        return new CommandContext(metadata.with(key, value), occurred);
    }

    /// The same for something that happened at the given time.
    public CommandContext occurredAt(Instant time) {
        return new CommandContext(metadata, Optional.of(time));
    }
}
