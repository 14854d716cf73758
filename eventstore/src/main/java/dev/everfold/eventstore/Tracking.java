package dev.everfold.eventstore;

/// How far a source has been taken over, committed together with the events that were made from it.
///
/// The position of one source must rise with every append that names it, so that handing over twice is
/// refused: exactly-once hand-over between systems.
///
/// @param source name of where the events come from; valid Unicode without NUL, not empty
/// @param position how far; 0 or more, in the source's own counting
public record Tracking(String source, long position) {

    /// @throws IllegalArgumentException when the name is not valid or the position is negative
    public Tracking {
        Utf8.name(source, "tracking source");
        if (position < 0) {
            throw new IllegalArgumentException("Tracking position " + position + " is negative; expected 0 or more.");
        }
    }
}
