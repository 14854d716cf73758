package dev.everfold.cli;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// Input compressed by gzip that is read to its end or fails.
///
/// The JDK's takes whatever follows a part and does not begin another one for the end of the input, so that a file
/// whose next part is damaged or cut off at its beginning would pass for whole. Zeros at the end are no matter: what
/// writes in blocks adds them. For one thread.
final class GzipInput extends GZIPInputStream {

    private static final int BUFFER_BYTES = 1 << 16;
    /// Checksum and length, behind the compressed data of a part.
    private static final int TRAILER_BYTES = 8;

    private final Counted compressed;
    private long filledTo;

    private GzipInput(Counted compressed) throws IOException {
        super(compressed, BUFFER_BYTES);
        this.compressed = compressed;
    }

    /// @throws IOException when the first part does not begin as it should
    static GzipInput of(InputStream compressed) throws IOException {
        return new GzipInput(new Counted(compressed));
    }

    @Override
    protected void fill() throws IOException {
        super.fill();
        filledTo = compressed.count;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
        int count = super.read(bytes, from, length);
        if (count < 0) {
            requireEnd();
        }
        return count;
    }

    /// The last part ends at what its data left of the buffer, and its trailer.
    private void requireEnd() throws IOException {
        long end = filledTo - inf.getRemaining() + TRAILER_BYTES;
        byte[] rest = new byte[TRAILER_BYTES];
        while (compressed.nonZeroTo <= end) {
            if (compressed.read(rest, 0, rest.length) < 0) {
                return;
            }
        }
        throw new ZipException("what follows the compressed data is no more of it");
    }

    /// How much was read, and where the last byte ends that is not zero.
    private static final class Counted extends FilterInputStream {

        private long count;
        private long nonZeroTo;

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            if (read >= 0) {
                count++;
                nonZeroTo = read == 0 ? nonZeroTo : count;
            }
            return read;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            int read = super.read(bytes, from, length);
            for (int at = read - 1; at >= 0; at--) {
                if (bytes[from + at] != 0) {
                    nonZeroTo = count + at + 1;
                    break;
                }
            }
            count += Math.max(read, 0);
            return read;
        }
    }
}
