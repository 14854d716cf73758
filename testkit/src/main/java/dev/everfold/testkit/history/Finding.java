package dev.everfold.testkit.history;

/// What a store found instead of what an append expected.
public sealed interface Finding {

    /// A stream was elsewhere.
    ///
    /// @param condition index of the append's condition, 0-based; -1 when it has no such condition
    /// @param revision last revision of the stream; -1 when it had no event
    record LastRevision(int condition, long revision) implements Finding {}

    /// An event matched.
    ///
    /// @param condition index of the append's condition, 0-based; -1 when it has no such condition
    /// @param position lowest position of a match
    record Match(int condition, long position) implements Finding {}

    /// The source had been tracked as far already.
    ///
    /// @param position how far
    record Tracked(long position) implements Finding {}

    /// A recorded time would have fallen. Nothing about it is checked: workloads bring no recorded times.
    record RecordedTime() implements Finding {}
}
