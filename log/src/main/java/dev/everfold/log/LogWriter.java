package dev.everfold.log;

import dev.everfold.eventstore.IoReason;
import dev.everfold.eventstore.OutcomeUnknownException;
import dev.everfold.eventstore.StorageFullException;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.eventstore.Tracking;
import dev.everfold.log.AppendDecisions.Decision;
import dev.everfold.log.index.LogIndex;
import dev.everfold.log.segment.FrameFormat;
import dev.everfold.log.segment.LogEnd;
import dev.everfold.log.segment.OpenSegment;
import dev.everfold.log.segment.SegmentWriter;
import dev.everfold.log.storage.NoSpaceException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The one thread that writes: it takes what waits, decides, writes one frame, syncs, publishes, answers.
///
/// The order is the promise: durable, then published, then acknowledged; a refusal is answered after
/// the frame that it was decided against is durable. There is no timer: while one frame is synced, the
/// next one gathers.
///
/// When a write or a sync fails, the engine ends: everyone who waits is told that the outcome is
/// unknown, and nothing is tried again, since after a failed sync the system may report success for
/// bytes that were lost (Rebello et al., "Can Applications Recover from fsync Failures?", USENIX ATC
/// 2020). Opening the store again tells what is there.
final class LogWriter implements Runnable {

    private static final System.Logger LOGGER = System.getLogger("dev.everfold.log");

    /// Fewer are woken without the detour.
    private static final int MANY_WAITERS = 8;

    private final LogDirectory directory;
    private final LogOptions options;
    private final AppendQueue queue;
    private final AppendDecisions decisions;
    private final LogIndex index;
    private final Published published;
    private final Map<String, Long> trackedDurably;
    private final Executor answers;
    private final long epoch;

    // Owned by the writer thread.
    private SegmentWriter segment;
    private LogEnd end;
    private boolean lastFrameProven;
    private final List<PendingAppend> gathered = new ArrayList<>();
    private final List<Decision> decided = new ArrayList<>();

    private volatile @Nullable Throwable failure;

    LogWriter(
            LogDirectory directory,
            LogOptions options,
            AppendQueue queue,
            AppendDecisions decisions,
            LogIndex index,
            Published published,
            Map<String, Long> trackedDurably,
            Executor answers,
            SegmentWriter segment,
            long epoch) {
        this.directory = directory;
        this.options = options;
        this.queue = queue;
        this.decisions = decisions;
        this.index = index;
        this.published = published;
        this.trackedDurably = trackedDurably;
        this.answers = answers;
        this.segment = segment;
        this.epoch = epoch;
        this.end = segment.segment().end();
    }

    /// Works until the queue is closed and empty, or until a failure that it cannot go on from.
    @Override
    public void run() {
        try {
            while (true) {
                if (gather()) {
                    commit();
                } else if (queue.isClosed()) {
                    queue.drained();
                    if (queue.peek() == null) {
                        break;
                    }
                } else {
                    idle();
                }
            }
            if (!lastFrameProven && end.frames() > 0) {
                writeClosingFrame();
            }
        } catch (Throwable fatal) {
            fail(fatal);
        } finally {
            segment.finish();
        }
    }

    /// Why the writer gave up; null while it has not.
    @Nullable
    Throwable failure() {
        return failure;
    }

    /// Where the log stands; for the closing thread, after the writer has ended.
    LogEnd end() {
        return end;
    }

    /// Takes what waits, up to a batch. One append that is larger makes a batch of its own.
    private boolean gather() {
        gathered.clear();
        int bytes = 0;
        int events = 0;
        PendingAppend next = queue.peek();
        while (next != null) {
            bytes += next.frameBytes();
            events += next.records().length;
            if (!gathered.isEmpty() && (bytes > options.batchBytesMax() || events > options.batchEventsMax())) {
                break;
            }
            if (queue.take(next)) {
                gathered.add(next);
            }
            next = queue.peek();
        }
        return !gathered.isEmpty();
    }

    private void commit() throws IOException {
        int bytes = 0;
        for (PendingAppend pending : gathered) {
            bytes += pending.frameBytes();
        }
        StorageFullException full = makeRoom(bytes + FrameFormat.HEADER_BYTES + FrameFormat.TRAILER_BYTES);
        decisions.batch().begin(end, full == null ? bytes : 0);
        decided.clear();
        for (PendingAppend pending : gathered) {
            decided.add(full == null ? decisions.decide(pending) : decisions.decideWithoutRoom(pending, full));
        }
        if (!decisions.batch().isEmpty()) {
            writeFrame();
            publish();
        }
        answer();
        index.endFrame(end.frames());
        segment.prepare();
    }

    /// Finds room for a frame before anything is decided, so that a full disk changes nothing.
    private @Nullable StorageFullException makeRoom(int frameBytes) throws IOException {
        try {
            if (!segment.fits(frameBytes)) {
                nextSegment();
            }
            segment.reserve(frameBytes);
            return null;
        } catch (NoSpaceException noSpace) {
            return new StorageFullException(directory.storage().description(), noSpace);
        }
    }

    private void nextSegment() throws IOException {
        OpenSegment full = segment.segment();
        SegmentWriter next = directory.createSegment(end);
        Failpoint.SEGMENT_CREATED.pass();
        segment.finish();
        directory.segments().add(next.segment());
        segment = next;
        directory.sealLater(full);
    }

    private void writeFrame() throws IOException {
        Batch batch = decisions.batch();
        CommitEvent event = new CommitEvent();
        event.begin();
        FrameFormat.Header header = batch.seal(epoch);
        Failpoint.LOG_BEFORE_WRITE.pass();
        long offset = segment.write(batch.frame(), header.bytes());
        // A crash here leaves any part of the frame. Recovery then finds no whole frame there and removes it.
        Failpoint.LOG_AFTER_WRITE.pass();
        segment.sync();
        // A crash here leaves a frame that nobody was told of. Recovery keeps it, whole.
        Failpoint.LOG_AFTER_SYNC.pass();
        event.end();
        if (event.shouldCommit()) {
            event.frame = header.frame();
            event.appends = header.appendCount();
            event.events = header.eventCount();
            event.bytes = header.bytes();
            event.commit();
        }
        batch.addTo(segment.segment(), header, offset);
        end = end.after(header);
        lastFrameProven = header.appendCount() == 0;
    }

    private void publish() {
        for (int i = 0; i < gathered.size(); i++) {
            Tracking tracking = gathered.get(i).tracking();
            if (tracking != null && decided.get(i) instanceof Decision.Accepted) {
                trackedDurably.merge(tracking.source(), tracking.position(), Math::max);
            }
        }
        published.raise(end.nextPosition());
        Failpoint.LOG_AFTER_PUBLISH.pass();
    }

    private void answer() {
        for (int i = 0; i < gathered.size(); i++) {
            switch (decided.get(i)) {
                case Decision.Accepted(var appended) -> gathered.get(i).accept(appended);
                case Decision.Repeated(var first) -> gathered.get(i).accept(first);
                case Decision.Refused(var exception) -> gathered.get(i).refuse(exception);
            }
        }
        wake(gathered);
        completeFutures(gathered);
        gathered.clear();
    }

    /// Wakes those who wait for the answers that were laid down.
    ///
    /// Many virtual threads are woken by one of their own: it puts each right where it will run, while from
    /// this thread each would go through the queue that their scheduler has for others.
    private void wake(List<PendingAppend> answered) {
        List<Thread> virtual = new ArrayList<>(answered.size());
        for (PendingAppend pending : answered) {
            Thread waiter = pending.waiter();
            if (waiter != null && waiter.isVirtual()) {
                virtual.add(waiter);
            } else if (waiter != null) {
                LockSupport.unpark(waiter);
            }
        }
        if (virtual.size() < MANY_WAITERS) {
            virtual.forEach(LockSupport::unpark);
        } else {
            Thread.startVirtualThread(() -> virtual.forEach(LockSupport::unpark));
        }
    }

    /// Futures run what depends on them, which may block, close the store or set an interrupt flag: not
    /// in this thread.
    private void completeFutures(List<PendingAppend> answered) {
        List<PendingAppend> withFutures = new ArrayList<>(0);
        for (PendingAppend pending : answered) {
            if (pending.hasFuture()) {
                withFutures.add(pending);
            }
        }
        if (!withFutures.isEmpty()) {
            answers.execute(() -> withFutures.forEach(PendingAppend::completeFuture));
        }
    }

    /// Waits for work. After a while without, an empty frame proves the last one durable, so that
    /// damage to it can be told from an unfinished write.
    private void idle() throws IOException {
        if (lastFrameProven || end.frames() == 0) {
            queue.awaitWork(Long.MAX_VALUE);
            return;
        }
        // In two halves, since a caller whose append was taken long ago may be late to wake the writer.
        for (int half = 0; half < 2 && hasNothingToDo(); half++) {
            queue.awaitWork(options.closingFrameAfter().toNanos() / 2);
        }
        if (hasNothingToDo()) {
            writeClosingFrame();
        }
    }

    private boolean hasNothingToDo() {
        return queue.peek() == null && !queue.isClosed();
    }

    private void writeClosingFrame() throws IOException {
        if (makeRoom(FrameFormat.HEADER_BYTES + FrameFormat.TRAILER_BYTES) == null) {
            decisions.batch().begin(end, 0);
            writeFrame();
            index.endFrame(end.frames());
        } else {
            lastFrameProven = true; // Not so, but a full disk is no reason to try again every few milliseconds.
        }
    }

    private void fail(Throwable fatal) {
        failure = fatal;
        for (PendingAppend pending : gathered) {
            pending.refuse(new OutcomeUnknownException(
                    "The store in " + directory.storage().description() + " failed while it wrote", fatal));
        }
        queue.close();
        queue.drained();
        for (PendingAppend pending = queue.peek(); pending != null; pending = queue.peek()) {
            if (queue.take(pending)) {
                pending.refuse(unavailable(fatal));
                gathered.add(pending);
            }
        }
        // From this very thread: what has failed may be that no other can be started.
        gathered.forEach(pending -> LockSupport.unpark(pending.waiter()));
        completeFutures(gathered);
        gathered.clear();
        // Last, since a log record goes through what is the application's own and may throw.
        LOGGER.log(
                System.Logger.Level.ERROR,
                "store failed dir=" + directory.storage().description() + " nextPosition=" + end.nextPosition(),
                fatal);
    }

    StoreUnavailableException unavailable(Throwable cause) {
        String where = directory.storage().description();
        String reason = cause instanceof IOException failure
                ? IoReason.of(failure, where).words()
                : cause.getMessage();
        return new StoreUnavailableException(
                "The store in " + where + " has failed (" + reason
                        + ") and takes no appends. Close it and open it again.",
                false,
                cause);
    }
}
