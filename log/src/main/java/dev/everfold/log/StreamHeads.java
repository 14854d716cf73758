package dev.everfold.log;

import java.util.Arrays;

/// The last revision of the streams that were appended to lately.
///
/// Two generations of an open-addressing table, each bounded by streams and by bytes of names: what is
/// asked for moves to the younger one, and when that is full it becomes the older one. Names are kept
/// and compared, so equal hashes do no harm. Owned by the writer thread; primitive arrays only, about
/// 60 bytes a stream and its name; at most some 130 MiB with half a million streams of long names each.
final class StreamHeads {

    /// Said of a stream that the table does not know; it may exist.
    static final long UNKNOWN = Long.MIN_VALUE;

    private static final int STREAMS_MAX = 1 << 19;
    private static final int NAME_BYTES_MAX = 32 << 20;

    private Generation young = new Generation();
    private Generation old = new Generation();

    /// Last revision of the stream whose name in UTF-8 is the slice [at, at + length): -1 when it is known
    /// to have no event, or [#UNKNOWN].
    long lastRevision(long hash, byte[] buffer, int at, int length) {
        int slot = young.find(hash, buffer, at, length);
        if (young.isUsed(slot)) {
            return young.revision(slot);
        }
        int before = old.find(hash, buffer, at, length);
        if (!old.isUsed(before)) {
            return UNKNOWN;
        }
        long revision = old.revision(before);
        put(hash, buffer, at, length, revision);
        return revision;
    }

    /// Gives out the next revision of a stream, which becomes its last one; [#UNKNOWN] when the table
    /// does not know it.
    long next(long hash, byte[] buffer, int at, int length) {
        int slot = young.find(hash, buffer, at, length);
        if (young.isUsed(slot)) {
            long next = young.revision(slot) + 1;
            young.setRevision(slot, next);
            return next;
        }
        long last = lastRevision(hash, buffer, at, length);
        if (last == UNKNOWN) {
            return UNKNOWN;
        }
        put(hash, buffer, at, length, last + 1);
        return last + 1;
    }

    void put(long hash, byte[] buffer, int at, int length, long lastRevision) {
        int slot = young.find(hash, buffer, at, length);
        if (young.isUsed(slot)) {
            young.setRevision(slot, lastRevision);
            return;
        }
        if (young.streams == STREAMS_MAX || young.nameBytes + length > NAME_BYTES_MAX) {
            old = young;
            young = new Generation();
        }
        young.add(hash, buffer, at, length, lastRevision);
    }

    /// One table. What belongs to a slot lies side by side, so that finding a stream is one miss of the
    /// processor's cache, and one for its name.
    private static final class Generation {

        private static final int HASH = 0;
        private static final int REVISION = 1;
        /// Where the name begins, plus one, and its length in the lower half; 0 = free.
        private static final int NAME = 2;
        private static final int LONGS = 4;

        private long[] slots = new long[64 * LONGS];
        private byte[] names = new byte[1_024];
        private int nameBytes;
        private int streams;

        boolean isUsed(int slot) {
            return slots[slot + NAME] != 0;
        }

        long revision(int slot) {
            return slots[slot + REVISION];
        }

        void setRevision(int slot, long revision) {
            slots[slot + REVISION] = revision;
        }

        /// The slot of this stream, or the free one where it would go.
        int find(long hash, byte[] buffer, int at, int length) {
            int slot = home(hash);
            while (isUsed(slot) && !(slots[slot + HASH] == hash && hasName(slot, buffer, at, length))) {
                slot = after(slot);
            }
            return slot;
        }

        void add(long hash, byte[] buffer, int at, int length, long revision) {
            if (streams * 4 >= slots.length / LONGS * 3) {
                grow();
            }
            if (nameBytes + length > names.length) {
                names = Arrays.copyOf(names, Math.max(names.length * 2, nameBytes + length));
            }
            System.arraycopy(buffer, at, names, nameBytes, length);
            int slot = find(hash, buffer, at, length);
            slots[slot + HASH] = hash;
            slots[slot + REVISION] = revision;
            slots[slot + NAME] = (nameBytes + 1L) << Integer.SIZE | length;
            nameBytes += length;
            streams++;
        }

        private boolean hasName(int slot, byte[] buffer, int at, int length) {
            int kept = (int) (slots[slot + NAME] >>> Integer.SIZE) - 1;
            return (int) slots[slot + NAME] == length
                    && Arrays.equals(names, kept, kept + length, buffer, at, at + length);
        }

        private int home(long hash) {
            return ((int) (hash >>> 20) * LONGS) & (slots.length - 1);
        }

        private int after(int slot) {
            return (slot + LONGS) & (slots.length - 1);
        }

        private void grow() {
            long[] old = slots;
            slots = new long[old.length * 2];
            for (int from = 0; from < old.length; from += LONGS) {
                if (old[from + NAME] == 0) {
                    continue;
                }
                int slot = home(old[from + HASH]);
                while (isUsed(slot)) {
                    slot = after(slot);
                }
                System.arraycopy(old, from, slots, slot, LONGS);
            }
        }
    }
}
