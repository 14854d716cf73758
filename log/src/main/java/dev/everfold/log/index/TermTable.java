package dev.everfold.log.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Term hash → the offsets at which it stands, in memory: one thread adds, others read without a
/// lock.
///
/// # Principle
/// Open addressing in arrays of longs, two a slot: hash and value. A value is one long, written
/// with release and read with acquire, so a reader sees either the old or the new pair of place and
/// count, each whole, and all that lies before it. Offsets of a term lie in one contiguous extent.
/// A full extent is copied into one of twice the size; the old one is never used again, so that a
/// reader with an old value reads on undisturbed. A full array of slots is likewise replaced by a
/// larger copy. Beyond 2,048 terms the table is split by the upper bits of the hash into 256 arrays
/// that grow one by one: no single addition has to move more than a few thousand terms.
///
/// # Values
/// ```
/// 0                                     the slot is free
/// offset + 1                            the only offset
/// 1 | page : 16 | start : 16 | count : 31   bit 63 set: `count` offsets in `pages[page]` from `start` on
/// ```
final class TermTable {

    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle SHARDS = MethodHandles.arrayElementVarHandle(long[][].class);

    private static final int ENTRIES_UNSHARDED = 2_048;
    private static final int SHARD_BITS = 8;
    private static final int SLOTS_FIRST = 16;

    /// Offsets a page, at most; a longer extent has a page of its own. Fits the 16 bits of `start`.
    private static final int PAGE_OFFSETS_MAX = 1 << 16;

    private static final int PAGE_OFFSETS_FIRST = 64;
    private static final int EXTENT_OFFSETS_FIRST = 4;

    // Published to readers.
    private volatile long[][] shards = {new long[2 * SLOTS_FIRST]};
    private volatile int[][] pages = new int[4][];

    // Owned by the adding thread.
    private int[] used = new int[1];
    private int pageCount;
    private int pageFill;

    /// Adds an offset to a term; offsets of one term never fall.
    ///
    /// @return whether it was new: false when it is the newest of the term already
    boolean add(long term, int offset) {
        long[][] directory = shards;
        int shard = shardOf(term, directory.length);
        long[] slots = directory[shard];
        int slot = slotOf(term, slots);
        long value = slots[slot + 1];
        if (value == 0) {
            slots[slot] = term;
            LONGS.setRelease(slots, slot + 1, offset + 1L);
            used[shard]++;
            growWhenFull(directory, shard);
            return true;
        }
        if (lastOf(value) == offset) {
            return false;
        }
        LONGS.setRelease(slots, slot + 1, appended(value, offset));
        return true;
    }

    /// The value of a term; 0 when it has none.
    long value(long term) {
        long[][] directory = shards;
        long[] slots = (long[]) SHARDS.getAcquire(directory, shardOf(term, directory.length));
        for (int slot = homeOf(term, slots); ; slot = (slot + 2) & (slots.length - 1)) {
            long value = (long) LONGS.getAcquire(slots, slot + 1);
            if (value == 0 || slots[slot] == term) {
                return value;
            }
        }
    }

    /// Positions of a term, each `base` plus its offset; null when there are none.
    @Nullable
    Postings find(long term, long base) {
        long value = value(term);
        if (value == 0) {
            return null;
        }
        return isExtent(value)
                ? new Extent(pages[pageOf(value)], startOf(value), countOf(value), base)
                : new Postings.Single(base + value - 1);
    }

    /// The newest offset of a value other than 0.
    int lastOf(long value) {
        return isExtent(value) ? pages[pageOf(value)][startOf(value) + countOf(value) - 1] : (int) (value - 1);
    }

    /// How many offsets a value holds.
    static int countOf(long value) {
        return isExtent(value) ? (int) value & 0x7fff_ffff : value == 0 ? 0 : 1;
    }

    /// The offset at an index of a value.
    int at(long value, int index) {
        return isExtent(value) ? pages[pageOf(value)][startOf(value) + index] : (int) (value - 1);
    }

    /// How many terms there are.
    long terms() {
        long terms = 0;
        for (int count : used) {
            terms += count;
        }
        return terms;
    }

    /// How many offsets all terms have that stand at two or more. For a table that nobody adds to
    /// any more.
    long extentOffsets() {
        long offsets = 0;
        for (long[] slots : shards) {
            for (int slot = 0; slot < slots.length; slot += 2) {
                offsets += isExtent(slots[slot + 1]) ? countOf(slots[slot + 1]) : 0;
            }
        }
        return offsets;
    }

    /// How many shards there are; their terms do not interleave in the unsigned order of hashes.
    int shards() {
        return shards.length;
    }

    /// The terms of one shard in unsigned order. For a table that nobody adds to any more.
    long[] sortedTerms(int shard) {
        long[] slots = shards[shard];
        long[] terms = new long[used[shard]];
        int count = 0;
        for (int slot = 0; slot < slots.length; slot += 2) {
            if (slots[slot + 1] != 0) {
                terms[count++] = slots[slot] ^ Long.MIN_VALUE;
            }
        }
        Arrays.sort(terms);
        for (int i = 0; i < count; i++) {
            terms[i] ^= Long.MIN_VALUE;
        }
        return terms;
    }

    private long appended(long value, int offset) {
        int count = countOf(value);
        boolean full = count == 1 || (count >= EXTENT_OFFSETS_FIRST && Integer.bitCount(count) == 1);
        long target = full ? moved(value, count) : value;
        pages[pageOf(target)][startOf(target) + count] = offset;
        return target + 1;
    }

    /// The same offsets in an extent that has room for as many more.
    private long moved(long value, int count) {
        int capacity = Math.max(EXTENT_OFFSETS_FIRST, 2 * count);
        long target = newExtent(capacity);
        int[] page = pages[pageOf(target)];
        if (isExtent(value)) {
            System.arraycopy(pages[pageOf(value)], startOf(value), page, startOf(target), count);
        } else {
            page[startOf(target)] = lastOf(value);
        }
        return target + count;
    }

    private long newExtent(int capacity) {
        if (pageCount == 0 || pages[pageCount - 1].length - pageFill < capacity) {
            addPage(capacity);
        }
        int start = pageFill;
        pageFill += capacity;
        return Long.MIN_VALUE | (long) (pageCount - 1) << 47 | (long) start << 31;
    }

    private void addPage(int capacity) {
        int last = pageCount == 0 ? PAGE_OFFSETS_FIRST / 2 : pages[pageCount - 1].length;
        int[][] directory = pages;
        if (pageCount == directory.length) {
            directory = Arrays.copyOf(directory, 2 * pageCount);
        }
        directory[pageCount++] = new int[Math.max(capacity, Math.min(2 * last, PAGE_OFFSETS_MAX))];
        pageFill = 0;
        pages = directory;
    }

    private void growWhenFull(long[][] directory, int shard) {
        long[] slots = directory[shard];
        if (directory.length == 1 && used[0] > ENTRIES_UNSHARDED) {
            split(slots);
        } else if (used[shard] * 10L > slots.length / 2 * 7L) {
            long[] larger = new long[2 * slots.length];
            copy(slots, larger);
            SHARDS.setRelease(directory, shard, larger);
        }
    }

    private void split(long[] slots) {
        long[][] directory = new long[1 << SHARD_BITS][];
        int[] counts = new int[directory.length];
        for (int slot = 0; slot < slots.length; slot += 2) {
            if (slots[slot + 1] != 0) {
                counts[shardOf(slots[slot], directory.length)]++;
            }
        }
        for (int shard = 0; shard < directory.length; shard++) {
            directory[shard] = new long[2 * Math.max(SLOTS_FIRST, Integer.highestOneBit(counts[shard]) * 4)];
        }
        for (int slot = 0; slot < slots.length; slot += 2) {
            if (slots[slot + 1] != 0) {
                long[] target = directory[shardOf(slots[slot], directory.length)];
                put(target, slots[slot], slots[slot + 1]);
            }
        }
        used = counts;
        shards = directory;
    }

    private static void copy(long[] source, long[] target) {
        for (int slot = 0; slot < source.length; slot += 2) {
            if (source[slot + 1] != 0) {
                put(target, source[slot], source[slot + 1]);
            }
        }
    }

    private static void put(long[] slots, long term, long value) {
        int slot = slotOf(term, slots);
        slots[slot] = term;
        slots[slot + 1] = value;
    }

    private static int shardOf(long term, int shards) {
        return shards == 1 ? 0 : (int) (term >>> (Long.SIZE - SHARD_BITS));
    }

    /// The slot of a term, or the free one where it belongs.
    private static int slotOf(long term, long[] slots) {
        int slot = homeOf(term, slots);
        while (slots[slot + 1] != 0 && slots[slot] != term) {
            slot = (slot + 2) & (slots.length - 1);
        }
        return slot;
    }

    private static int homeOf(long term, long[] slots) {
        return ((int) term << 1) & (slots.length - 1);
    }

    private static boolean isExtent(long value) {
        return value < 0;
    }

    private static int pageOf(long value) {
        return (int) (value >>> 47) & 0xffff;
    }

    private static int startOf(long value) {
        return (int) (value >>> 31) & 0xffff;
    }

    /// Offsets in a page, as positions.
    @SuppressWarnings("ArrayRecordComponent") // private to this file, never compared
    private record Extent(int[] page, int start, int count, long base) implements Postings {
        @Override
        public long at(int index) {
            return base + page[start + index];
        }
    }
}
