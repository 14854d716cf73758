package dev.everfold.kurrent.stream;

/// Events of one source in order, from a place on; keeps its place. For one thread at a time.
public interface Feed {

    /// Takes what a feed gives.
    @FunctionalInterface
    interface Sink {

        /// One event.
        ///
        /// @return whether more is wanted now
        boolean accept(Delivery delivery) throws InterruptedException;

        /// A page that was asked for from a revision that is hidden begins here; told before its events.
        default void begins(long firstRevision) throws InterruptedException {}

        /// Events before this position were looked at and did not match; told now and then.
        ///
        /// @return whether more is wanted now
        default boolean passed(long nextPosition) throws InterruptedException {
            return true;
        }
    }

    /// What wakes it when it has given everything.
    Interest interest();

    /// Gives what is there and comes after its place, and moves on, until there is nothing or nothing is wanted.
    ///
    /// @return the end of what was looked at, in our log: nothing before it is left to give,
    ///     unless nothing was wanted
    long run(Sink sink) throws InterruptedException;

    /// Revision, or position in our log, of the next event that it would give.
    long next();
}
