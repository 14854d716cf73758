package dev.everfold.kurrent.stream;

import dev.everfold.eventstore.AppendCondition;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.Expected;

/// Where a stream stands in its life: the fold over its metastream, and where it began; immutable.
///
/// @param stream whose; never a metastream
/// @param metaRevision revision of the last event of the metastream; -1 when it has none
/// @param json the metadata as it was written; empty when there is none
/// @param metadata what it says
/// @param isTombstoned whether the stream takes nothing any more
/// @param beginning a position below which the stream has no event; 0 when it is not known better
record Lifecycle(
        String stream, long metaRevision, Bytes json, StreamMetadata metadata, boolean isTombstoned, long beginning) {

    /// Of a stream without metadata.
    static Lifecycle fresh(String stream) {
        return new Lifecycle(stream, -1, Bytes.empty(), StreamMetadata.NONE, false, 0);
    }

    /// The same, of a stream that began there.
    Lifecycle beginningAt(long position) {
        return new Lifecycle(stream, metaRevision, json, metadata, isTombstoned, position);
    }

    /// Whether the stream is deleted, so that its next append begins it anew.
    boolean isDeleted() {
        return metadata.isDeleted();
    }

    /// Holds while nobody changed the stream's metadata, deleted it or gave it a tombstone.
    AppendCondition.StreamAt unchanged() {
        Expected expected = metaRevision < 0 ? Expected.noStream() : Expected.revision(metaRevision);
        return new AppendCondition.StreamAt(StreamNames.metastreamOf(stream), expected);
    }
}
