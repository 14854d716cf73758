package dev.everfold.log.segment;

import java.util.Optional;

/// Where a log stands after a frame, and so what the next frame must say of itself.
///
/// @param frames number of frames so far
/// @param nextPosition number of events so far
/// @param appends number of accepted appends so far
/// @param checksum of the last frame; 0 in an empty log
public record LogEnd(long frames, long nextPosition, long appends, int checksum) {

    /// An empty log.
    public static final LogEnd EMPTY = new LogEnd(0, 0, 0, 0);

    /// Where the log stands after this frame.
    public LogEnd after(FrameFormat.Header frame) {
        return new LogEnd(frame.frame() + 1, frame.toPosition(), frame.toAppend(), frame.checksum());
    }

    /// What keeps a whole frame from being the next one of this log; empty when it is.
    public Optional<String> mismatch(FrameFormat.Header next) {
        if (next.frame() != frames) {
            return Optional.of("frame " + frames + " expected, " + next.frame() + " found");
        }
        if (next.fromPosition() != nextPosition || next.fromAppend() != appends) {
            return Optional.of("position " + nextPosition + " and append " + appends + " expected, "
                    + next.fromPosition() + " and " + next.fromAppend() + " found");
        }
        if (next.previousChecksum() != checksum) {
            return Optional.of("a frame after checksum " + hex(checksum) + " expected, one after "
                    + hex(next.previousChecksum()) + " found");
        }
        return Optional.empty();
    }

    static String hex(int checksum) {
        return "0x" + String.format("%08x", checksum);
    }
}
