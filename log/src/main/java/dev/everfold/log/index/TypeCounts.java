package dev.everfold.log.index;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// How many events there are of each type, and how many streams: one thread counts, others read.
///
/// Types are told apart by name, not by hash: these numbers are facts, not hints.
final class TypeCounts {

    private static final int SLOTS_FIRST = 8;

    private final AtomicLong streams = new AtomicLong();
    private volatile AtomicReferenceArray<Count> slots = new AtomicReferenceArray<>(SLOTS_FIRST);

    /// Owned by the counting thread.
    private int used;

    /// Counts an event whose type, with this hash, is the slice [at, at + length) in UTF-8.
    void add(long hash, byte[] buffer, int at, int length) {
        AtomicReferenceArray<Count> table = slots;
        int slot = (int) hash & (table.length() - 1);
        for (Count count = table.getPlain(slot); count != null; count = table.getPlain(slot)) {
            if (count.hash == hash && Arrays.equals(count.name, 0, count.name.length, buffer, at, at + length)) {
                count.increment();
                return;
            }
            slot = (slot + 1) & (table.length() - 1);
        }
        Count first = new Count(hash, Arrays.copyOfRange(buffer, at, at + length));
        first.increment();
        table.setRelease(slot, first);
        if (++used * 2 > table.length()) {
            grow(table);
        }
    }

    /// Counts a stream.
    void addStream() {
        streams.setRelease(streams.getPlain() + 1);
    }

    /// How many streams were counted.
    long streams() {
        return streams.get();
    }

    /// Adds the counts to those that the map holds.
    void addTo(Map<String, Long> totals) {
        AtomicReferenceArray<Count> table = slots;
        for (int slot = 0; slot < table.length(); slot++) {
            Count count = table.get(slot);
            if (count != null) {
                totals.merge(new String(count.name, StandardCharsets.UTF_8), count.get(), Long::sum);
            }
        }
    }

    private void grow(AtomicReferenceArray<Count> table) {
        AtomicReferenceArray<Count> larger = new AtomicReferenceArray<>(2 * table.length());
        for (int i = 0; i < table.length(); i++) {
            Count count = table.getPlain(i);
            if (count != null) {
                int slot = (int) count.hash & (larger.length() - 1);
                while (larger.getPlain(slot) != null) {
                    slot = (slot + 1) & (larger.length() - 1);
                }
                larger.setPlain(slot, count);
            }
        }
        slots = larger;
    }

    private static final class Count extends AtomicLong {

        private static final long serialVersionUID = 1L;

        private final long hash;
        private final byte[] name;

        Count(long hash, byte[] name) {
            this.hash = hash;
            this.name = name;
        }

        /// One thread counts: no other can be between reading and writing.
        void increment() {
            setRelease(getPlain() + 1);
        }
    }
}
