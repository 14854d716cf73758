package dev.everfold.log.index;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The model checker notices what it is there for: a log that counts an entry before it is written.
@Tag("lock-free")
public class CarelessLogModelTest {

    private final long[] entries = new long[16];
    private volatile int count;

    @Operation(nonParallelGroup = "writer")
    public void add() {
        int index = count;
        count = index + 1;
        entries[index] = 7;
    }

    @Operation
    public long last() {
        int index = count;
        return index == 0 ? -1 : entries[index - 1];
    }

    @Test
    void a_log_that_counts_before_it_writes_is_found() {
        assertThatThrownBy(() -> new ModelCheckingOptions()
                        .threads(2)
                        .actorsBefore(0)
                        .actorsPerThread(2)
                        .actorsAfter(0)
                        .iterations(10)
                        .invocationsPerIteration(150)
                        .check(CarelessLogModelTest.class))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Invalid execution results");
    }
}
