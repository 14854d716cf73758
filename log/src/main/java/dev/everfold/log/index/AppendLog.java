package dev.everfold.log.index;

import java.util.Arrays;

/// Accepted appends in order: one thread adds, others read what was there when they asked.
final class AppendLog {

    private static final int PAGE_APPENDS = 256;
    private static final int LONGS = 4;

    private volatile long[][] pages = new long[1][];
    private volatile int count;

    /// Adds the next append.
    void add(long idMost, long idLeast, long fromPosition, int events) {
        int index = count;
        int page = index / PAGE_APPENDS;
        long[][] directory = pages;
        if (page == directory.length) {
            directory = Arrays.copyOf(directory, 2 * page);
        }
        if (index % PAGE_APPENDS == 0) {
            directory[page] = new long[PAGE_APPENDS * LONGS];
            pages = directory;
        }
        long[] target = directory[page];
        int at = index % PAGE_APPENDS * LONGS;
        target[at] = idMost;
        target[at + 1] = idLeast;
        target[at + 2] = fromPosition;
        target[at + 3] = events;
        count = index + 1;
    }

    int count() {
        return count;
    }

    /// How many appends begin before a position.
    int before(long position) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (pages[middle / PAGE_APPENDS][middle % PAGE_APPENDS * LONGS + 2] < position) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /// Hands over the appends from this index on.
    void forEach(int fromIndex, LogIndex.AppendConsumer consumer) {
        int end = count;
        for (int index = fromIndex; index < end; index++) {
            long[] page = pages[index / PAGE_APPENDS];
            int at = index % PAGE_APPENDS * LONGS;
            consumer.accept(page[at], page[at + 1], page[at + 2], (int) page[at + 3]);
        }
    }
}
