package dev.everfold.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RevisionTableTest {

    /// With few bits left many hashes are at home in one slot.
    @ParameterizedTest
    @ValueSource(longs = {-1L, 0xfffL, 0xff_ffff_ffffL, 0xffff_ffff_0000_0000L})
    void revisions_are_counted_by_stream_as_in_a_map(long mask) {
        SplittableRandom random = new SplittableRandom(mask);
        RevisionTable table = new RevisionTable();
        Map<Long, Long> model = new HashMap<>();
        for (int step = 0; step < 20_000; step++) {
            long hash = random.nextInt(4) == 0 ? 0 : random.nextInt(5_000) * 0x9e37_79b9_7f4a_7c15L & mask;

            assertThat(table.next(hash))
                    .as("step %s, hash %s", step, hash)
                    .isEqualTo(model.merge(hash, 1L, Long::sum) - 1);
        }
    }
}
