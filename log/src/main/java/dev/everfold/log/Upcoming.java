package dev.everfold.log;

import dev.everfold.log.index.Candidates;
import dev.everfold.log.index.CorruptIndexException;
import dev.everfold.log.segment.RecordReader;
import org.jspecify.annotations.Nullable;

/// Candidates, taken in groups that grow, so that the reader of records knows what it is going to be asked
/// for. A group is small at first: who stops early has paid for little that it did not want.
final class Upcoming {

    private static final int FIRST = 4;

    private final Candidates candidates;
    private final RecordReader records;
    private final long[] positions = new long[RecordReader.EXPECTED_MAX];
    private int groupMax = FIRST;
    private int count;
    private int taken;
    private @Nullable CorruptIndexException damage;

    Upcoming(Candidates candidates, RecordReader records) {
        this.candidates = candidates;
        this.records = records;
    }

    /// The next candidate; −1 when there is none.
    ///
    /// @param wanted how many events the reader still wants, 1 or more
    /// @throws CorruptIndexException as [Candidates#next], once all before are returned
    long next(long wanted) {
        if (taken == count) {
            fill((int) Math.min(wanted, groupMax));
        }
        return taken == count ? -1 : positions[taken++];
    }

    private void fill(int most) {
        if (damage != null) {
            throw damage;
        }
        count = 0;
        taken = 0;
        groupMax = Math.min(groupMax * 2, positions.length);
        try {
            while (count < most) {
                long position = candidates.next();
                if (position < 0) {
                    break;
                }
                positions[count++] = position;
            }
        } catch (CorruptIndexException found) {
            if (count == 0) {
                throw found;
            }
            damage = found;
        }
        if (count > 1) {
            records.expect(positions, count);
        }
    }
}
