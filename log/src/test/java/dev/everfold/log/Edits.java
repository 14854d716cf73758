package dev.everfold.log;

import dev.everfold.log.segment.FrameFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Changes of files, read from the bytes that a fuzzer makes: any bytes are edits.
///
/// Six bytes an edit: which file, what to do, which page of 4 KiB, where in the page (two bytes), a value. An
/// edit that comes to nothing, since there is no such place, does nothing.
final class Edits {

    private static final int EDIT_BYTES = 6;
    private static final int EDITS_MAX = 40;
    private static final int PAGE = 4_096;
    private static final List<Kind> KINDS = List.of(Kind.values());

    /// Numbers at which arithmetic goes wrong.
    private static final long[] EXTREMES = {
        0,
        1,
        -1,
        Long.MIN_VALUE,
        Long.MAX_VALUE,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        1L << 30,
        1L << 32,
        1L << 61,
        1L << 62,
        0xffff_ffffL,
        0x7fff_fff8L,
        8,
        72,
        4_096
    };

    private enum Kind {
        SET,
        FLIP,
        CLEAR,
        COPY_PAGE,
        CUT,
        EXTEND,
        EXTREME_LONG,
        EXTREME_INT,
        /// Makes the checksums of frames right again, so that what lies behind them is tried.
        SEAL_FRAMES
    }

    private final Map<String, byte[]> files;
    private boolean sealed;

    private Edits(Map<String, byte[]> files) {
        this.files = files;
    }

    /// The files with the edits that these bytes from `from` on mean.
    static Edits apply(Map<String, byte[]> files, byte[] program, int from) {
        Edits edits = new Edits(new TreeMap<>(files));
        List<String> names = new ArrayList<>(files.keySet());
        int last = Math.min(program.length - EDIT_BYTES, from + EDITS_MAX * EDIT_BYTES);
        for (int at = from; at <= last; at += EDIT_BYTES) {
            String name = names.get((program[at] & 0xff) % names.size());
            Kind kind = KINDS.get((program[at + 1] & 0xff) % KINDS.size());
            int page = program[at + 2] & 0xff;
            int inPage = ((program[at + 3] & 0xff) << 8 | (program[at + 4] & 0xff)) % PAGE;
            edits.edit(name, kind, page, inPage, program[at + 5] & 0xff);
        }
        return edits;
    }

    /// The files as they are now.
    Map<String, byte[]> files() {
        return files;
    }

    /// Whether checksums were made right, so that other content may be taken for true.
    boolean sealed() {
        return sealed;
    }

    private void edit(String name, Kind kind, int page, int inPage, int value) {
        byte[] bytes = files.get(name).clone();
        int pages = Math.max(1, bytes.length / PAGE);
        int offset = page % pages * PAGE + inPage;
        boolean inside = offset + Long.BYTES <= bytes.length;
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        switch (kind) {
            case SET -> setIf(inside, bytes, offset, value);
            case FLIP -> setIf(inside, bytes, offset, inside ? bytes[offset] ^ 1 << value % 8 : 0);
            case CLEAR -> clear(bytes, offset, value * 32);
            case COPY_PAGE -> copyPage(bytes, page % pages, value % pages);
            case CUT -> bytes = Arrays.copyOf(bytes, Math.min(bytes.length, offset));
            case EXTEND -> bytes = Arrays.copyOf(bytes, bytes.length + value * 64);
            case EXTREME_LONG -> {
                if (inside) {
                    buffer.putLong(offset & -4, EXTREMES[value % EXTREMES.length]);
                }
            }
            case EXTREME_INT -> {
                if (inside) {
                    buffer.putInt(offset & -4, (int) EXTREMES[value % EXTREMES.length]);
                }
            }
            case SEAL_FRAMES -> sealFrames(bytes);
        }
        files.put(name, bytes);
    }

    private static void setIf(boolean inside, byte[] bytes, int offset, int value) {
        if (inside) {
            bytes[offset] = (byte) value;
        }
    }

    private static void clear(byte[] bytes, int offset, int length) {
        if (offset < bytes.length) {
            Arrays.fill(bytes, offset, Math.min(bytes.length, offset + length), (byte) 0);
        }
    }

    private static void copyPage(byte[] bytes, int target, int source) {
        int length = Math.min(PAGE, bytes.length - Math.max(target, source) * PAGE);
        if (length > 0) {
            System.arraycopy(bytes, source * PAGE, bytes, target * PAGE, length);
        }
    }

    /// Chains all frames of an open segment again, from its first one on.
    private void sealFrames(byte[] bytes) {
        int previous = -1;
        for (int at = PAGE; at + PAGE <= bytes.length; at += PAGE) {
            int length = FrameFormat.bytesAt(bytes, at);
            if (length > 0 && length <= bytes.length - at) {
                FrameFormat.Header header = FrameFormat.header(bytes, at);
                byte[] frame = Arrays.copyOfRange(bytes, at, at + length);
                previous = FrameFormat.seal(
                        frame,
                        new FrameFormat.Header(
                                length,
                                header.frame(),
                                header.epoch(),
                                header.fromPosition(),
                                header.fromAppend(),
                                header.eventCount(),
                                header.appendCount(),
                                header.durableFrames(),
                                previous == -1 ? header.previousChecksum() : previous,
                                0));
                System.arraycopy(frame, 0, bytes, at, length);
                sealed = true;
            }
        }
    }
}
