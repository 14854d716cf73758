package dev.everfold.log.index;

import java.util.ArrayList;
import java.util.List;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// One thread adds to an [AppendLog] and others read: every interleaving of a few operations is one that could
/// have happened one after another.
///
/// The log begins at the end of a page, so that readers meet a new page and a larger directory of pages.
@Tag("lock-free")
public class AppendLogModelTest {

    private static final int THERE = 255;

    private final AppendLog log = new AppendLog();

    // Owned by the adding thread.
    private long next = THERE;

    public AppendLogModelTest() {
        for (int i = 0; i < THERE; i++) {
            log.add(i, -i, 10L * i, 1);
        }
    }

    @Operation(nonParallelGroup = "writer")
    public void add() {
        log.add(next, -next, 10 * next, 2);
        next++;
    }

    @Operation
    public int count() {
        return log.count();
    }

    @Operation
    public int before() {
        return log.before(Long.MAX_VALUE);
    }

    @Operation
    public List<Long> read() {
        List<Long> seen = new ArrayList<>();
        log.forEach(THERE - 1, (idMost, idLeast, fromPosition, events) -> {
            seen.add(idMost + idLeast);
            seen.add(fromPosition);
            seen.add((long) events);
        });
        return seen;
    }

    @Test
    void readers_see_every_append_whole_or_not_at_all() {
        new ModelCheckingOptions()
                .threads(2)
                .actorsBefore(0)
                .actorsPerThread(3)
                .actorsAfter(1)
                .iterations(12)
                .invocationsPerIteration(150)
                .check(AppendLogModelTest.class);
    }
}
