package dev.everfold.testkit.history;

import java.util.Set;
import java.util.function.Consumer;

/// A history that no correct store gives.
///
/// @param name what is wrong, as a sentence
/// @param rule the rule that it breaks
/// @param story tells it
record BadHistory(String name, Rule rule, Consumer<Story> story) {

    Set<Rule> brokenRules() {
        Story told = new Story();
        story.accept(told);
        return Set.copyOf(told.check().stream().map(Violation::rule).toList());
    }

    @Override
    public String toString() {
        return name;
    }
}
