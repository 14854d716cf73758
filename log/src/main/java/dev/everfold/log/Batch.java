package dev.everfold.log;

import dev.everfold.eventstore.EventFormat;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.log.segment.AppendFormat;
import dev.everfold.log.segment.FrameFormat;
import dev.everfold.log.segment.LogEnd;
import dev.everfold.log.segment.OpenSegment;
import dev.everfold.log.segment.SegmentFormat;
import java.util.Arrays;

/// The commit frame in the making: accepted appends, encoded one after another.
///
/// Owned by the writer thread and used again for every frame.
final class Batch {

    private byte[] frame = new byte[64 << 10];
    private int[] recordAt = new int[256];
    private int length;
    private int events;
    private int appends;
    private LogEnd start = LogEnd.EMPTY;

    /// Bytes that appends take in a frame beside their records, at most.
    static int overheadBytes(int nameBytesMax) {
        return 48 + nameBytesMax;
    }

    /// Empties it.
    ///
    /// @param newStart where the log stands before this frame
    /// @param appendBytes room for appends, their headers included
    void begin(LogEnd newStart, int appendBytes) {
        start = newStart;
        length = FrameFormat.HEADER_BYTES;
        events = 0;
        appends = 0;
        int needed = FrameFormat.HEADER_BYTES + appendBytes + FrameFormat.TRAILER_BYTES + SegmentFormat.OPEN_ALIGNMENT;
        if (frame.length < needed) {
            frame = new byte[Math.max(needed, frame.length * 2)];
        }
    }

    void addAppend(AppendFormat.Header header) {
        length = AppendFormat.encode(frame, length, header);
        appends++;
    }

    /// Copies a record in and gives it its place.
    RecordedEvent addRecord(byte[] record, EventFormat.Place place) {
        System.arraycopy(record, 0, frame, length, record.length);
        EventFormat.place(frame, length, place);
        if (events == recordAt.length) {
            recordAt = Arrays.copyOf(recordAt, events * 2);
        }
        RecordedEvent event = RecordedEvent.view(frame, length);
        recordAt[events++] = length;
        length += record.length;
        return event;
    }

    /// Whether an event of this position is in it.
    boolean holds(long position) {
        return position >= start.nextPosition() && position < nextPosition();
    }

    /// An event that is in it; valid until the next [#begin].
    RecordedEvent event(long position) {
        return RecordedEvent.view(frame, recordAt[(int) (position - start.nextPosition())]);
    }

    long nextPosition() {
        return start.nextPosition() + events;
    }

    boolean isEmpty() {
        return appends == 0;
    }

    int appends() {
        return appends;
    }

    int events() {
        return events;
    }

    /// Completes the frame and returns its header.
    FrameFormat.Header seal(long epoch) {
        int bytes = length + FrameFormat.TRAILER_BYTES;
        FrameFormat.Header header = new FrameFormat.Header(
                bytes,
                start.frames(),
                epoch,
                start.nextPosition(),
                start.appends(),
                events,
                appends,
                start.frames(),
                start.checksum(),
                0);
        FrameFormat.seal(frame, header);
        return FrameFormat.header(frame, 0);
    }

    /// The bytes of the sealed frame, with room for its padding.
    byte[] frame() {
        return frame;
    }

    /// Tells the segment where the records and the frame, written at `offset`, are.
    void addTo(OpenSegment segment, FrameFormat.Header header, long offset) {
        for (int i = 0; i < events; i++) {
            segment.addRecord(start.nextPosition() + i, offset + recordAt[i]);
        }
        segment.addFrame(start.after(header), offset + header.bytes());
    }
}
