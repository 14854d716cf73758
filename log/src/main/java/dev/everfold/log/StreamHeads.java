package dev.everfold.log;

import java.util.Arrays;

/// The last revision of the streams that were appended to lately.
///
/// Two generations of an open-addressing table, each bounded by streams and by bytes of names: what is
/// asked for moves to the younger one, and when that is full it becomes the older one. Names are kept
/// and compared, so equal hashes do no harm. Owned by the writer thread; primitive arrays only, about
/// 48 bytes a stream and its name; at most some 110 MiB with half a million streams of long names each.
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
            return young.revisions[slot];
        }
        int before = old.find(hash, buffer, at, length);
        if (!old.isUsed(before)) {
            return UNKNOWN;
        }
        long revision = old.revisions[before];
        put(hash, buffer, at, length, revision);
        return revision;
    }

    /// Gives out the next revision of a stream, which becomes its last one; [#UNKNOWN] when the table
    /// does not know it.
    long next(long hash, byte[] buffer, int at, int length) {
        int slot = young.find(hash, buffer, at, length);
        if (young.isUsed(slot)) {
            return ++young.revisions[slot];
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
            young.revisions[slot] = lastRevision;
            return;
        }
        if (young.streams == STREAMS_MAX || young.nameBytes + length > NAME_BYTES_MAX) {
            old = young;
            young = new Generation();
        }
        young.add(hash, buffer, at, length, lastRevision);
    }

    private static final class Generation {

        private long[] hashes = new long[64];
        private long[] revisions = new long[64];
        /// Where the name begins, plus one; 0 = free.
        private int[] nameAt = new int[64];
        private int[] nameLength = new int[64];
        private byte[] names = new byte[1_024];
        private int nameBytes;
        private int streams;

        boolean isUsed(int slot) {
            return nameAt[slot] != 0;
        }

        /// The slot of this stream, or the free one where it would go.
        int find(long hash, byte[] buffer, int at, int length) {
            int mask = hashes.length - 1;
            int slot = (int) (hash >>> 20) & mask;
            while (nameAt[slot] != 0 && !(hashes[slot] == hash && hasName(slot, buffer, at, length))) {
                slot = (slot + 1) & mask;
            }
            return slot;
        }

        void add(long hash, byte[] buffer, int at, int length, long revision) {
            if (streams * 4 >= hashes.length * 3) {
                grow();
            }
            if (nameBytes + length > names.length) {
                names = Arrays.copyOf(names, Math.max(names.length * 2, nameBytes + length));
            }
            System.arraycopy(buffer, at, names, nameBytes, length);
            int slot = find(hash, buffer, at, length);
            hashes[slot] = hash;
            revisions[slot] = revision;
            nameAt[slot] = nameBytes + 1;
            nameLength[slot] = length;
            nameBytes += length;
            streams++;
        }

        private boolean hasName(int slot, byte[] buffer, int at, int length) {
            int kept = nameAt[slot] - 1;
            return nameLength[slot] == length && Arrays.equals(names, kept, kept + length, buffer, at, at + length);
        }

        private void grow() {
            long[] oldHashes = hashes;
            long[] oldRevisions = revisions;
            int[] oldNameAt = nameAt;
            int[] oldNameLength = nameLength;
            hashes = new long[oldHashes.length * 2];
            revisions = new long[hashes.length];
            nameAt = new int[hashes.length];
            nameLength = new int[hashes.length];
            int mask = hashes.length - 1;
            for (int from = 0; from < oldHashes.length; from++) {
                if (oldNameAt[from] == 0) {
                    continue;
                }
                int slot = (int) (oldHashes[from] >>> 20) & mask;
                while (nameAt[slot] != 0) {
                    slot = (slot + 1) & mask;
                }
                hashes[slot] = oldHashes[from];
                revisions[slot] = oldRevisions[from];
                nameAt[slot] = oldNameAt[from];
                nameLength[slot] = oldNameLength[from];
            }
        }
    }
}
