package dev.everfold.log.index;

import java.io.IOException;
import java.util.function.Consumer;

/// Limits of the index. They never change what is found, only when memory, disk and time are spent.
///
/// @param memtableEventsMax events that a memtable takes before it is written as a run, 1 or more
/// @param memtablePostingsMax postings, i.e. pairs of term and event, that it takes, 1..134,217,728
/// @param memtableAppendsMax appends and trackings that a memtable takes
/// @param flushOnCloseEventsMin [LogIndex#flush] leaves a memtable with fewer events unwritten
/// @param waitingMemtablesMax full memtables that may wait to be written before the writer is made
///     to wait
/// @param waitingWhenFailingMax the same while writing runs fails, for example since the disk is
///     full
/// @param retryMillis how long a writer that is made to wait waits between two attempts,
///     milliseconds
/// @param rememberedAppendsMax the newest appends that a run keeps
/// @param mergeFanIn so many adjacent runs of about one size become one, 2 or more
/// @param mergedEventsMax no merged run holds more events than this
/// @param writeBytesPerSecond pace of background writing, so that appends keep their latency
/// @param hashMask for tests: the bits of term hashes that are kept, see [TermHash]; −1 = all
/// @param failures told when a run is damaged or could not be written or merged, for another reason
///     than a full disk; the index goes on and tries again later
public record IndexOptions(
        int memtableEventsMax,
        int memtablePostingsMax,
        int memtableAppendsMax,
        int flushOnCloseEventsMin,
        int waitingMemtablesMax,
        int waitingWhenFailingMax,
        int retryMillis,
        int rememberedAppendsMax,
        int mergeFanIn,
        long mergedEventsMax,
        long writeBytesPerSecond,
        long hashMask,
        Consumer<IOException> failures) {

    /// So that the pages of a memtable's postings can be numbered with 16 bits, however unluckily
    /// they fill.
    private static final int POSTINGS_MAX = 1 << 27;

    private static final IndexOptions DEFAULTS = new IndexOptions(
            262_144, 2_097_152, 262_144, 16_384, 2, 4, 1_000, 262_144, 8, 1L << 28, 50L << 20, -1L, failure -> {});

    /// @throws IllegalArgumentException when a limit is below its minimum or above its maximum
    public IndexOptions {
        atLeast(1, memtableEventsMax, "memtableEventsMax");
        atLeast(1, memtablePostingsMax, "memtablePostingsMax");
        atMost(POSTINGS_MAX, memtablePostingsMax, "memtablePostingsMax");
        atLeast(1, memtableAppendsMax, "memtableAppendsMax");
        atLeast(1, flushOnCloseEventsMin, "flushOnCloseEventsMin");
        atLeast(1, waitingMemtablesMax, "waitingMemtablesMax");
        atLeast(waitingMemtablesMax, waitingWhenFailingMax, "waitingWhenFailingMax");
        atLeast(1, retryMillis, "retryMillis");
        atLeast(0, rememberedAppendsMax, "rememberedAppendsMax");
        atLeast(2, mergeFanIn, "mergeFanIn");
        atLeast(1, mergedEventsMax, "mergedEventsMax");
        atLeast(1 << 20, writeBytesPerSecond, "writeBytesPerSecond");
    }

    /// The limits for everyday use.
    public static IndexOptions defaults() {
        return DEFAULTS;
    }

    /// The same with other limits of a memtable.
    public IndexOptions withMemtable(int eventsMax, int postingsMax, int appendsMax) {
        return new IndexOptions(
                eventsMax,
                postingsMax,
                appendsMax,
                flushOnCloseEventsMin,
                waitingMemtablesMax,
                waitingWhenFailingMax,
                retryMillis,
                rememberedAppendsMax,
                mergeFanIn,
                mergedEventsMax,
                writeBytesPerSecond,
                hashMask,
                failures);
    }

    /// The same with another minimum for [LogIndex#flush].
    public IndexOptions withFlushOnCloseEventsMin(int eventsMin) {
        return new IndexOptions(
                memtableEventsMax,
                memtablePostingsMax,
                memtableAppendsMax,
                eventsMin,
                waitingMemtablesMax,
                waitingWhenFailingMax,
                retryMillis,
                rememberedAppendsMax,
                mergeFanIn,
                mergedEventsMax,
                writeBytesPerSecond,
                hashMask,
                failures);
    }

    /// The same with another number of remembered appends.
    public IndexOptions withRememberedAppendsMax(int appendsMax) {
        return new IndexOptions(
                memtableEventsMax,
                memtablePostingsMax,
                memtableAppendsMax,
                flushOnCloseEventsMin,
                waitingMemtablesMax,
                waitingWhenFailingMax,
                retryMillis,
                appendsMax,
                mergeFanIn,
                mergedEventsMax,
                writeBytesPerSecond,
                hashMask,
                failures);
    }

    /// The same with another pace of background writing; [Long#MAX_VALUE] = as fast as the disk.
    public IndexOptions withWriteBytesPerSecond(long bytesPerSecond) {
        return new IndexOptions(
                memtableEventsMax,
                memtablePostingsMax,
                memtableAppendsMax,
                flushOnCloseEventsMin,
                waitingMemtablesMax,
                waitingWhenFailingMax,
                retryMillis,
                rememberedAppendsMax,
                mergeFanIn,
                mergedEventsMax,
                bytesPerSecond,
                hashMask,
                failures);
    }

    /// For tests: the same with weakened term hashes.
    public IndexOptions withHashMask(long mask) {
        return new IndexOptions(
                memtableEventsMax,
                memtablePostingsMax,
                memtableAppendsMax,
                flushOnCloseEventsMin,
                waitingMemtablesMax,
                waitingWhenFailingMax,
                retryMillis,
                rememberedAppendsMax,
                mergeFanIn,
                mergedEventsMax,
                writeBytesPerSecond,
                mask,
                failures);
    }

    private static void atMost(long most, long value, String name) {
        if (value > most) {
            throw new IllegalArgumentException(
                    "The limit " + name + " is " + value + "; expected at most " + most + ".");
        }
    }

    private static void atLeast(long least, long value, String name) {
        if (value < least) {
            throw new IllegalArgumentException(
                    "The limit " + name + " is " + value + "; expected at least " + least + ".");
        }
    }
}
