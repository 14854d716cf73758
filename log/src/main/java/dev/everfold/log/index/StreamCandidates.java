package dev.everfold.log.index;

import java.util.ArrayList;
import java.util.List;

/// Positions of one term by rank: the postings of all parts, one behind the other.
final class StreamCandidates implements Candidates {

    private final List<Postings> postings;

    /// Rank of the first posting of each, and behind them that of the end.
    private final long[] firstRank;

    private final long endRank;
    private final int step;
    private long rank;
    private int at;

    private StreamCandidates(List<Postings> postings, long[] firstRank, long rank, long endRank, int step) {
        this.postings = postings;
        this.firstRank = firstRank;
        this.rank = rank;
        this.endRank = endRank;
        this.step = step;
        this.at = step > 0 ? 0 : postings.size() - 1;
    }

    /// The positions with these ranks; forwards all from the first rank on. See
    /// [LogIndex#revisions].
    static StreamCandidates of(Part[] parts, long term, LogIndex.Range ranks, long end, boolean backwards) {
        List<Postings> found = new ArrayList<>();
        long[] firstRank = new long[parts.length + 1];
        long total = 0;
        for (Part part : parts) {
            Postings postings = part.fromPosition() < end ? part.find(term) : null;
            if (postings != null) {
                // Counted below the snapshot: the writer may have added the next event to the list already.
                total += postings.rank(end);
                found.add(postings);
                firstRank[found.size()] = total;
            }
        }
        return backwards
                ? new StreamCandidates(found, firstRank, Math.min(ranks.to(), total) - 1, ranks.from() - 1, -1)
                : new StreamCandidates(found, firstRank, ranks.from(), total, 1);
    }

    @Override
    public long next() {
        if (step > 0 ? rank >= endRank : rank <= endRank) {
            return -1;
        }
        while (rank < firstRank[at] || rank >= firstRank[at + 1]) {
            at += step;
        }
        long position = postings.get(at).at((int) (rank - firstRank[at]));
        rank += step;
        return position;
    }
}
