package dev.everfold.log.segment;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// All segments of a log in order; the last one is where it grows.
///
/// Safe for use by many threads: changes replace the whole list.
public final class Segments implements AutoCloseable {

    private volatile List<Segment> segments;
    private volatile Removal removal = segment -> {};

    /// What is done about an open segment whose file another process has sealed and removed.
    @FunctionalInterface
    public interface Removal {
        /// Puts the sealed one in its place, if there is one.
        void takeOver(OpenSegment removed) throws IOException;
    }

    /// Segments that follow each other.
    public Segments(List<? extends Segment> segments) {
        this.segments = List.copyOf(segments);
    }

    /// All of them, in order.
    public List<Segment> all() {
        return segments;
    }

    /// The newest one.
    public Segment last() {
        return segments.getLast();
    }

    /// The segment with the event at this position, which must have been published.
    public Segment at(long position) {
        List<Segment> current = segments;
        int low = 0;
        int high = current.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (current.get(middle).fromPosition() <= position) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return current.get(low);
    }

    /// Adds the segment that follows the last one.
    public synchronized void add(Segment segment) {
        List<Segment> more = new ArrayList<>(segments);
        more.add(segment);
        segments = List.copyOf(more);
    }

    /// Puts a sealed segment in the place of the open one that it was made from, and closes that one.
    public synchronized void replace(OpenSegment open, SealedSegment sealed) throws IOException {
        segments = segments.stream().map(s -> s == open ? sealed : s).toList();
        open.close();
    }

    /// Says what is done when the file of an open segment turns out to be gone.
    public void whenRemoved(Removal handler) {
        removal = handler;
    }

    /// Says that the file of a segment is gone.
    ///
    /// @return whether there is another one in its place now
    boolean takeOver(Segment removed) throws IOException {
        if (removed instanceof OpenSegment open) {
            removal.takeOver(open);
        }
        return !segments.contains(removed);
    }

    @Override
    public synchronized void close() throws IOException {
        for (Segment segment : segments) {
            segment.close();
        }
    }
}
