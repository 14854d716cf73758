package dev.everfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.cli.bench.Row;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class BenchTableTest {

    @Test
    void times_of_a_second_and_more_are_told_in_seconds_and_keep_to_their_columns() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        Row row = new Row(
                "Appends", "slow", "events", 324_425, 300_000, 360_000, 999_999, 1_098_908, 400, 0, 6e7, 1, 108);

        Output out = new Output(printed);
        BenchTable.print(List.of(row), out);
        out.flush();

        assertThat(printed.toString(StandardCharsets.UTF_8))
                .endsWith(
                        "slow                            324,425     -8+11% 999,999  1.10 s         400  60.0 s   1.00"
                                + "    108\n");
    }
}
