package dev.everfold.log.index;

import org.jspecify.annotations.Nullable;

/// Candidates of a query, part after part.
final class QueryCandidates implements Candidates {

    private final IndexQuery query;
    private final Part[] parts;
    private final LogIndex.Range range;
    private final boolean backwards;
    private final boolean exactOnly;

    private int partsTaken;
    private @Nullable Cursor cursor;
    private long nextKey = Long.MIN_VALUE;

    QueryCandidates(IndexQuery query, Part[] parts, LogIndex.Range range, boolean backwards, boolean exactOnly) {
        this.query = query;
        this.parts = parts;
        this.range = range;
        this.backwards = backwards;
        this.exactOnly = exactOnly;
    }

    @Override
    public long next() {
        while (true) {
            Cursor now = cursor;
            long key = now == null ? Cursor.END : now.seek(nextKey);
            if (key != Cursor.END) {
                nextKey = key + 1;
                return backwards ? ~key : key;
            }
            if (partsTaken == parts.length) {
                return -1;
            }
            Part part = parts[backwards ? parts.length - 1 - partsTaken : partsTaken];
            partsTaken++;
            cursor = query.cursor(part, range, backwards, exactOnly);
        }
    }
}
