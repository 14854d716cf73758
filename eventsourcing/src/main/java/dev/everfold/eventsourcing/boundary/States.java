package dev.everfold.eventsourcing.boundary;

/// Functions that make one state of several; see [DecisionModel#compose].
public final class States {

    private States() {}

    /// One state of three.
    @FunctionalInterface
    public interface Of3<A, B, C, R> {
        /// Makes one state of three.
        R apply(A first, B second, C third);
    }

    /// One state of four.
    @FunctionalInterface
    public interface Of4<A, B, C, D, R> {
        /// Makes one state of four.
        R apply(A first, B second, C third, D fourth);
    }

    /// One state of five.
    @FunctionalInterface
    public interface Of5<A, B, C, D, E, R> {
        /// Makes one state of five.
        R apply(A first, B second, C third, D fourth, E fifth);
    }
}
