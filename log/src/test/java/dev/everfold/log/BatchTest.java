package dev.everfold.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventFormat;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.Tracking;
import dev.everfold.log.segment.AppendFormat;
import dev.everfold.log.segment.FrameFormat;
import dev.everfold.log.segment.LogEnd;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// Frames hold what was put into them, and no changed one is taken for whole.
class BatchTest {

    private final Batch batch = new Batch();

    @Test
    void a_frame_gives_back_what_was_put_into_it() {
        SplittableRandom random = new SplittableRandom(1);
        LogEnd end = LogEnd.EMPTY;
        for (int frame = 0; frame < 200; frame++) {
            List<AppendFormat.Header> appends = new ArrayList<>();
            List<RecordedEvent> events = new ArrayList<>();
            fill(random, end, appends, events);

            FrameFormat.Header header = batch.seal(9);

            byte[] bytes = Arrays.copyOf(batch.frame(), header.bytes());
            assertThat(end.mismatch(header)).isEmpty();
            assertThat(header.epoch()).isEqualTo(9);
            assertThat(header.appendCount()).isEqualTo(appends.size());
            assertThat(header.eventCount()).isEqualTo(events.size());
            assertThat(header.durableFrames()).isEqualTo(frame);
            assertThat(FrameFormat.bytesAt(bytes, 0)).isEqualTo(bytes.length);
            assertThat(FrameFormat.isWhole(bytes, 0, bytes.length)).isTrue();
            assertThat(FrameFormat.header(bytes, 0)).isEqualTo(header);
            assertVisited(bytes, header, appends, events);
            end = end.after(header);
        }
    }

    @Test
    void an_empty_frame_only_says_where_the_log_ends() {
        LogEnd end = new LogEnd(7, 40, 11, 0x1234);
        batch.begin(end, 0);

        FrameFormat.Header header = batch.seal(3);

        assertThat(header.bytes()).isEqualTo(FrameFormat.HEADER_BYTES + FrameFormat.TRAILER_BYTES);
        assertThat(end.after(header)).isEqualTo(new LogEnd(8, 40, 11, header.checksum()));
        assertThat(batch.isEmpty()).isTrue();
    }

    @Test
    void no_frame_with_a_changed_bit_is_whole() {
        fill(new SplittableRandom(2), LogEnd.EMPTY, new ArrayList<>(), new ArrayList<>());
        FrameFormat.Header header = batch.seal(1);
        byte[] bytes = Arrays.copyOf(batch.frame(), header.bytes());
        for (int bit = 0; bit < 8 * bytes.length; bit++) {
            bytes[bit >> 3] ^= (byte) (1 << (bit & 7));

            assertThat(isWhole(bytes)).as("bit %s", bit).isFalse();
            bytes[bit >> 3] ^= (byte) (1 << (bit & 7));
        }
        assertThat(isWhole(bytes)).isTrue();
    }

    @Test
    void a_frame_that_ends_early_is_not_whole() {
        fill(new SplittableRandom(3), LogEnd.EMPTY, new ArrayList<>(), new ArrayList<>());
        FrameFormat.Header header = batch.seal(1);
        for (int kept = 0; kept < header.bytes(); kept++) {
            byte[] cut = Arrays.copyOf(Arrays.copyOf(batch.frame(), kept), header.bytes());
            if (!Arrays.equals(cut, 0, cut.length, batch.frame(), 0, cut.length)) {
                assertThat(isWhole(cut)).as("%s bytes", kept).isFalse();
            }
        }
    }

    @Test
    void a_whole_frame_whose_counts_are_not_true_is_not_visited_to_the_end() {
        batch.begin(LogEnd.EMPTY, 4_096);
        batch.addAppend(new AppendFormat.Header(new UUID(1, 1), 1, Optional.empty()));
        add(NewEvent.of("order-1", "placed", "{}"));
        FrameFormat.Header header = batch.seal(1);
        for (FrameFormat.Header wrong : List.of(counts(header, 2, 1), counts(header, 1, 2), counts(header, 1, 0))) {
            byte[] bytes = Arrays.copyOf(batch.frame(), header.bytes());
            FrameFormat.seal(bytes, wrong);

            assertThat(isWhole(bytes)).isTrue();
            assertThat(AppendFormat.visit(bytes, 0, FrameFormat.header(bytes, 0), ignoring()))
                    .isFalse();
        }
    }

    @Test
    void an_event_in_the_batch_can_be_read_before_the_frame_is_complete() {
        batch.begin(new LogEnd(1, 5, 1, 0), 8_192);
        batch.addAppend(new AppendFormat.Header(new UUID(1, 1), 2, Optional.empty()));
        RecordedEvent first = add(NewEvent.of("order-1", "placed", "{}"));
        RecordedEvent second = add(NewEvent.of("order-2", "placed", "{}"));

        assertThat(batch.holds(4)).isFalse();
        assertThat(batch.holds(5)).isTrue();
        assertThat(batch.event(5)).isEqualTo(first);
        assertThat(batch.event(6)).isEqualTo(second);
        assertThat(batch.holds(7)).isFalse();
        assertThat(batch.nextPosition()).isEqualTo(7);
    }

    private void fill(
            SplittableRandom random, LogEnd end, List<AppendFormat.Header> appends, List<RecordedEvent> events) {
        batch.begin(end, 64 << 10);
        for (int append = random.nextInt(1, 6); append > 0; append--) {
            int count = random.nextInt(4);
            AppendFormat.Header header = new AppendFormat.Header(
                    new UUID(random.nextLong(), random.nextLong()),
                    count,
                    random.nextBoolean()
                            ? Optional.of(new Tracking("sh\u00f6p".repeat(random.nextInt(1, 9)), random.nextInt(99)))
                            : Optional.empty());
            appends.add(header);
            batch.addAppend(header);
            for (int i = 0; i < count; i++) {
                byte[] data = new byte[random.nextInt(300)];
                random.nextBytes(data);
                events.add(add(NewEvent.of("order-" + random.nextInt(9), "placed", Bytes.of(data)))
                        .detached());
            }
        }
    }

    private RecordedEvent add(NewEvent event) {
        return batch.addRecord(EventFormat.encode(event), new EventFormat.Place(batch.nextPosition(), 0, 17));
    }

    private static void assertVisited(
            byte[] bytes, FrameFormat.Header header, List<AppendFormat.Header> appends, List<RecordedEvent> events) {
        List<AppendFormat.Header> appendsFound = new ArrayList<>();
        List<RecordedEvent> eventsFound = new ArrayList<>();
        boolean whole = AppendFormat.visit(bytes, 0, header, new AppendFormat.Visitor() {
            @Override
            public void append(AppendFormat.Header found, long fromPosition) {
                assertThat(fromPosition).isEqualTo(header.fromPosition() + eventsFound.size());
                appendsFound.add(found);
            }

            @Override
            public void record(byte[] buffer, int offset, long position) {
                assertThat(EventFormat.isWhole(buffer, offset, buffer.length)).isTrue();
                assertThat(position).isEqualTo(header.fromPosition() + eventsFound.size());
                eventsFound.add(RecordedEvent.view(buffer, offset));
            }
        });
        assertThat(whole).isTrue();
        assertThat(appendsFound).isEqualTo(appends);
        assertThat(eventsFound).isEqualTo(events);
    }

    private static AppendFormat.Visitor ignoring() {
        return new AppendFormat.Visitor() {
            @Override
            public void append(AppendFormat.Header header, long fromPosition) {}

            @Override
            public void record(byte[] buffer, int offset, long position) {}
        };
    }

    private static FrameFormat.Header counts(FrameFormat.Header header, int events, int appends) {
        return new FrameFormat.Header(
                header.bytes(),
                header.frame(),
                header.epoch(),
                header.fromPosition(),
                header.fromAppend(),
                events,
                appends,
                header.durableFrames(),
                header.previousChecksum(),
                0);
    }

    private static boolean isWhole(byte[] bytes) {
        int length = FrameFormat.bytesAt(bytes, 0);
        return length > 0 && length <= bytes.length && FrameFormat.isWhole(bytes, 0, length);
    }
}
