package dev.everfold.log.segment;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/// Little-endian integers and checksums in byte arrays, as all files of the log use them.
final class Layout {

    private static final VarHandle SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private Layout() {}

    static int getShort(byte[] buffer, int at) {
        return (short) SHORTS.get(buffer, at) & 0xffff;
    }

    static int getInt(byte[] buffer, int at) {
        return (int) INTS.get(buffer, at);
    }

    static long getLong(byte[] buffer, int at) {
        return (long) LONGS.get(buffer, at);
    }

    static void putShort(byte[] buffer, int at, int value) {
        SHORTS.set(buffer, at, (short) value);
    }

    static void putInt(byte[] buffer, int at, int value) {
        INTS.set(buffer, at, value);
    }

    static void putLong(byte[] buffer, int at, long value) {
        LONGS.set(buffer, at, value);
    }

    static int checksum(byte[] buffer, int from, int to) {
        CRC32C crc = new CRC32C();
        crc.update(buffer, from, to - from);
        return (int) crc.getValue();
    }

    /// The smallest multiple of `alignment`, a power of two, that is not below `offset`.
    static long align(long offset, int alignment) {
        return (offset + alignment - 1) & -(long) alignment;
    }

    static boolean isZero(byte[] buffer, int from, int to) {
        for (int at = from; at < to; at++) {
            if (buffer[at] != 0) {
                return false;
            }
        }
        return true;
    }
}
