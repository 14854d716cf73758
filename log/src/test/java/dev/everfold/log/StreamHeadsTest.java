package dev.everfold.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StreamHeadsTest {

    private static final int GENERATION_STREAMS = 1 << 19;

    private final StreamHeads heads = new StreamHeads();

    @Test
    void what_is_known_is_right_whatever_hashes_collide() {
        SplittableRandom random = new SplittableRandom(1);
        Map<String, Long> model = new HashMap<>();
        for (int step = 0; step < 50_000; step++) {
            String stream = "stream-" + random.nextInt(2_000);
            if (random.nextInt(3) == 0) {
                long revision = random.nextLong(-1, 1_000);
                put(stream, revision);
                model.put(stream, revision);
            } else {
                assertThat(get(stream)).as(stream).isEqualTo(model.getOrDefault(stream, StreamHeads.UNKNOWN));
            }
        }
    }

    @Test
    void revisions_are_given_out_in_sequence() {
        byte[] name = bytes("order-1");

        assertThat(heads.next(7, name, 0, name.length)).isEqualTo(StreamHeads.UNKNOWN);
        heads.put(7, name, 0, name.length, -1);
        assertThat(heads.next(7, name, 0, name.length)).isZero();
        assertThat(heads.next(7, name, 0, name.length)).isEqualTo(1);
        assertThat(heads.lastRevision(7, name, 0, name.length)).isEqualTo(1);
    }

    @Test
    void a_name_is_taken_from_the_middle_of_a_buffer_and_copied() {
        byte[] buffer = bytes("xxorder-1yy");
        heads.put(7, buffer, 2, 7, 5);
        buffer[3] = '?';

        assertThat(heads.lastRevision(7, bytes("order-1"), 0, 7)).isEqualTo(5);
        assertThat(heads.lastRevision(7, bytes("order-2"), 0, 7)).isEqualTo(StreamHeads.UNKNOWN);
        assertThat(heads.lastRevision(7, bytes("order-"), 0, 6)).isEqualTo(StreamHeads.UNKNOWN);
    }

    @Test
    void streams_that_nobody_asks_for_are_forgotten_and_those_in_use_stay() {
        put("first", 3);
        put("busy", 4);
        for (int number = 0; number < 3 * GENERATION_STREAMS; number++) {
            put("stream-" + number, number);
            if (number % 50_000 == 0) {
                assertThat(get("busy")).isEqualTo(4);
            }
            assertThat(get("stream-" + number)).isEqualTo(number);
        }

        assertThat(get("first")).isEqualTo(StreamHeads.UNKNOWN);
        assertThat(get("busy")).isEqualTo(4);
    }

    @Test
    void a_revision_that_moved_to_the_younger_half_goes_on_there() {
        put("busy", 4);
        for (int number = 0; number < GENERATION_STREAMS; number++) {
            put("stream-" + number, number);
        }

        byte[] name = bytes("busy");
        assertThat(heads.next(hash("busy"), name, 0, name.length)).isEqualTo(5);
        assertThat(get("busy")).isEqualTo(5);
    }

    private void put(String stream, long revision) {
        byte[] name = bytes(stream);
        heads.put(hash(stream), name, 0, name.length, revision);
    }

    private long get(String stream) {
        byte[] name = bytes(stream);
        return heads.lastRevision(hash(stream), name, 0, name.length);
    }

    /// Several streams share each hash.
    private static long hash(String stream) {
        return (long) (stream.hashCode() >> 2) << 20;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
