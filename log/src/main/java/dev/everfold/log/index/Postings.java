package dev.everfold.log.index;

/// The positions at which a term stands within one part: rising, each once. Never changes.
interface Postings {

    /// How many there are, 1 or more.
    int count();

    /// The position at this index, 0 ≤ index < count.
    long at(int index);

    /// How many positions lie before this one.
    default int rank(long position) {
        int low = 0;
        int high = count();
        // The usual questions are about all or nothing of a part: two looks instead of a search.
        if (high == 0 || at(high - 1) < position) {
            return high;
        }
        if (at(0) >= position) {
            return 0;
        }
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (at(middle) < position) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /// A single position.
    record Single(long position) implements Postings {
        @Override
        public int count() {
            return 1;
        }

        @Override
        public long at(int index) {
            return position;
        }
    }

    /// The last ones of others, from index `skipped` on.
    record Tail(Postings all, int skipped) implements Postings {
        @Override
        public int count() {
            return all.count() - skipped;
        }

        @Override
        public long at(int index) {
            return all.at(skipped + index);
        }
    }
}
