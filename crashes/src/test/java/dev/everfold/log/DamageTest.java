package dev.everfold.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// Bytes that rot, and frames and index runs where they do not belong: see [DamageSweep].
///
/// System property: `everfold.seed` runs another seed.
@Timeout(240)
@ExtendWith(QuietLog.class)
class DamageTest {

    private static final long SEED = Long.getLong("everfold.seed", 4);

    @Test
    void nothing_that_is_damaged_is_served_as_good() throws IOException {
        DamageSweep sweep = new DamageSweep(SEED, 24);
        sweep.run();

        ReliabilityReport.section("Damaged bytes", sweep.lines());
        assertThat(sweep.outcomes()).hasSize(18);
        assertThat(sweep.outcomes().get("earlier frame over the last one").detected())
                .isEqualTo(
                        sweep.outcomes().get("earlier frame over the last one").damaged());
    }
}
