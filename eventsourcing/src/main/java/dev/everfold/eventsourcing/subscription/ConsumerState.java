package dev.everfold.eventsourcing.subscription;

/// What a consumer is doing.
public enum ConsumerState {
    /// Trying to claim; also while another process runs it.
    WAITING_FOR_CLAIM,
    /// Handling events that were there before.
    CATCHING_UP,
    /// Everything is handled; waiting for new events.
    LIVE,
    /// A step failed and is tried again after a while.
    RETRYING,
    /// Holding its claim and handling nothing, until it is resumed.
    PAUSED,
    /// Closed, also after it had failed. See [ConsumerStatus#lastFailure()].
    STOPPED,
    /// Ended by a failure that needs a person, and not closed yet. See [ConsumerStatus#lastFailure()].
    FAILED
}
