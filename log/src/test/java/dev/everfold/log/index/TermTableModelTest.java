package dev.everfold.log.index;

import java.util.ArrayList;
import java.util.List;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// One thread adds to a [TermTable] and others read: every interleaving of a few operations is one that could
/// have happened one after another.
///
/// The table begins just before a larger array of slots and a larger extent are needed, so that readers
/// meet both moves.
@Tag("lock-free")
@Param(name = "term", gen = IntGen.class, conf = "0:3")
public class TermTableModelTest {

    /// The first two are there already; the others are new, and the last one makes the slots grow.
    private static final long[] TERMS = {1, 2, 16, 17};

    private final TermTable table = new TermTable();

    // Owned by the adding thread.
    private int nextOffset;

    public TermTableModelTest() {
        for (int term = 1; term <= 10; term++) {
            table.add(term, nextOffset++);
        }
        for (int i = 0; i < 3; i++) {
            table.add(1, nextOffset++);
        }
    }

    @Operation(nonParallelGroup = "writer")
    public boolean add(@Param(name = "term") int term) {
        return table.add(TERMS[term], nextOffset++);
    }

    @Operation
    public List<Long> find(@Param(name = "term") int term) {
        Postings postings = table.find(TERMS[term], 1_000);
        List<Long> positions = new ArrayList<>();
        for (int i = 0; postings != null && i < postings.count(); i++) {
            positions.add(postings.at(i));
        }
        return positions;
    }

    @Operation
    public int last(@Param(name = "term") int term) {
        long value = table.value(TERMS[term]);
        return value == 0 ? -1 : table.lastOf(value);
    }

    @Test
    void readers_see_every_addition_whole_or_not_at_all() {
        new ModelCheckingOptions()
                .threads(2)
                .actorsBefore(0)
                .actorsPerThread(3)
                .actorsAfter(1)
                .iterations(12)
                .invocationsPerIteration(150)
                .check(TermTableModelTest.class);
    }
}
