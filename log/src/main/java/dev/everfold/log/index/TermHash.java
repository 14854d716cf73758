package dev.everfold.log.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/// The 64-bit hash of a term: of what an event can be found by.
///
/// # Principle
/// Eight bytes at a time are folded into the state by one 64×64→128-bit multiplication whose halves
/// are xored (the construction of wyhash and rapidhash by Wang Yi). Seed and secrets come from the
/// store's UUID, so that nobody who does not know it can prepare names that collide. The kind of
/// the term changes the seed: the stream `a`, the type `a` and the tag `a` are three terms.
///
/// # Limitations
/// Fast and well mixed, not cryptographic. A hash is a hint: whoever finds an event by it compares
/// the name itself.
///
/// Immutable and safe to share.
public final class TermHash {

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    /// Digits of the square roots of 2, 3 and 5: odd, without a pattern, and nobody's choice.
    private static final long ROOT_2 = 0x6a09e667f3bcc909L;
    private static final long ROOT_3 = 0xbb67ae8584caa73bL;
    private static final long ROOT_5 = 0x3c6ef372fe94f82bL;

    private static final int STREAM = 1;
    private static final int CATEGORY = 2;
    private static final int TYPE = 3;
    private static final int TAG = 4;
    private static final int ID = 5;
    private static final int FIRST = 6;
    private static final int PROBE = 7;

    private final long[] seeds = new long[PROBE + 1];
    private final long secretA;
    private final long secretB;
    private final long mask;

    /// The hash of one store.
    public TermHash(UUID storeId) {
        this(storeId, -1L);
    }

    /// For tests: only the bits of `mask` are kept, so that terms collide as often as the test
    /// wishes.
    public TermHash(UUID storeId, long mask) {
        long most = storeId.getMostSignificantBits();
        long least = storeId.getLeastSignificantBits();
        this.secretA = fold(most ^ ROOT_2, least ^ ROOT_3) | 1;
        this.secretB = fold(least ^ ROOT_5, secretA ^ ROOT_2) | 1;
        this.mask = mask;
        for (int kind = 0; kind < seeds.length; kind++) {
            seeds[kind] = fold(secretA ^ kind * ROOT_3, secretB + kind);
        }
    }

    /// The term of all events of a stream.
    public long stream(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        return stream(bytes, 0, bytes.length);
    }

    /// The term of a stream whose name in UTF-8 is the slice [at, at + length).
    public long stream(byte[] buffer, int at, int length) {
        return hash(STREAM, buffer, at, length);
    }

    /// The term of all events whose streams are of a category.
    public long category(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        return hash(CATEGORY, bytes, 0, bytes.length);
    }

    /// The term of the category of a stream whose name in UTF-8 is the slice: its part before the
    /// first `-`, or all.
    public long categoryOf(byte[] buffer, int at, int length) {
        int end = at;
        while (end < at + length && buffer[end] != '-') {
            end++;
        }
        return hash(CATEGORY, buffer, at, end - at);
    }

    /// The term of all events of a type.
    public long type(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        return type(bytes, 0, bytes.length);
    }

    /// The term of a type whose name in UTF-8 is the slice [at, at + length).
    public long type(byte[] buffer, int at, int length) {
        return hash(TYPE, buffer, at, length);
    }

    /// The term of all events that carry a tag.
    public long tag(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        return tag(bytes, 0, bytes.length);
    }

    /// The term of a tag whose name in UTF-8 is the slice [at, at + length).
    public long tag(byte[] buffer, int at, int length) {
        return hash(TAG, buffer, at, length);
    }

    /// The term of all events with an id, given by its halves.
    public long id(long most, long least) {
        return fold(fold(seeds[ID] ^ most, secretA ^ least), secretB) & mask;
    }

    /// The term of the first events of all streams.
    public long firstOfStream() {
        return seeds[FIRST] & mask;
    }

    /// Tells two ways of hashing apart: equal only when store, construction and mask are the same.
    long probe() {
        return fold(seeds[PROBE] ^ mask, secretA);
    }

    private long hash(int kind, byte[] buffer, int from, int length) {
        long state = seeds[kind];
        int at = from;
        int left = length;
        while (left > 16) {
            state = fold(longAt(buffer, at) ^ secretA, longAt(buffer, at + 8) ^ state);
            at += 16;
            left -= 16;
        }
        long a;
        long b;
        if (left >= 8) {
            a = longAt(buffer, at);
            b = longAt(buffer, at + left - 8);
        } else if (left >= 4) {
            a = intAt(buffer, at);
            b = intAt(buffer, at + left - 4);
        } else if (left > 0) {
            a = (buffer[at] & 0xffL) << 16 | (buffer[at + (left >> 1)] & 0xffL) << 8 | (buffer[at + left - 1] & 0xffL);
            b = 0;
        } else {
            a = 0;
            b = 0;
        }
        // The length tells tails apart that are the same bytes read twice.
        return fold(fold(a ^ secretA, b ^ state), secretB ^ length) & mask;
    }

    /// Both halves of the 128-bit product, xored.
    private static long fold(long a, long b) {
        return a * b ^ Math.unsignedMultiplyHigh(a, b);
    }

    private static long longAt(byte[] buffer, int at) {
        return (long) LONGS.get(buffer, at);
    }

    private static long intAt(byte[] buffer, int at) {
        return (int) INTS.get(buffer, at) & 0xffff_ffffL;
    }
}
