package dev.everfold.eventsourcing.codec;

/// A store holds events that the code cannot read. Nothing was changed; the message is the whole report.
public final class EventLogCheckException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient EventLogReport report;

    EventLogCheckException(EventLogReport report) {
        super(report.toString());
        this.report = report;
    }

    /// What was found.
    public EventLogReport report() {
        return report;
    }
}
