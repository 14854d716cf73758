package dev.everfold.kurrent.group;

/// What is to become of a message that a client could not work with.
public enum NackAction {
    /// It is given to a client again, or parked when that was done often enough.
    RETRY,
    /// It is set aside.
    PARK,
    /// It is done.
    SKIP
}
