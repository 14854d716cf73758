package dev.everfold.server;

import dev.everfold.server.state.Reducers;
import java.util.List;

/// What the application that runs a server gives it; immutable.
///
/// @param reducers what the console folds streams by
/// @param actions what people may do by its buttons, in this order
/// @param hints what a visitor may try, shown on its first page, in this order
public record Application(Reducers reducers, List<ServerAction> actions, List<Hint> hints) {

    /// Nothing.
    public static final Application NONE = new Application(Reducers.NONE, List.of(), List.of());

    /// Something to try.
    ///
    /// @param text a sentence or two
    /// @param page of the console where it begins, as its address has it, for example `live`
    public record Hint(String text, String page) {}

    /// Copies the lists.
    ///
    /// @throws IllegalArgumentException when two actions have the same name
    public Application {
        actions = List.copyOf(actions);
        hints = List.copyOf(hints);
        long names = actions.stream().map(ServerAction::name).distinct().count();
        if (names < actions.size()) {
            throw new IllegalArgumentException("Two actions have the same name; expected each to have its own.");
        }
    }

    /// The same with other reducers.
    public Application withReducers(Reducers others) {
        return new Application(others, actions, hints);
    }

    /// The same with other actions.
    public Application withActions(List<ServerAction> others) {
        return new Application(reducers, others, hints);
    }

    /// The same with other hints.
    public Application withHints(List<Hint> others) {
        return new Application(reducers, actions, others);
    }
}
