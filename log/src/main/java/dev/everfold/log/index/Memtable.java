package dev.everfold.log.index;

import dev.everfold.eventstore.RecordedEvent;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The newest part of the index, in memory: one thread adds, others read without a lock.
///
/// It begins with a few hundred bytes and grows with what is added. Once frozen it never changes.
final class Memtable implements Part, RunSource {

    private final TermHash terms;
    private final IndexOptions options;
    private final RunFormat.Info begin;
    private final TypeCounts counts;
    private final TermTable table = new TermTable();
    private final AppendLog appends = new AppendLog();
    private final Map<String, Long> trackings = new ConcurrentHashMap<>();

    // Made once, so that adding an event allocates nothing.
    private final RecordedEvent.SliceConsumer addStream = this::addStream;
    private final RecordedEvent.SliceConsumer addType = this::addType;
    private final RecordedEvent.SliceConsumer addTag = this::addTag;

    // Owned by the adding thread.
    private int offset;
    private int postings;
    private int trackingsAdded;

    // Published to readers.
    private volatile int events;
    private volatile long toFrame;

    /// An empty memtable.
    ///
    /// @param begin the store, and where the memtable begins; where it ends is not known yet
    /// @param counts what the events are counted in
    Memtable(TermHash terms, IndexOptions options, RunFormat.Info begin, TypeCounts counts) {
        this.terms = terms;
        this.options = options;
        this.begin = begin;
        this.counts = counts;
        this.toFrame = begin.fromFrame();
    }

    /// Adds the next event.
    void add(RecordedEvent event) {
        offset = events;
        event.withStream(addStream);
        event.withType(addType);
        event.forEachTag(addTag);
        addTerm(terms.id(event.idMost(), event.idLeast()));
        if (event.revision() == 0) {
            addTerm(terms.firstOfStream());
            counts.addStream();
        }
        events = offset + 1;
    }

    void addAppend(long idMost, long idLeast, long fromPosition, int count) {
        appends.add(idMost, idLeast, fromPosition, count);
    }

    void addTracking(String source, long position) {
        trackings.put(source, position);
        trackingsAdded++;
    }

    /// Everything before this frame has been added.
    void endFrame(long frame) {
        toFrame = frame;
    }

    /// Whether it has reached one of its limits.
    boolean isFull() {
        return events >= options.memtableEventsMax()
                || postings >= options.memtablePostingsMax()
                || appends.count() + trackingsAdded >= options.memtableAppendsMax();
    }

    int events() {
        return events;
    }

    TypeCounts counts() {
        return counts;
    }

    @Override
    public long fromPosition() {
        return begin.fromPosition();
    }

    @Override
    public long toPosition() {
        return begin.fromPosition() + events;
    }

    @Override
    public long fromFrame() {
        return begin.fromFrame();
    }

    @Override
    public long toFrame() {
        return toFrame;
    }

    @Override
    public @Nullable Postings find(long term) {
        return table.find(term, begin.fromPosition());
    }

    @Override
    public long lastBelow(long term, long end) {
        long value = table.value(term);
        if (value == 0) {
            return -1;
        }
        long last = begin.fromPosition() + table.lastOf(value);
        return last < end ? last : Part.super.lastBelow(term, end);
    }

    @Override
    public int appends() {
        return appends.count();
    }

    @Override
    public void forEachAppend(int fromIndex, LogIndex.AppendConsumer consumer) {
        appends.forEach(fromIndex, consumer);
    }

    int appendsBefore(long position) {
        return appends.before(position);
    }

    @Override
    public void addTrackingsTo(Map<String, Long> target) {
        target.putAll(trackings);
    }

    @Override
    public RunFormat.Info info() {
        return begin.until(toPosition(), toFrame);
    }

    @Override
    public Contents contents() {
        TreeMap<String, Long> types = new TreeMap<>();
        counts.addTo(types);
        int remembered = Math.min(appends.count(), options.rememberedAppendsMax());
        return new Contents(
                table.terms(),
                table.extentOffsets(),
                counts.streams(),
                remembered,
                appends.count() - remembered,
                new TreeMap<>(trackings),
                types);
    }

    @Override
    public void writeTo(RunWriter writer) throws IOException {
        for (int shard = 0; shard < table.shards(); shard++) {
            for (long term : table.sortedTerms(shard)) {
                long value = table.value(term);
                int count = TermTable.countOf(value);
                writer.term(term, count);
                for (int i = 0; i < count; i++) {
                    writer.posting(table.at(value, i));
                }
            }
        }
        int dropped = Math.max(0, appends.count() - options.rememberedAppendsMax());
        writer.appends(sink -> appends.forEach(dropped, sink));
    }

    private void addStream(byte[] buffer, int at, int length) {
        addTerm(terms.stream(buffer, at, length));
        addTerm(terms.categoryOf(buffer, at, length));
    }

    private void addType(byte[] buffer, int at, int length) {
        long term = terms.type(buffer, at, length);
        addTerm(term);
        counts.add(term, buffer, at, length);
    }

    private void addTag(byte[] buffer, int at, int length) {
        addTerm(terms.tag(buffer, at, length));
    }

    private void addTerm(long term) {
        if (table.add(term, offset)) {
            postings++;
        }
    }
}
