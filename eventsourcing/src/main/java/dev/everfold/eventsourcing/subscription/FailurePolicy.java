package dev.everfold.eventsourcing.subscription;

/// What becomes of an event that fails again and again, when trying once more is no use.
public enum FailurePolicy {
    /// The consumer stops at the event, and says so. Nothing behind it is handled.
    STOP,
    /// The event is left out, with a warning in the log of the process. For events that do not matter.
    SKIP,
    /// The event is put aside, and later ones of its key wait behind it in order; all others go on.
    PARK
}
