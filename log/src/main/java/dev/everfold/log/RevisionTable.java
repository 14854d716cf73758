package dev.everfold.log;

/// The next revision of each stream, by its hash: 16 bytes a stream at a load of one half.
final class RevisionTable {

    private long[] hashes = new long[1 << 10];
    /// Next revision; 0 = free.
    private long[] nextRevisions = new long[1 << 10];
    private int streams;

    /// The revision that the next event of the stream must have.
    long next(long hash) {
        if (streams * 2 >= hashes.length) {
            grow();
        }
        int slot = slot(hash);
        if (nextRevisions[slot] == 0) {
            hashes[slot] = hash;
            streams++;
        }
        return nextRevisions[slot]++;
    }

    private int slot(long hash) {
        int mask = hashes.length - 1;
        int slot = (int) (hash >>> 20) & mask;
        while (nextRevisions[slot] != 0 && hashes[slot] != hash) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        long[] oldHashes = hashes;
        long[] oldRevisions = nextRevisions;
        hashes = new long[oldHashes.length * 2];
        nextRevisions = new long[hashes.length];
        for (int from = 0; from < oldHashes.length; from++) {
            if (oldRevisions[from] != 0) {
                int slot = slot(oldHashes[from]);
                hashes[slot] = oldHashes[from];
                nextRevisions[slot] = oldRevisions[from];
            }
        }
    }
}
