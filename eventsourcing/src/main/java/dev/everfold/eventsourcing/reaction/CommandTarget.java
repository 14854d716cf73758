package dev.everfold.eventsourcing.reaction;

/// Where a reaction sends commands, by name: [Reaction#to] says what that is in this program.
///
/// Commands are stored with the decision to send them until they are sent, as JSON, so a command is a record or a
/// case of a sealed interface of records. Name and form are stored: change them as you change events.
///
/// @param name unique in the reaction; not empty
/// @param commands class of all commands
public record CommandTarget<C>(String name, Class<C> commands) {

    /// @throws IllegalArgumentException when the name is empty
    public CommandTarget {
        if (name.isEmpty()) {
            throw new IllegalArgumentException(
                    "A target for " + commands.getTypeName() + " has an empty name; expected one.");
        }
    }

    /// A target with this name for commands of a class.
    public static <C> CommandTarget<C> of(String name, Class<C> commands) {
        return new CommandTarget<>(name, commands);
    }
}
