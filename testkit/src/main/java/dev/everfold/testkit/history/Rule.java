package dev.everfold.testkit.history;

/// What every history of a correct store keeps.
public enum Rule {
    /// The log has every position and every revision once, in order, and recorded time never falls.
    LOG_DENSE,
    /// Every event in the log belongs to an append that some client made.
    NO_STRANGERS,
    /// An accepted append is in the log once, at the positions and revisions that it was told.
    ACCEPTED_ONCE,
    /// What is stored is what was given, byte for byte.
    SAME_BYTES,
    /// The events of an append stand together and in order, all of them or none.
    ALL_OR_NONE,
    /// Nothing of a refused append is in the log.
    REFUSED_ABSENT,
    /// What a refusal says that it found was so at some moment of the call.
    REFUSAL_TRUE,
    /// An append whose outcome is unknown is in the log once or not at all.
    UNKNOWN_AT_MOST_ONCE,
    /// A repeat gets the first answer.
    REPEAT_SAME,
    /// Whoever was answered before another one asked comes before it.
    REAL_TIME,
    /// What an append expected of a stream held at its position.
    STREAM_CONDITION,
    /// No event between a condition's position and the append's own matches the condition.
    QUERY_CONDITION,
    /// The tracked position of a source rises from append to append, and nobody is told another one.
    TRACKING_RISES,
    /// A read leaves nothing out.
    READ_GAP,
    /// A read returns nothing twice.
    READ_DUPLICATE,
    /// A read returns events in its order.
    READ_ORDER,
    /// A read returns only what is in the log and what was asked for.
    READ_STRANGER,
    /// A read returns the bytes that are in the log.
    READ_BYTES,
    /// No read sees less than anyone saw before it was made.
    READ_FRESH,
    /// A read sees all events of an append or none.
    READ_ALL_OR_NONE,
    /// A cursor says truly where to go on.
    READ_RESUMES
}
