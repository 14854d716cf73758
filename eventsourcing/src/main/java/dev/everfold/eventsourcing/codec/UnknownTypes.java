package dev.everfold.eventsourcing.codec;

/// What to do with an event of a type or version that a codec does not know.
public enum UnknownTypes {
    /// Fail, and say what to register. The default: an event that is passed over is a state that is wrong.
    FAIL,
    /// Pass over it, for readers that want some of the events of a log.
    SKIP
}
