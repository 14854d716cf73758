package dev.everfold.testkit.history;

/// A rule that a history breaks, and where.
///
/// @param rule which rule
/// @param client whose call shows it; `the log` when it is seen without any call
/// @param operation which call of that client
/// @param expected what the rule demands
/// @param found what is there instead
public record Violation(Rule rule, String client, String operation, String expected, String found) {

    static Violation of(Rule rule, ClientCall call, String expected, String found) {
        return new Violation(rule, call.client(), call.operation(), expected, found);
    }

    static Violation ofLog(Rule rule, String where, String expected, String found) {
        return new Violation(rule, "the log", where, expected, found);
    }

    /// One line for people.
    public String message() {
        return rule + ": " + client + ", " + operation + ": expected " + expected + "; found " + found + ".";
    }

    @Override
    public String toString() {
        return message();
    }
}
