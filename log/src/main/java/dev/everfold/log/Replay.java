package dev.everfold.log;

import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.Tracking;
import dev.everfold.log.index.LogIndex;
import dev.everfold.log.segment.AppendFormat;
import dev.everfold.log.segment.FrameScanner;
import dev.everfold.log.segment.LogEnd;
import dev.everfold.log.segment.Segment;
import dev.everfold.log.segment.SegmentFormat;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/// Adds frames that the index does not cover to it: the same for a writer after recovery and for a
/// follower.
final class Replay implements AppendFormat.Visitor {

    private static final int CHUNK_BYTES = 1 << 20;

    private final LogIndex index;
    private final Map<String, Long> tracked;

    /// @param tracked receives the last tracked position of each source
    Replay(LogIndex index, Map<String, Long> tracked) {
        this.index = index;
        this.tracked = tracked;
    }

    /// Adds all frames below `end` that the index does not cover.
    ///
    /// @return how many events were added
    static long run(List<Segment> segments, LogEnd end, LogIndex index, Map<String, Long> tracked) throws IOException {
        Replay replay = new Replay(index, tracked);
        long before = index.nextPosition();
        for (Segment segment : segments) {
            if (segment.end().frames() > index.nextFrame()) {
                replay.add(segment, end.frames());
            }
        }
        return index.nextPosition() - before;
    }

    /// Adds the frame at which the scanner stands.
    void addFrame(FrameScanner scanner) {
        scanner.visit(this);
        index.endFrame(scanner.header().frame() + 1);
    }

    @Override
    public void append(AppendFormat.Header header, long fromPosition) {
        index.addAppend(
                header.id().getMostSignificantBits(),
                header.id().getLeastSignificantBits(),
                fromPosition,
                header.eventCount());
        header.tracking().ifPresent(this::track);
    }

    @Override
    public void record(byte[] buffer, int offset, long position) {
        index.add(RecordedEvent.view(buffer, offset));
    }

    private void track(Tracking tracking) {
        index.addTracking(tracking.source(), tracking.position());
        tracked.put(tracking.source(), tracking.position());
    }

    /// Adds the frames of a segment below `toFrame` that the index does not hold yet. It may be repeated when
    /// a file could not be read.
    void add(Segment segment, long toFrame) throws IOException {
        FrameScanner scanner =
                new FrameScanner(segment::read, segment.header().alignment(), SegmentFormat.HEADER_BYTES, CHUNK_BYTES);
        long frames = segment.header().start().frames();
        while (frames < Math.min(segment.end().frames(), toFrame)) {
            if (!scanner.isAtFrame()) {
                throw SegmentFormat.corrupt(
                        segment.name(), scanner.offset(), "frame " + frames + " expected, none found");
            }
            if (frames >= index.nextFrame()) {
                addFrame(scanner);
            }
            scanner.skipFrame();
            frames++;
        }
    }
}
