package dev.everfold.log.index;

import dev.everfold.log.storage.Storage;
import dev.everfold.log.storage.StorageFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// A run, read where it lies ([RunFormat]). Any number of threads may read.
///
/// The mapping ends when nobody holds the run any more; a file that was deleted meanwhile reads on.
final class RunFile implements Part {

    /// Interpolation that has not found its place after so many looks gives way to halving: hashes
    /// are not as uniform as they should be.
    private static final int INTERPOLATIONS_MAX = 8;

    private final String name;
    private final RunFormat.Info info;
    private final RunFormat.Layout layout;
    private final MemorySegment bytes;
    private final long postingsAt;
    private final long termsAt;
    private final long bloomAt;
    private final long bloomBlocks;
    private final long terms;

    /// 1 for each block that was found right. Threads may check the same block at the same time;
    /// both find the same.
    private final byte[] checked;

    private volatile boolean damaged;

    private RunFile(String name, RunFormat.Info info, RunFormat.Layout layout, MemorySegment bytes) {
        this.name = name;
        this.info = info;
        this.layout = layout;
        this.bytes = bytes;
        this.postingsAt = layout.postingsAt();
        this.termsAt = layout.termsAt();
        this.bloomAt = layout.bloomAt();
        this.bloomBlocks = layout.bloomBlocks();
        this.terms = layout.terms();
        this.checked = new byte[layout.blocks()];
    }

    /// Opens a run: reads its header, its checksums and its footer.
    ///
    /// @throws CorruptIndexException when these are not those of a run of this version
    static RunFile open(Storage storage, String name) throws IOException {
        try (StorageFile file = storage.openForReading(name)) {
            long fileBytes = file.size();
            if (fileBytes < RunFormat.BLOCK_BYTES + RunFormat.FOOTER_BYTES) {
                throw new CorruptIndexException(name, 0, "it is too short, " + fileBytes + " bytes");
            }
            byte[] header = read(file, 0, RunFormat.HEADER_BYTES);
            RunFormat.Info info = RunFormat.Info.decode(name, header);
            byte[] footer = read(file, fileBytes - RunFormat.FOOTER_BYTES, RunFormat.FOOTER_BYTES);
            RunFormat.Layout layout =
                    RunFormat.Layout.decode(name, footer, RunFormat.Info.headerChecksum(header), fileBytes);
            byte[] checksums = read(file, layout.checksumsAt(), layout.blocks() * Integer.BYTES);
            if (RunFormat.checksum(checksums, 0, checksums.length) != RunFormat.Layout.checksumsChecksum(footer)) {
                throw new CorruptIndexException(name, layout.checksumsAt(), "the checksum of its checksums is wrong");
            }
            if (!info.name().toString().equals(name)) {
                throw new CorruptIndexException(name, 0, "by its header it is " + info.name());
            }
            return new RunFile(name, info, layout, file.map());
        }
    }

    private static byte[] read(StorageFile file, long at, int length) throws IOException {
        byte[] target = new byte[length];
        int count = file.read(at, target, 0, length);
        if (count < length) {
            throw new CorruptIndexException(file.name(), at, "it ends after " + count + " of " + length + " bytes");
        }
        return target;
    }

    String name() {
        return name;
    }

    RunFormat.Info info() {
        return info;
    }

    RunFormat.Layout layout() {
        return layout;
    }

    /// It is to be built anew: nothing is merged from it.
    void markDamaged() {
        damaged = true;
    }

    boolean isDamaged() {
        return damaged;
    }

    @Override
    public long fromPosition() {
        return info.fromPosition();
    }

    @Override
    public long toPosition() {
        return info.toPosition();
    }

    @Override
    public long fromFrame() {
        return info.fromFrame();
    }

    @Override
    public long toFrame() {
        return info.toFrame();
    }

    @Override
    public @Nullable Postings find(long term) {
        if (!mayHold(term)) {
            return null;
        }
        long index = indexOf(term);
        return index < 0 ? null : postings(value(index));
    }

    /// Whether the bloom filter lets the term pass.
    boolean mayHold(long term) {
        if (bloomBlocks == 0) {
            return false;
        }
        long at = bloomAt + RunFormat.bloomBlock(term, bloomBlocks) * RunFormat.BLOOM_BLOCK_BYTES;
        check(at);
        long bits = RunFormat.bloomBits(term);
        for (int i = 0; i < RunFormat.BLOOM_PROBES; i++) {
            long word = longAt(at + ((bits >>> 6 & 7) << 3));
            if ((word >>> bits & 1) == 0) {
                return false;
            }
            bits >>>= 9;
        }
        return true;
    }

    /// Where the term stands among the terms; below 0 when it does not.
    private long indexOf(long term) {
        long low = 0;
        long high = terms;
        double lowHash = 0;
        double highHash = 0x1p64;
        for (int looks = 0; low < high; looks++) {
            long look = (low + high) >>> 1;
            if (looks < INTERPOLATIONS_MAX && highHash > lowHash) {
                long guess = (long) ((unsigned(term) - lowHash) / (highHash - lowHash) * (high - low));
                look = low + Math.clamp(guess, 0, high - low - 1);
            }
            long hash = hash(look);
            if (hash == term) {
                return look;
            }
            if (Long.compareUnsigned(hash, term) < 0) {
                low = look + 1;
                lowHash = unsigned(hash);
            } else {
                high = look;
                highHash = unsigned(hash);
            }
        }
        return -1;
    }

    /// The hash of the term at this index.
    long hash(long index) {
        long at = termsAt + index * RunFormat.TERM_BYTES;
        check(at);
        return longAt(at);
    }

    /// The value of the term at this index: see [RunFormat].
    long value(long index) {
        long at = termsAt + index * RunFormat.TERM_BYTES;
        check(at);
        return longAt(at + Long.BYTES);
    }

    /// How many postings a value stands for.
    static int countOf(long value) {
        return value < 0 ? (int) (value >>> Integer.SIZE) & 0x7fff_ffff : 1;
    }

    /// Index of the first posting of a value that stands for two or more.
    static long firstOf(long value) {
        return value & 0xffff_ffffL;
    }

    /// The postings of a value.
    Postings postings(long value) {
        return value < 0
                ? new OnDisk(this, firstOf(value), countOf(value))
                : new Postings.Single(info.fromPosition() + value);
    }

    /// The position of the posting at this index, minus the run's first.
    long offset(long index) {
        long at = postingsAt + index * Integer.BYTES;
        check(at);
        return intAt(at) & 0xffff_ffffL;
    }

    @Override
    public int appends() {
        return (int) layout.appends();
    }

    @Override
    public void forEachAppend(int fromIndex, LogIndex.AppendConsumer consumer) {
        for (long index = fromIndex; index < layout.appends(); index++) {
            long at = layout.appendsAt() + index * RunFormat.APPEND_BYTES;
            check(at);
            consumer.accept(longAt(at), longAt(at + 8), longAt(at + 16), (int) longAt(at + 24));
        }
    }

    @Override
    public void addTrackingsTo(Map<String, Long> target) {
        addNumbers(layout.trackingsAt(), layout.trackingsBytes(), layout.trackings(), target);
    }

    /// Adds the counts of types to those that the map holds.
    void addTypesTo(Map<String, Long> totals) {
        Map<String, Long> types = new TreeMap<>();
        addNumbers(layout.typesAt(), layout.typesBytes(), layout.types(), types);
        types.forEach((type, count) -> totals.merge(type, count, Long::sum));
    }

    private void addNumbers(long from, long sectionBytes, long count, Map<String, Long> target) {
        long at = from;
        long end = from + sectionBytes;
        for (long left = count; left > 0; left--) {
            checkRange(at, at + RunFormat.NUMBER_BYTES);
            long number = longAt(at);
            int length = intAt(at + Long.BYTES);
            at += RunFormat.NUMBER_BYTES;
            if (length < 0 || length > end - at) {
                throw new CorruptIndexException(name, at, "a name of " + length + " bytes leads out of its section");
            }
            checkRange(at, at + length);
            target.put(textAt(at, length), number);
            at += length;
        }
    }

    /// Checks the block at this offset unless it was found right before.
    private void check(long at) {
        int block = (int) (at >>> RunFormat.BLOCK_SHIFT);
        if (block < 0 || block >= checked.length) {
            throw new CorruptIndexException(name, 0, "it points to byte " + at + ", outside of its sections");
        }
        if (checked[block] == 0) {
            checkBlock(block);
        }
    }

    private void checkRange(long from, long to) {
        for (long block = from >>> RunFormat.BLOCK_SHIFT; block << RunFormat.BLOCK_SHIFT < to; block++) {
            check(block << RunFormat.BLOCK_SHIFT);
        }
    }

    /// Checks a block, whether it was found right before or not.
    ///
    /// @throws CorruptIndexException when it does not have its checksum or cannot be read
    void checkBlock(int block) {
        long at = (long) block << RunFormat.BLOCK_SHIFT;
        int expected = intAt(layout.checksumsAt() + (long) block * Integer.BYTES);
        CRC32C crc = new CRC32C();
        try {
            crc.update(bytes.asSlice(at, RunFormat.BLOCK_BYTES).asByteBuffer());
        } catch (InternalError unreadable) {
            throw unreadable(at, unreadable);
        }
        if ((int) crc.getValue() != expected) {
            throw new CorruptIndexException(
                    name, at, String.format(Locale.ROOT, "checksum 0x%08x expected, 0x%08x found", expected, (int)
                            crc.getValue()));
        }
        checked[block] = 1;
    }

    private long longAt(long at) {
        try {
            return bytes.get(RunFormat.LONG, at);
        } catch (InternalError unreadable) {
            throw unreadable(at, unreadable);
        }
    }

    private int intAt(long at) {
        try {
            return bytes.get(RunFormat.INT, at);
        } catch (InternalError unreadable) {
            throw unreadable(at, unreadable);
        }
    }

    private String textAt(long at, int length) {
        try {
            byte[] text = bytes.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE);
            return new String(text, StandardCharsets.UTF_8);
        } catch (InternalError unreadable) {
            throw unreadable(at, unreadable);
        }
    }

    /// So the JVM reports that the device could not read a mapped page, or that the file was cut: a page that was
    /// right before may have been given up since. Compiled code may throw it a little later, out of this class.
    private CorruptIndexException unreadable(long at, InternalError failure) {
        return new CorruptIndexException(name, at, "it cannot be read (" + failure.getMessage() + ")");
    }

    private static double unsigned(long hash) {
        return (hash >>> 1) * 2.0 + (hash & 1);
    }

    /// Postings in the file.
    private record OnDisk(RunFile run, long first, int count) implements Postings {
        @Override
        public long at(int index) {
            return run.info.fromPosition() + run.offset(first + index);
        }
    }
}
