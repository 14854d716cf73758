package dev.everfold.testkit.history;

/// States of a store, each named by its next position, in which something is so: from ≤ next position < to.
///
/// @param from the first of them
/// @param to after the last of them; [Long#MAX_VALUE] = it stays so
record Span(long from, long to) {

    static final Span ALWAYS = new Span(0, Long.MAX_VALUE);

    Span and(Span other) {
        return new Span(Math.max(from, other.from), Math.min(to, other.to));
    }

    boolean contains(long nextPosition) {
        return from <= nextPosition && nextPosition < to;
    }

    boolean isEmpty() {
        return from >= to;
    }

    @Override
    public String toString() {
        return isEmpty() ? "never" : "at next positions [" + from + ", " + (to == Long.MAX_VALUE ? "…" : to) + ")";
    }
}
