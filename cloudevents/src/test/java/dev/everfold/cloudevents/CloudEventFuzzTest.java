package dev.everfold.cloudevents;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.sun.management.ThreadMXBean;
import dev.everfold.eventstore.EventFormat;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.RecordedEvent;
import java.lang.management.ManagementFactory;

/// Any line is an event that is written and read the same again, or is refused in our words.
class CloudEventFuzzTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int ALLOCATED_BYTES_MAX = 4 << 20;

    @FuzzTest(maxDuration = "60s")
    void any_line_is_an_event_that_reads_the_same_again_or_is_refused(byte[] line) {
        checkAllocation(line);
        NewEvent event;
        try {
            event = read(line);
        } catch (CloudEventException refused) {
            assertThat(refused.getMessage()).isNotEmpty();
            return;
        }

        String written = CloudEvents.format(recorded(event));
        assertThat(CloudEvents.parse(written)).isEqualTo(event);
        assertThat(CloudEvents.format(recorded(CloudEvents.parse(written)))).isEqualTo(written);
    }

    /// At most twice, since what is done for the first time loads classes.
    private static void checkAllocation(byte[] line) {
        long max = ALLOCATED_BYTES_MAX + 64L * line.length;
        if (allocatedBytes(line) > max) {
            assertThat(allocatedBytes(line))
                    .as("bytes allocated for a line of " + line.length + " bytes")
                    .isLessThan(max);
        }
    }

    private static long allocatedBytes(byte[] line) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        try {
            read(line);
        } catch (CloudEventException refused) {
            assertThat(refused.getMessage()).isNotEmpty();
        }
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    private static NewEvent read(byte[] line) {
        CloudEventReader reader = new CloudEventReader();
        reader.begin(line, 0, line.length);
        return reader.read(0, line.length);
    }

    private static RecordedEvent recorded(NewEvent event) {
        byte[] record = EventFormat.encode(event);
        EventFormat.place(record, 0, new EventFormat.Place(0, 0, 1_000_000));
        return RecordedEvent.view(record, 0);
    }
}
