package dev.everfold.log;

import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.Verification.Damage;
import dev.everfold.log.index.IndexOptions;
import dev.everfold.log.index.IndexVerifier;
import dev.everfold.log.index.LogIndex;
import dev.everfold.log.segment.AppendFormat;
import dev.everfold.log.storage.Storage;
import java.io.IOException;
import java.util.List;
import java.util.UUID;

/// Verifies the index runs of a store against its events, as a part of [LogVerifier].
final class IndexVerification implements AutoCloseable {

    private final LogIndex index;
    private final IndexVerifier verifier;

    private IndexVerification(LogIndex index) {
        this.index = index;
        this.verifier = new IndexVerifier(index);
    }

    /// Opens the runs that are there, without changing any.
    static IndexVerification open(Storage storage, UUID storeId) throws IOException {
        return new IndexVerification(
                LogIndex.open(storage, IndexOptions.defaults(), storeId, Long.MAX_VALUE, false, Runnable::run));
    }

    void startFrame(long frame) {
        verifier.startFrame(frame);
    }

    void append(AppendFormat.Header header, long fromPosition) {
        verifier.append(
                header.id().getMostSignificantBits(),
                header.id().getLeastSignificantBits(),
                fromPosition,
                header.eventCount());
        header.tracking().ifPresent(tracking -> verifier.tracking(tracking.source(), tracking.position()));
    }

    void event(RecordedEvent event) {
        verifier.event(event);
    }

    int runs() {
        return index.runs();
    }

    long bytes() {
        return verifier.bytes();
    }

    /// What is wrong with the runs.
    List<Damage> finish() {
        return verifier.finish();
    }

    @Override
    public void close() {
        index.close();
    }
}
