/// The files of the log: [StoreFile] says whose they are, segments hold the events, frame by frame.
///
/// [FrameFormat] is the unit of group commit and of recovery; [SegmentFormat] the file around frames.
/// An [OpenSegment] is written, a [SealedSegment] never changes again, [SegmentSealer] makes the one
/// out of the other. [Segments] finds the segment of a position and [RecordReader] reads records
/// through it. [FrameScanner] walks frames for recovery, followers and verification alike.
@NullMarked
package dev.everfold.log.segment;

import org.jspecify.annotations.NullMarked;
