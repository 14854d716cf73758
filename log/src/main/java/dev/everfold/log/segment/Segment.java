package dev.everfold.log.segment;

import java.io.IOException;

/// A part of the log that can be read by position.
///
/// Safe for use by many threads. Readers ask only for positions that were published.
public sealed interface Segment extends AutoCloseable permits OpenSegment, SealedSegment {

    /// Name of its file.
    String name();

    /// What it says of itself at its beginning.
    SegmentFormat.Header header();

    /// Where the log stands after its last frame.
    LogEnd end();

    /// Where its last frame ends.
    long framesEnd();

    /// Where the record of the event at this position begins.
    long offset(long position);

    /// Reads bytes of its file; fewer than asked for only at its end.
    ///
    /// @throws java.nio.channels.ClosedChannelException when it was closed, for example because it was
    ///     sealed
    int read(long offset, byte[] target, int targetOffset, int length) throws IOException;

    /// Position of its first event.
    default long fromPosition() {
        return header().start().nextPosition();
    }

    /// An offset at or after the end of the record at this position, and close to it.
    default long recordLimit(long position) {
        return position + 1 < end().nextPosition() ? offset(position + 1) : framesEnd();
    }

    /// Length of its file in bytes.
    long bytes() throws IOException;

    @Override
    void close() throws IOException;
}
