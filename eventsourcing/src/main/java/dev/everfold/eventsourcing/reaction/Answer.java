package dev.everfold.eventsourcing.reaction;

/// What became of a command.
public sealed interface Answer {

    /// It took effect, now or before, or there was nothing to do.
    record Done() implements Answer {}

    /// It was refused for good: this is told to the instance as [Input.Rejected].
    ///
    /// @param reason in words for people
    record Refused(String reason) implements Answer {}

    /// It took effect, now or before, or there was nothing to do.
    static Answer done() {
        return new Done();
    }

    /// It was refused for good.
    static Answer refused(String reason) {
        return new Refused(reason);
    }
}
