package dev.everfold.eventsourcing.internal;

/// What this process is called where claims are kept. For people only: nothing is decided by it.
final class Owner {

    static final String NAME = "process " + ProcessHandle.current().pid();

    private Owner() {}
}
