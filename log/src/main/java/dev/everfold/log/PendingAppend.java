package dev.everfold.log;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventFormat;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.OutcomeUnknownException;
import dev.everfold.eventstore.Tracking;
import dev.everfold.log.index.TermHash;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// An append on its way through the writer: encoded in the caller's thread, answered by the writer's.
final class PendingAppend {

    private static final long NOT_BROUGHT = Long.MIN_VALUE;

    private final Append append;

    // What the writer needs of it, laid out flat: each object less on its way is one it need not fetch
    // from the cache of the processor that the caller ran on.
    private final long idMost;
    private final long idLeast;
    private final @Nullable Tracking tracking;
    private final byte[][] records;
    private final long[] streamHashes;
    private final long @Nullable [] broughtMicros;
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
        this.idMost = append.id().getMostSignificantBits();
        this.idLeast = append.id().getLeastSignificantBits();
        this.tracking = append.tracking().orElse(null);
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
        this.broughtMicros = broughtMicros(events);
        int sourceBytesMax = tracking == null ? 0 : tracking.source().length() * 3;
        this.frameBytes = bytes + Batch.overheadBytes(sourceBytesMax);
        this.conditions = PreparedCondition.of(terms, append.conditions());
    }

    private static long @Nullable [] broughtMicros(List<NewEvent> events) {
        long[] brought = null;
        for (int i = 0; i < events.size(); i++) {
            if (events.get(i).recorded().isPresent()) {
                if (brought == null) {
                    brought = new long[events.size()];
                    Arrays.fill(brought, NOT_BROUGHT);
                }
                brought[i] = micros(events.get(i).recorded().get());
            }
        }
        return brought;
    }

    private static long micros(Instant time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
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

    /// The high half of the append's id.
    long idMost() {
        return idMost;
    }

    /// The low half of the append's id.
    long idLeast() {
        return idLeast;
    }

    /// What it tracks; null when nothing.
    @Nullable
    Tracking tracking() {
        return tracking;
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

    /// Whether an event of it brings its recorded time.
    boolean bringsRecordedTimes() {
        return broughtMicros != null;
    }

    /// When the event at this index is recorded: as it brings it, or else when the request arrived but
    /// never before the last recorded time.
    long recordedMicros(int index, long lastMicros) {
        return broughtMicros == null || broughtMicros[index] == NOT_BROUGHT
                ? Math.max(lastMicros, stampMicros)
                : broughtMicros[index];
    }

    /// Lays down the answer; [#waiter] is to be woken then.
    void accept(Appended appended) {
        answer = new Answer.Accepted(appended);
    }

    /// Lays down the answer; [#waiter] is to be woken then.
    void refuse(EventStoreException exception) {
        answer = new Answer.Refused(exception);
    }

    /// The thread that waits for the answer; null when a future does.
    @Nullable
    Thread waiter() {
        return waiter;
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
