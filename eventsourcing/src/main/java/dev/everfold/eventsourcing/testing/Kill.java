package dev.everfold.eventsourcing.testing;

/// Where a process that runs a projection is killed.
///
/// @param event after which of the events that were given, 1 = the first
/// @param stepEvents events that a step has at most
/// @param isStored whether the step was stored, and the process did not come to know; else nothing of it is
record Kill(int event, int stepEvents, boolean isStored) {

    /// More events than anybody gives: all of them are one step.
    static final int STEP_EVENTS_MAX = 100_000;

    /// As it stands in messages.
    String words(int events) {
        String steps = stepEvents == STEP_EVENTS_MAX ? "all of them one step" : "in steps of " + stepEvents;
        return "killed after event " + event + " of " + events + ", " + steps + ", "
                + (isStored ? "just after the step was stored," : "before the step was stored,");
    }
}
