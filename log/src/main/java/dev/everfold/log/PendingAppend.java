package dev.everfold.log;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventFormat;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.OutcomeUnknownException;
import dev.everfold.log.index.TermHash;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// An append on its way through the writer: encoded in the caller's thread, answered by the writer's.
final class PendingAppend {

    private final Append append;
    private final byte[][] records;
    private final long[] streamHashes;
    private final List<PreparedCondition> conditions;
    private final int recordBytes;
    private final int frameBytes;
    private final long stampMicros;

    // Written by the caller before it is queued.
    private final @Nullable Thread waiter;
    private final @Nullable CompletableFuture<Appended> future;

    // Written once, by the writer.
    private volatile @Nullable Answer answer;

    /// What the writer decided.
    private sealed interface Answer {
        record Accepted(Appended appended) implements Answer {}

        record Refused(EventStoreException exception) implements Answer {}
    }

    private PendingAppend(
            Append append,
            TermHash terms,
            long stampMicros,
            @Nullable Thread waiter,
            @Nullable CompletableFuture<Appended> future) {
        this.append = append;
        this.stampMicros = stampMicros;
        this.waiter = waiter;
        this.future = future;
        List<NewEvent> events = append.events();
        this.records = new byte[events.size()][];
        this.streamHashes = new long[records.length];
        int bytes = 0;
        for (int i = 0; i < records.length; i++) {
            byte[] record = EventFormat.encode(events.get(i));
            streamHashes[i] = terms.stream(record, EventFormat.HEADER_BYTES, EventFormat.streamBytes(record, 0));
            records[i] = record;
            bytes += record.length;
        }
        this.recordBytes = bytes;
        int sourceBytesMax = append.tracking()
                .map(tracking -> tracking.source().length() * 3)
                .orElse(0);
        this.frameBytes = bytes + Batch.overheadBytes(sourceBytesMax);
        this.conditions = PreparedCondition.of(terms, append.conditions());
    }

    /// One that the calling thread is going to wait for.
    static PendingAppend waitedForBy(Thread waiter, Append append, TermHash terms, long stampMicros) {
        return new PendingAppend(append, terms, stampMicros, waiter, null);
    }

    /// One that completes a future.
    static PendingAppend completing(
            CompletableFuture<Appended> future, Append append, TermHash terms, long stampMicros) {
        return new PendingAppend(append, terms, stampMicros, null, future);
    }

    Append append() {
        return append;
    }

    /// Records in the order of the events, without their places.
    byte[][] records() {
        return records;
    }

    /// Hash of each event's stream.
    long[] streamHashes() {
        return streamHashes;
    }

    /// The conditions, their names hashed.
    List<PreparedCondition> conditions() {
        return conditions;
    }

    /// What it takes in a frame, at most, in bytes.
    int frameBytes() {
        return frameBytes;
    }

    /// What it takes in memory while it waits, about: records, and 128 bytes a condition or term of a
    /// query.
    int queuedBytes() {
        long terms = 0;
        for (PreparedCondition condition : conditions) {
            terms += condition.terms();
        }
        return (int) Math.min(recordBytes + 128 * terms, Integer.MAX_VALUE);
    }

    /// When the request arrived, microseconds since 1970-01-01T00:00:00Z.
    long stampMicros() {
        return stampMicros;
    }

    void accept(Appended appended) {
        answer(new Answer.Accepted(appended));
    }

    void refuse(EventStoreException exception) {
        answer(new Answer.Refused(exception));
    }

    /// Waits for the writer's answer.
    ///
    /// @throws OutcomeUnknownException when the thread is interrupted before; its flag is set again
    Appended await() {
        while (answer == null) {
            LockSupport.park(this);
            if (answer == null && Thread.interrupted()) {
                Thread.currentThread().interrupt();
                throw new OutcomeUnknownException("Append " + append.id() + " was interrupted while it waited", null);
            }
        }
        return switch (answer) {
            case Answer.Accepted(Appended appended) -> appended;
            case Answer.Refused(EventStoreException exception) -> throw exception;
            case null -> throw new IllegalStateException("The answer is taken back.");
        };
    }

    private void answer(Answer decided) {
        answer = decided;
        if (waiter != null) {
            LockSupport.unpark(waiter);
        }
    }

    /// Whether its answer is waited for through a future.
    boolean hasFuture() {
        return future != null;
    }

    /// Completes the future with the answer. Runs what depends on it, so never in the writer's thread.
    void completeFuture() {
        if (future != null) {
            switch (answer) {
                case Answer.Accepted(Appended appended) -> future.complete(appended);
                case Answer.Refused(EventStoreException exception) -> future.completeExceptionally(exception);
                case null -> throw new IllegalStateException("There is no answer yet.");
            }
        }
    }
}
