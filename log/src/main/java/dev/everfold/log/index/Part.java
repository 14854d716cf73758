package dev.everfold.log.index;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A range of positions with all that the index knows of it. Parts are adjacent: where one ends the
/// next begins.
sealed interface Part permits RunFile, Memtable, Part.Clipped {

    /// First position.
    long fromPosition();

    /// Position after the last; grows while the part is the active memtable.
    long toPosition();

    /// First commit frame.
    long fromFrame();

    /// Commit frame after the last.
    long toFrame();

    /// Where the term stands; null when nowhere.
    @Nullable
    Postings find(long term);

    /// The newest position below `end` at which the term stands; −1 when there is none.
    default long lastBelow(long term, long end) {
        Postings postings = find(term);
        int rank = postings == null ? 0 : postings.rank(end);
        return postings == null || rank == 0 ? -1 : postings.at(rank - 1);
    }

    /// How many appends are remembered.
    int appends();

    /// Hands over the remembered appends from this index on, oldest first.
    void forEachAppend(int fromIndex, LogIndex.AppendConsumer consumer);

    /// Adds the tracking positions of the part, replacing older ones.
    void addTrackingsTo(Map<String, Long> trackings);

    /// A memtable whose older positions are covered by a run already: what it holds of them is
    /// hidden.
    record Clipped(Memtable memtable, long fromPosition, long fromFrame) implements Part {
        @Override
        public long toPosition() {
            return memtable.toPosition();
        }

        @Override
        public long toFrame() {
            return memtable.toFrame();
        }

        @Override
        public @Nullable Postings find(long term) {
            Postings postings = memtable.find(term);
            int hidden = postings == null ? 0 : postings.rank(fromPosition);
            if (postings == null || hidden == postings.count()) {
                return null;
            }
            return hidden == 0 ? postings : new Postings.Tail(postings, hidden);
        }

        @Override
        public int appends() {
            return memtable.appends() - hiddenAppends();
        }

        @Override
        public void forEachAppend(int fromIndex, LogIndex.AppendConsumer consumer) {
            memtable.forEachAppend(hiddenAppends() + fromIndex, consumer);
        }

        @Override
        public void addTrackingsTo(Map<String, Long> trackings) {
            memtable.addTrackingsTo(trackings);
        }

        private int hiddenAppends() {
            return memtable.appendsBefore(fromPosition);
        }
    }
}
