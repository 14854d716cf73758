package dev.everfold.log.index;

import dev.everfold.log.storage.Storage;
import dev.everfold.log.storage.StorageFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Consumer;

/// Writes the file of one run ([RunFormat]), under a temporary name until it is whole and durable.
///
/// Bytes go out in steps of 1 MiB with a sync after each, so that the log's own syncs never wait
/// for much. Memory: one buffer of at most 1 MiB for each of postings, terms and bloom filter, and
/// 4 bytes a block.
final class RunWriter {

    private static final int STEP_BYTES = 1 << 20;

    private final StorageFile file;
    private final Runnable pace;
    private final RunFormat.Layout layout;
    private final int[] checksums;

    private final Section postings;
    private final Section terms;
    private final Section bloom;
    private final Section appends;
    private final long[] bloomWords = new long[RunFormat.BLOOM_BLOCK_WORDS];
    private final long bloomBlocks;

    private long bloomBlock;
    private long termHash;
    private int termPostings;
    private long postingCount;
    private long unsyncedBytes;

    private RunWriter(StorageFile file, RunFormat.Layout layout, Runnable pace) {
        this.file = file;
        this.pace = pace;
        this.layout = layout;
        this.checksums = new int[layout.blocks()];
        this.postings = new Section(layout.postingsAt(), layout.termsAt());
        this.terms = new Section(layout.termsAt(), layout.bloomAt());
        this.bloom = new Section(layout.bloomAt(), layout.appendsAt());
        this.appends = new Section(layout.appendsAt(), layout.trackingsAt());
        this.bloomBlocks = layout.bloomBlocks();
    }

    /// Writes a run and makes it durable under its name.
    ///
    /// @param pace called after each step; may wait, and ends the writing by throwing
    /// @throws IOException when it cannot be written; nothing is left behind but, at worst, a
    ///     temporary file
    static void write(Storage storage, RunSource source, Runnable pace) throws IOException {
        RunFormat.Info info = source.info();
        String name = info.name().toString();
        String temporary = name + RunFormat.TEMPORARY_SUFFIX;
        boolean done = false;
        try {
            // A leftover of an attempt that failed: what it holds may be lost even if a later sync of it
            // succeeds.
            RunDirectory.deleteIfThere(storage, temporary);
            write(storage, temporary, source, pace);
            storage.rename(temporary, name);
            // A crash before this leaves either name: the temporary file is deleted at the next open, the
            // run is whole.
            storage.syncDirectory();
            done = true;
        } finally {
            if (!done) {
                RunDirectory.deleteQuietly(storage, temporary);
                RunDirectory.deleteQuietly(storage, name);
            }
        }
    }

    private static void write(Storage storage, String temporary, RunSource source, Runnable pace) throws IOException {
        RunSource.Contents contents = source.contents();
        byte[] trackings = encode(contents.trackings());
        byte[] types = encode(contents.types());
        RunFormat.Layout layout = new RunFormat.Layout(
                contents.terms(),
                contents.postings(),
                contents.appends(),
                contents.appendsDropped(),
                contents.trackings().size(),
                trackings.length,
                contents.types().size(),
                types.length,
                contents.streams());
        try (StorageFile file = storage.create(temporary)) {
            RunWriter writer = new RunWriter(file, layout, pace);
            byte[] header = source.info().encode();
            writer.writeBlocks(0, header, header.length);
            source.writeTo(writer);
            writer.endTerms();
            writer.writeWhole(layout.trackingsAt(), trackings);
            writer.writeWhole(layout.typesAt(), types);
            writer.writeFooter(RunFormat.Info.headerChecksum(header));
        }
    }

    /// Begins the next term; as many calls of [#posting] follow.
    void term(long hash, int count) throws IOException {
        addToBloom(hash);
        termHash = hash;
        termPostings = count;
        if (count > 1) {
            terms.putLong(hash);
            terms.putLong(Long.MIN_VALUE | (long) count << Integer.SIZE | postingCount);
            postingCount += count;
        }
    }

    /// A posting of the term: its position minus the run's first.
    void posting(int offset) throws IOException {
        if (termPostings > 1) {
            postings.putInt(offset);
        } else {
            terms.putLong(termHash);
            terms.putLong(offset & 0xffff_ffffL);
        }
    }

    /// Writes the appends that the source hands to the consumer that it is given.
    void appends(Consumer<LogIndex.AppendConsumer> source) throws IOException {
        try {
            source.accept((idMost, idLeast, fromPosition, count) -> {
                try {
                    appends.putLong(idMost);
                    appends.putLong(idLeast);
                    appends.putLong(fromPosition);
                    appends.putLong(count);
                } catch (IOException failure) {
                    throw new UncheckedIOException(failure);
                }
            });
        } catch (UncheckedIOException failure) {
            throw failure.getCause();
        }
    }

    private void addToBloom(long hash) throws IOException {
        long block = RunFormat.bloomBlock(hash, bloomBlocks);
        while (bloomBlock < block) {
            endBloomBlock();
        }
        long bits = RunFormat.bloomBits(hash);
        for (int i = 0; i < RunFormat.BLOOM_PROBES; i++) {
            bloomWords[(int) (bits >>> 6) & 7] |= 1L << bits;
            bits >>>= 9;
        }
    }

    private void endBloomBlock() throws IOException {
        for (long word : bloomWords) {
            bloom.putLong(word);
        }
        Arrays.fill(bloomWords, 0);
        bloomBlock++;
    }

    private void endTerms() throws IOException {
        while (bloomBlock < bloomBlocks) {
            endBloomBlock();
        }
        postings.end(layout.postings() * Integer.BYTES);
        terms.end(layout.terms() * RunFormat.TERM_BYTES);
        bloom.end(bloomBlocks * RunFormat.BLOOM_BLOCK_BYTES);
        appends.end(layout.appends() * RunFormat.APPEND_BYTES);
    }

    private void writeWhole(long at, byte[] bytes) throws IOException {
        byte[] blocks = Arrays.copyOf(bytes, Math.toIntExact(RunFormat.padded(bytes.length)));
        writeBlocks(at, blocks, blocks.length);
    }

    private void writeFooter(int headerChecksum) throws IOException {
        byte[] bytes = new byte[Math.toIntExact(layout.fileBytes() - layout.checksumsAt())];
        ByteBuffer end = RunFormat.buffer(bytes);
        for (int checksum : checksums) {
            end.putInt(checksum);
        }
        int checksumsChecksum = RunFormat.checksum(bytes, 0, end.position());
        end.put(layout.encode(checksumsChecksum, headerChecksum));
        file.write(layout.checksumsAt(), end.flip());
        file.sync();
    }

    /// Writes whole blocks and notes their checksums.
    private void writeBlocks(long at, byte[] blocks, int bytes) throws IOException {
        int block = (int) (at >>> RunFormat.BLOCK_SHIFT);
        for (int done = 0; done < bytes; done += RunFormat.BLOCK_BYTES) {
            checksums[block++] = RunFormat.checksum(blocks, done, RunFormat.BLOCK_BYTES);
        }
        file.write(at, ByteBuffer.wrap(blocks, 0, bytes));
        unsyncedBytes += bytes;
        if (unsyncedBytes >= STEP_BYTES) {
            file.sync();
            unsyncedBytes = 0;
            pace.run();
        }
    }

    private static byte[] encode(SortedMap<String, Long> numbers) {
        int bytes = 0;
        for (String name : numbers.keySet()) {
            bytes += Long.BYTES + Integer.BYTES + name.getBytes(StandardCharsets.UTF_8).length;
        }
        byte[] encoded = new byte[bytes];
        ByteBuffer target = RunFormat.buffer(encoded);
        for (Map.Entry<String, Long> entry : numbers.entrySet()) {
            byte[] name = entry.getKey().getBytes(StandardCharsets.UTF_8);
            target.putLong(entry.getValue()).putInt(name.length).put(name);
        }
        return encoded;
    }

    /// A section that is written in sequence while others are.
    private final class Section {

        private final long from;
        private final long to;
        private final byte[] blocks;
        private final ByteBuffer buffer;
        private long at;

        Section(long from, long to) {
            this.from = from;
            this.to = to;
            this.at = from;
            this.blocks = new byte[(int) Math.min(STEP_BYTES, to - from)];
            this.buffer = RunFormat.buffer(blocks);
        }

        void putLong(long value) throws IOException {
            makeRoom();
            buffer.putLong(value);
        }

        void putInt(int value) throws IOException {
            makeRoom();
            buffer.putInt(value);
        }

        /// Fills the last block up with zeros.
        void end(long bytesExpected) throws IOException {
            long bytes = at + buffer.position() - from;
            if (bytes != bytesExpected) {
                throw new IllegalStateException("A section of a run holds " + bytes + " bytes; expected "
                        + bytesExpected + " as counted before.");
            }
            while (at + buffer.position() < to) {
                buffer.put((byte) 0);
            }
            write();
        }

        private void makeRoom() throws IOException {
            if (!buffer.hasRemaining()) {
                write();
            }
        }

        private void write() throws IOException {
            int bytes = buffer.position();
            if (bytes > 0) {
                writeBlocks(at, blocks, bytes);
            }
            at += bytes;
            buffer.clear();
        }
    }
}
