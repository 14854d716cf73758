package dev.everfold.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.log.index.Candidates;
import dev.everfold.log.segment.RecordReader;
import dev.everfold.log.segment.Segment;
import dev.everfold.log.segment.Segments;
import dev.everfold.log.segment.StoreFile;
import dev.everfold.log.simulation.SimulatedDisk;
import java.io.IOException;
import java.util.List;
import java.util.PrimitiveIterator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class UpcomingTest {

    private static final long ALL = Long.MAX_VALUE;

    private int asked;

    @Test
    void candidates_come_in_order_each_once() throws IOException {
        Upcoming upcoming = upcoming(LongStream.range(0, 100).map(i -> i * 7L));

        for (int i = 0; i < 100; i++) {
            assertThat(upcoming.next(ALL)).isEqualTo(i * 7L);
        }
        assertThat(upcoming.next(ALL)).isEqualTo(-1);
        assertThat(upcoming.next(ALL)).isEqualTo(-1);
    }

    @Test
    void no_more_are_taken_than_are_wanted() throws IOException {
        Upcoming upcoming = upcoming(LongStream.range(0, 100));

        assertThat(upcoming.next(1)).isZero();

        assertThat(asked).isEqualTo(1);
    }

    @Test
    void few_are_taken_before_many_were_read() throws IOException {
        Upcoming upcoming = upcoming(LongStream.range(0, 100));

        assertThat(upcoming.next(ALL)).isZero();

        assertThat(asked).isEqualTo(4);
    }

    private Upcoming upcoming(LongStream positions) throws IOException {
        PrimitiveIterator.OfLong iterator = positions.iterator();
        Candidates candidates = () -> {
            asked++;
            return iterator.hasNext() ? iterator.nextLong() : -1;
        };
        SimulatedDisk disk = Stores.clean(1);
        List<Segment> segments = Recovery.run(disk, StoreFile.read(disk), false).segments();
        return new Upcoming(candidates, new RecordReader(new Segments(segments)));
    }
}
