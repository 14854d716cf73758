package dev.everfold.server;

import java.util.Optional;

/// Something that an application lets people do by a button of the console or by `POST /actions/NAME`; immutable.
///
/// @param name part of an address: lower-case letters, digits and hyphens, at most 64
/// @param title of the button, at most 80 characters
/// @param explanation what it does, in one or two sentences
/// @param field what is asked for, empty = nothing
/// @param work does it; called by many threads, in virtual ones
public record ServerAction(String name, String title, String explanation, Optional<Field> field, Work work) {

    private static final int TITLE_MAX = 80;

    /// @throws IllegalArgumentException when the name or the title is none
    public ServerAction {
        if (!name.matches("[a-z0-9-]{1,64}")) {
            throw new IllegalArgumentException(
                    "The action is named \"" + name + "\"; expected 1..64 lower-case letters, digits and hyphens.");
        }
        if (title.isBlank() || title.length() > TITLE_MAX) {
            throw new IllegalArgumentException("The title of the action \"" + name + "\" has " + title.length()
                    + " characters; expected 1.." + TITLE_MAX + ".");
        }
    }

    /// One value that the action needs.
    ///
    /// @param label what it is
    /// @param initial what stands there at first
    public record Field(String label, String initial) {}

    /// What an action does.
    @FunctionalInterface
    public interface Work {

        /// Does it, and says in one sentence what came of it.
        ///
        /// @param value of the field; empty when it has none
        /// @throws IllegalArgumentException when the value is wrong
        String run(String value) throws InterruptedException;
    }

    /// An action that needs nothing.
    public static ServerAction of(String name, String title, String explanation, Work work) {
        return new ServerAction(name, title, explanation, Optional.empty(), work);
    }

    /// The same action with a field.
    public ServerAction asking(String label, String initial) {
        return new ServerAction(name, title, explanation, Optional.of(new Field(label, initial)), work);
    }
}
