package dev.everfold.log;

/// The last accepted appends by id: a ring in the order of acceptance, and a hash table into it.
///
/// Exactly the last `appendsMax` are remembered, so that every replica agrees. Owned by the writer
/// thread; primitive arrays only, about 40 bytes an append; it grows up to its bound and no further.
final class RememberedAppends {

    private final int appendsMax;

    private long[] idMost = new long[64];
    private long[] idLeast = new long[64];
    private long[] fromPosition = new long[64];
    private int[] eventCount = new int[64];
    /// Index in the ring plus one; 0 = free.
    private int[] table = new int[128];
    private int oldest;
    private int size;

    RememberedAppends(int appendsMax) {
        this.appendsMax = appendsMax;
    }

    /// Where the append is kept; -1 when it is not remembered.
    int find(long most, long least) {
        int slot = slot(most, least);
        return table[slot] - 1;
    }

    long fromPosition(int index) {
        return fromPosition[index];
    }

    int eventCount(int index) {
        return eventCount[index];
    }

    /// Adds the newest append and forgets the oldest when there are too many.
    void add(long most, long least, long firstPosition, int events) {
        if (size == appendsMax) {
            forgetOldest();
        }
        if (size == idMost.length) {
            grow();
        }
        int index = (oldest + size) % idMost.length;
        idMost[index] = most;
        idLeast[index] = least;
        fromPosition[index] = firstPosition;
        eventCount[index] = events;
        size++;
        table[slot(most, least)] = index + 1;
    }

    private void forgetOldest() {
        int slot = slot(idMost[oldest], idLeast[oldest]);
        // After a forgotten id came again, the table points to the newer one: that one stays.
        if (table[slot] == oldest + 1) {
            free(slot);
        }
        oldest = (oldest + 1) % idMost.length;
        size--;
    }

    /// Frees a slot and moves back what had to go past it (Knuth, TAOCP volume 3, section 6.4,
    /// algorithm R).
    private void free(int freed) {
        int mask = table.length - 1;
        int hole = freed;
        table[hole] = 0;
        for (int slot = (hole + 1) & mask; table[slot] != 0; slot = (slot + 1) & mask) {
            int home = home(idMost[table[slot] - 1], idLeast[table[slot] - 1]);
            boolean mayMove = hole <= slot ? home <= hole || home > slot : home <= hole && home > slot;
            if (mayMove) {
                table[hole] = table[slot];
                table[slot] = 0;
                hole = slot;
            }
        }
    }

    /// The slot that points to this append, or the free one where it would go.
    private int slot(long most, long least) {
        int mask = table.length - 1;
        int slot = home(most, least);
        while (table[slot] != 0 && !(idMost[table[slot] - 1] == most && idLeast[table[slot] - 1] == least)) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private int home(long most, long least) {
        long hash = (most ^ least) * 0x9e37_79b9_7f4a_7c15L;
        return (int) (hash ^ (hash >>> 32)) & (table.length - 1);
    }

    private void grow() {
        int capacity = idMost.length * 2;
        idMost = unrolled(idMost, capacity);
        idLeast = unrolled(idLeast, capacity);
        fromPosition = unrolled(fromPosition, capacity);
        int[] counts = new int[capacity];
        System.arraycopy(eventCount, oldest, counts, 0, size - oldest);
        System.arraycopy(eventCount, 0, counts, size - oldest, oldest);
        eventCount = counts;
        oldest = 0;
        table = new int[capacity * 2];
        for (int index = 0; index < size; index++) {
            table[slot(idMost[index], idLeast[index])] = index + 1;
        }
    }

    /// The ring from its oldest entry on; it is full when it grows.
    private long[] unrolled(long[] ring, int capacity) {
        long[] copy = new long[capacity];
        System.arraycopy(ring, oldest, copy, 0, size - oldest);
        System.arraycopy(ring, 0, copy, size - oldest, oldest);
        return copy;
    }
}
