package dev.everfold.log.index;

import dev.everfold.eventstore.Query;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// A query whose names are hashed already: made once, in whichever thread, and asked often.
///
/// Immutable and safe to share. It belongs to the store whose [TermHash] made it.
public final class IndexQuery {

    /// The query's items; of each the groups, all of which must hold; of each group the terms, any
    /// of which must hold.
    private final long[][][] items;

    private final boolean everything;

    private IndexQuery(long[][][] items, boolean everything) {
        this.items = items;
        this.everything = everything;
    }

    /// Hashes the names of a query.
    public static IndexQuery of(TermHash terms, Query query) {
        long[][][] items = new long[query.items().size()][][];
        boolean everything = false;
        for (int i = 0; i < items.length; i++) {
            items[i] = groups(terms, query.items().get(i));
            everything |= items[i].length == 0;
        }
        return new IndexQuery(items, everything);
    }

    private static long[][] groups(TermHash terms, Query.Item item) {
        List<long[]> groups = new ArrayList<>(item.tags().size() + 5);
        // First what most parts do not hold, since a part without one group is done with.
        if (!item.ids().isEmpty()) {
            groups.add(group(item.ids(), id -> terms.id(id.getMostSignificantBits(), id.getLeastSignificantBits())));
        }
        item.stream().ifPresent(name -> groups.add(new long[] {terms.stream(name)}));
        item.category().ifPresent(name -> groups.add(new long[] {terms.category(name)}));
        for (String tag : item.tags()) {
            groups.add(new long[] {terms.tag(tag)});
        }
        if (item.firstOfStream()) {
            groups.add(new long[] {terms.firstOfStream()});
        }
        if (!item.types().isEmpty()) {
            groups.add(group(item.types(), terms::type));
        }
        return groups.toArray(long[][]::new);
    }

    private static <T> long[] group(Set<T> names, ToLongFunction<T> hash) {
        long[] group = new long[names.size()];
        int count = 0;
        for (T name : names) {
            group[count++] = hash.applyAsLong(name);
        }
        return group;
    }

    /// Whether a look at the newest position of each term is enough to know that nothing at or
    /// above `from` matches.
    boolean endsBefore(long from, Part part) {
        if (everything) {
            return false;
        }
        for (long[][] groups : items) {
            if (!endsBefore(from, part, groups)) {
                return false;
            }
        }
        return true;
    }

    private static boolean endsBefore(long from, Part part, long[][] groups) {
        for (long[] group : groups) {
            long last = -1;
            for (int i = 0; i < group.length && last < from; i++) {
                last = Math.max(last, part.lastBelow(group[i], Long.MAX_VALUE));
            }
            if (last < from) {
                return true;
            }
        }
        return false;
    }

    /// The candidates of one part within a range; null when there are none.
    @Nullable
    Cursor cursor(Part part, LogIndex.Range range, boolean backwards, boolean exactOnly) {
        long from = Math.max(range.from(), part.fromPosition());
        long to = Math.min(range.to(), part.toPosition());
        if (from >= to) {
            return null;
        }
        if (everything) {
            return new Cursor.OfRange(from, to, backwards);
        }
        List<Cursor> alternatives = new ArrayList<>(items.length);
        for (long[][] groups : items) {
            Cursor item = item(part, groups, new LogIndex.Range(from, to), backwards);
            if (item != null) {
                alternatives.add(item);
            }
        }
        Cursor union = union(alternatives);
        boolean isDense = union != null && !exactOnly && union.size() * 4 > to - from;
        return isDense ? new Cursor.OfRange(from, to, backwards) : union;
    }

    private static @Nullable Cursor item(Part part, long[][] groups, LogIndex.Range range, boolean backwards) {
        Cursor[] cursors = new Cursor[groups.length];
        for (int i = 0; i < groups.length; i++) {
            List<Cursor> alternatives = new ArrayList<>(groups[i].length);
            for (long term : groups[i]) {
                Postings postings = part.find(term);
                int low = postings == null ? 0 : postings.rank(range.from());
                int high = postings == null ? 0 : postings.rank(range.to());
                if (postings != null && low < high) {
                    alternatives.add(new Cursor.OfTerm(postings, low, high, backwards));
                }
            }
            Cursor union = union(alternatives);
            if (union == null) {
                return null;
            }
            cursors[i] = union;
        }
        if (cursors.length == 1) {
            return cursors[0];
        }
        Arrays.sort(cursors, Comparator.comparingLong(Cursor::size));
        return new Cursor.And(cursors);
    }

    private static @Nullable Cursor union(List<Cursor> cursors) {
        return switch (cursors.size()) {
            case 0 -> null;
            case 1 -> cursors.getFirst();
            default -> new Cursor.Or(cursors.toArray(Cursor[]::new));
        };
    }
}
