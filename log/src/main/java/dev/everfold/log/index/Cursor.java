package dev.everfold.log.index;

/// Positions of one part in the order asked for, as keys that rise: a position itself when the
/// order is forwards, its complement when it is backwards. So everything below knows one direction
/// only.
abstract class Cursor {

    /// Beyond the last key.
    static final long END = Long.MAX_VALUE;

    /// The first key at or above this one; [#END] when there is none. Keys asked for never fall.
    abstract long seek(long key);

    /// How many keys there are, at most.
    abstract long size();

    /// Every position of a range.
    static final class OfRange extends Cursor {

        private final long fromKey;
        private final long toKey;

        OfRange(long from, long to, boolean backwards) {
            this.fromKey = backwards ? ~(to - 1) : from;
            this.toKey = backwards ? ~(from - 1) : to;
        }

        @Override
        long seek(long key) {
            long found = Math.max(key, fromKey);
            return found < toKey ? found : END;
        }

        @Override
        long size() {
            return toKey - fromKey;
        }
    }

    /// Postings of one term, from index `low` to `high` (exclusive).
    static final class OfTerm extends Cursor {

        private final Postings postings;
        private final int low;
        private final int high;
        private final boolean backwards;
        private int index;
        private long current;

        OfTerm(Postings postings, int low, int high, boolean backwards) {
            this.postings = postings;
            this.low = low;
            this.high = high;
            this.backwards = backwards;
            this.current = keyAt(0);
        }

        /// Gallops: steps of 1, 2, 4 … until beyond, then halves. Near targets are cheap, far ones
        /// logarithmic.
        @Override
        long seek(long key) {
            if (current >= key) {
                return current;
            }
            int below = index;
            int above = index + 1;
            for (int step = 1; above < high - low && keyAt(above) < key; step *= 2) {
                below = above;
                above = step < high - low - above ? above + step : high - low;
            }
            while (above - below > 1) {
                int middle = (below + above) >>> 1;
                if (keyAt(middle) < key) {
                    below = middle;
                } else {
                    above = middle;
                }
            }
            index = above;
            current = keyAt(above);
            return current;
        }

        @Override
        long size() {
            return (long) high - low;
        }

        private long keyAt(int at) {
            if (at >= high - low) {
                return END;
            }
            return backwards ? ~postings.at(high - 1 - at) : postings.at(low + at);
        }
    }

    /// What all of several have, found by leapfrog: each in turn jumps to where the others are.
    static final class And extends Cursor {

        private final Cursor[] cursors;

        /// @param cursors two or more, the smallest first
        And(Cursor[] cursors) {
            this.cursors = cursors;
        }

        @Override
        long seek(long key) {
            long candidate = cursors[0].seek(key);
            int agreed = 1;
            while (agreed < cursors.length && candidate != END) {
                long found = cursors[agreed].seek(candidate);
                if (found == candidate) {
                    agreed++;
                } else {
                    candidate = found == END ? END : cursors[0].seek(found);
                    agreed = 1;
                }
            }
            return candidate;
        }

        @Override
        long size() {
            return cursors[0].size();
        }
    }

    /// What any of several has, each key once: a heap by where they are.
    static final class Or extends Cursor {

        private final Cursor[] heap;
        private final long[] current;
        private final long size;

        /// @param cursors one or more
        Or(Cursor[] cursors) {
            this.heap = cursors;
            this.current = new long[cursors.length];
            long sum = 0;
            for (int i = 0; i < heap.length; i++) {
                current[i] = heap[i].seek(Long.MIN_VALUE);
                sum += heap[i].size();
            }
            this.size = sum;
            for (int i = heap.length / 2 - 1; i >= 0; i--) {
                siftDown(i);
            }
        }

        @Override
        long seek(long key) {
            while (current[0] < key) {
                current[0] = heap[0].seek(key);
                siftDown(0);
            }
            return current[0];
        }

        @Override
        long size() {
            return size;
        }

        private void siftDown(int from) {
            Cursor moved = heap[from];
            long key = current[from];
            int at = from;
            for (int child = 2 * at + 1; child < heap.length; child = 2 * at + 1) {
                if (child + 1 < heap.length && current[child + 1] < current[child]) {
                    child++;
                }
                if (current[child] >= key) {
                    break;
                }
                heap[at] = heap[child];
                current[at] = current[child];
                at = child;
            }
            heap[at] = moved;
            current[at] = key;
        }
    }
}
