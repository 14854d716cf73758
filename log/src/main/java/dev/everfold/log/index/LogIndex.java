package dev.everfold.log.index;

import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read.Direction;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.log.storage.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Executor;

/// Which terms stand at which positions of the log.
///
/// One thread adds ([#add], [#addAppend], [#addTracking], [#endFrame], [#refresh], [#flush]), in
/// the order of the log; any number of threads ask, without locks. Who asks names the position
/// after the last event that it may see (its snapshot); what the index holds beyond is ignored, so
/// that events may be added before they are published.
///
/// The log is the only truth. What is said here is complete but not exact: hashes collide, so every
/// event found is compared with what was asked for. Counts ([#streams], [#types]), appends and
/// trackings are exact.
///
/// To close: [#stopWaiting] so that the adding thread comes free, then [#flush], then [#close].
/// Without that nothing is lost but time: what was not written is added again after the next open.
public final class LogIndex implements AutoCloseable {

    private static final Candidates NONE = () -> -1;

    private final TermHash terms;
    private final IndexOptions options;
    private final boolean writable;
    private final Storage storage;
    private final RunDirectory directory;
    private final Parts parts;
    private final Maintenance maintenance;

    /// Read-only: runs of the time of opening, and counts of everything added since. Runs that
    /// appear later cover what was counted already, and not exactly what one memtable holds.
    private final List<RunFile> countedRuns;

    private final TypeCounts countsSinceOpen = new TypeCounts();

    // Owned by the adding thread.
    private Memtable active;

    private LogIndex(
            Storage storage,
            IndexOptions options,
            TermHash terms,
            RunDirectory directory,
            List<RunFile> runs,
            boolean writable,
            Executor background) {
        this.storage = storage;
        this.options = options;
        this.terms = terms;
        this.writable = writable;
        this.directory = directory;
        this.countedRuns = runs;
        this.active = memtable(
                runs.isEmpty() ? directory.start() : runs.getLast().info().next());
        List<Part> all = new ArrayList<>(runs);
        all.add(active);
        this.parts = new Parts(all);
        this.maintenance = new Maintenance(storage, options, parts, background);
    }

    /// A half-open range of positions or revisions.
    ///
    /// @param from the first, 0 or more
    /// @param to after the last; [Long#MAX_VALUE] = no bound
    public record Range(long from, long to) {}

    /// Receives remembered appends.
    @FunctionalInterface
    public interface AppendConsumer {
        /// An append: its id in two halves, where its events begin, how many they are.
        void accept(long idMost, long idLeast, long fromPosition, int count);
    }

    /// Opens the index of a store from the runs that are there; the caller adds what comes after
    /// them.
    ///
    /// @param frameLimit commit frames from this one on do not exist: runs that reach further are
    ///     not used
    /// @param writable whether runs are written, merged and cleaned up
    /// @param background runs at most two tasks at once, one that writes and one that merges; with
    ///     one thread merges make writing wait, with `Runnable::run` the adding thread does both
    /// @throws IOException when the directory or a run cannot be read
    public static LogIndex open(
            Storage storage, IndexOptions options, UUID storeId, long frameLimit, boolean writable, Executor background)
            throws IOException {
        TermHash terms = new TermHash(storeId, options.hashMask());
        RunFormat.Info start = new RunFormat.Info(storeId, terms.probe(), 0, 0, 0, 0);
        RunDirectory directory = new RunDirectory(storage, start);
        List<RunFile> runs = directory.open(frameLimit, Map.of());
        if (writable) {
            directory.deleteOthers(runs);
        }
        LogIndex index = new LogIndex(storage, options, terms, directory, runs, writable, background);
        if (writable) {
            index.maintenance.startMerging();
        }
        return index;
    }

    /// How this store's terms are hashed.
    public TermHash terms() {
        return terms;
    }

    /// Position after the last that the runs on disk cover: after opening, the caller adds events
    /// from here on.
    public long toPosition() {
        List<RunFile> runs = parts.runs();
        return runs.isEmpty() ? 0 : runs.getLast().toPosition();
    }

    /// Commit frame after the last that the runs on disk cover: after opening, the caller adds from
    /// here on.
    public long toFrame() {
        List<RunFile> runs = parts.runs();
        return runs.isEmpty() ? 0 : runs.getLast().toFrame();
    }

    /// Position after the last event added.
    public long nextPosition() {
        Part[] all = parts.all();
        return all[all.length - 1].toPosition();
    }

    /// Commit frame after the last that was added ([#endFrame]).
    public long nextFrame() {
        Part[] all = parts.all();
        return all[all.length - 1].toFrame();
    }

    /// Adds the event at [#nextPosition()].
    public void add(RecordedEvent event) {
        if (event.position() != active.toPosition()) {
            throw new IllegalStateException("The event at position " + event.position()
                    + " was added to the index; expected the one at " + active.toPosition() + ".");
        }
        active.add(event);
    }

    /// Adds an accepted append; its events are added too, before or after, within the same frame.
    ///
    /// @param fromPosition where its events begin
    /// @param count how many events it has
    public void addAppend(long idMost, long idLeast, long fromPosition, int count) {
        active.addAppend(idMost, idLeast, fromPosition, count);
    }

    /// Adds a tracking position; a later one of the same source replaces it.
    public void addTracking(String source, long position) {
        active.addTracking(source, position);
    }

    /// Says that everything before this commit frame has been added, and nothing of it or of later
    /// ones. A memtable that is full is handed over to be written; the call then blocks while too
    /// many wait ([IndexOptions]).
    public void endFrame(long toFrame) {
        active.endFrame(toFrame);
        if (active.isFull()) {
            rotate();
            if (writable) {
                maintenance.afterRotation();
            }
        }
    }

    /// Read-only: takes over runs that another process has written of what was added here, and
    /// gives the memory back.
    ///
    /// @return whether there were any
    /// @throws IOException when the directory or a run cannot be read; nothing has changed then
    public boolean refresh() throws IOException {
        if (writable) {
            return false;
        }
        List<RunFile> before = parts.runs();
        Map<String, RunFile> known = new HashMap<>();
        before.forEach(run -> known.put(run.name(), run));
        List<RunFile> now = directory.open(active.toFrame(), known);
        if (now.isEmpty() || now.equals(before) || now.getLast().toFrame() < toFrame()) {
            return false;
        }
        parts.replaceStart(now, active);
        return true;
    }

    /// Hashes a query for [#candidates(IndexQuery, Range, Direction, boolean)].
    public IndexQuery prepare(Query query) {
        return IndexQuery.of(terms, query);
    }

    /// Where events within the range may match the query.
    public Candidates candidates(Query query, Range range, Direction direction, boolean exactOnly) {
        return candidates(prepare(query), range, direction, exactOnly);
    }

    /// Where events within the range may match the query.
    ///
    /// @param range positions; `to` at most the caller's snapshot
    /// @param exactOnly true = differs from the matches by hash collisions only; false = where more
    ///     than about every fourth position of a part matches, all its positions may be returned,
    ///     for the caller to filter while it reads in sequence
    public Candidates candidates(IndexQuery query, Range range, Direction direction, boolean exactOnly) {
        Part[] all = parts.all();
        Part newest = all[all.length - 1];
        // The usual question of an append: whether something has come since the position read a moment ago.
        if (range.from() >= newest.fromPosition() && query.endsBefore(range.from(), newest)) {
            return NONE;
        }
        return new QueryCandidates(query, all, range, direction == Direction.BACKWARDS, exactOnly);
    }

    /// Where the events of a stream with these revisions may stand.
    ///
    /// Found by rank: the event of revision r has at least rank r among the positions of the
    /// stream's term, exactly r unless hashes collide.
    /// - Forwards: begins at rank `revisions.from` and goes on to the end; the caller stops at its
    ///   last revision.
    /// - Backwards: begins at rank `revisions.to − 1`, or at the newest where there are fewer, and
    ///   ends at rank `revisions.from`. Nothing is missing when the first position holds the
    ///   stream's revision `revisions.to − 1`, or when `revisions.to` is [Long#MAX_VALUE].
    ///   Otherwise either there are fewer revisions, or hashes have collided and the wanted ones
    ///   may be of higher rank: unless the caller knows the stream's length, it asks
    ///   `candidates(Query.stream(…), new Range(0, end), BACKWARDS, true)` instead.
    ///
    /// @param end the caller's snapshot: positions from here on are ignored
    public Candidates revisions(String stream, Range revisions, long end, Direction direction) {
        return StreamCandidates.of(parts.all(), terms.stream(stream), revisions, end, direction == Direction.BACKWARDS);
    }

    /// The newest position below `end` at which the term stands; −1 when there is none. When the
    /// event there is another one whose hash collides, ask again with its position as `end`.
    ///
    /// @param term by [#terms()]
    public long lastPosition(long term, long end) {
        Part[] all = parts.all();
        for (int i = all.length - 1; i >= 0; i--) {
            if (all[i].fromPosition() < end) {
                long last = all[i].lastBelow(term, end);
                if (last >= 0) {
                    return last;
                }
            }
        }
        return -1;
    }

    /// Hands over the newest appends that are remembered, oldest first.
    public void forEachAppend(int newest, AppendConsumer consumer) {
        Part[] all = parts.all();
        int[] from = new int[all.length];
        int left = newest;
        int first = all.length;
        while (left > 0 && first > 0) {
            int count = all[--first].appends();
            from[first] = Math.max(0, count - left);
            left -= count - from[first];
        }
        for (int i = first; i < all.length; i++) {
            all[i].forEachAppend(from[i], consumer);
        }
    }

    /// The newest position of each tracked source.
    public Map<String, Long> trackings() {
        Map<String, Long> trackings = new HashMap<>();
        for (Part part : parts.all()) {
            part.addTrackingsTo(trackings);
        }
        return trackings;
    }

    /// How many streams have an event, of everything added.
    public long streams() {
        long streams = 0;
        for (Part part : counted()) {
            streams += switch (part) {
                case RunFile run -> run.layout().streams();
                case Memtable memtable -> memtable.counts().streams();
                case Part.Clipped clipped -> 0;
            };
        }
        return writable ? streams : streams + countsSinceOpen.streams();
    }

    /// How many events there are of each type, of everything added.
    public SortedMap<String, Long> types() {
        SortedMap<String, Long> types = new TreeMap<>();
        for (Part part : counted()) {
            switch (part) {
                case RunFile run -> run.addTypesTo(types);
                case Memtable memtable -> memtable.counts().addTo(types);
                case Part.Clipped clipped -> {}
            }
        }
        if (!writable) {
            countsSinceOpen.addTo(types);
        }
        return types;
    }

    /// Bytes of all runs on disk.
    public long bytes() {
        return parts.runs().stream().mapToLong(run -> run.layout().fileBytes()).sum();
    }

    /// How many runs there are.
    public int runs() {
        return parts.runs().size();
    }

    /// Writes what waits, and the active memtable when it has enough events to be worth a run
    /// ([IndexOptions#flushOnCloseEventsMin]); for a clean close, by the adding thread. A failure
    /// is told to [IndexOptions#failures] and costs time at the next open only.
    ///
    /// @param toFrame as in [#endFrame]
    public void flush(long toFrame) {
        if (writable) {
            active.endFrame(toFrame);
            if (active.events() >= options.flushOnCloseEventsMin()) {
                rotate();
            }
            maintenance.flushNow();
        }
    }

    /// Ends every wait in [#endFrame], now and later, and stops merges: the first step of closing a
    /// store, from any thread.
    public void stopWaiting() {
        maintenance.stop();
    }

    /// Sets a damaged run aside as `*.damaged`, so that the next open builds its range, and what
    /// follows, anew.
    ///
    /// @return whether it was renamed; false when it is gone already or the index is read-only
    /// @throws IOException when it could not be renamed
    public boolean quarantine(CorruptIndexException damage) throws IOException {
        return writable && maintenance.quarantine(damage);
    }

    /// Stops merges and waits for the run that is being written. What is in memory only is given
    /// up; what readers hold stays valid.
    @Override
    public void close() {
        maintenance.close();
    }

    /// Why runs that are there were not taken.
    List<CorruptIndexException> rejected() {
        return directory.rejected();
    }

    /// The runs, oldest first.
    List<RunFile> runFiles() {
        return parts.runs();
    }

    @Override
    public String toString() {
        return "LogIndex[" + storage.description() + ", runs=" + runs() + ", nextPosition=" + nextPosition() + "]";
    }

    private Iterable<? extends Part> counted() {
        return writable ? List.of(parts.all()) : countedRuns;
    }

    private void rotate() {
        active = memtable(active.info().next());
        parts.append(active);
    }

    private Memtable memtable(RunFormat.Info begin) {
        return new Memtable(terms, options, begin, writable ? new TypeCounts() : countsSinceOpen);
    }
}
