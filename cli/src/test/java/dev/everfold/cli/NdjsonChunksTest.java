package dev.everfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NdjsonChunksTest {

    @Test
    void chunks_hold_whole_lines() throws IOException {
        assertThat(read("one\ntwo\nthree", 1_000, 5)).isEqualTo("[one\n][two\n][three]");
        assertThat(read("one\ntwo\nthree\n", 1_000, 100)).isEqualTo("[one\ntwo\nthree\n]");
        assertThat(read("", 1_000, 5)).isEmpty();
        assertThat(read("\n\n", 1_000, 1)).isEqualTo("[\n][\n]");
    }

    @Test
    void a_line_that_is_too_long_is_told_and_the_next_one_is_read() throws IOException {
        assertThat(read("one\n" + "x".repeat(40) + "\ntwo\nthree\n", 16, 16))
                .isEqualTo("[one\n](too long)[two\n][three\n]");
        assertThat(read("x".repeat(16) + "\ntwo", 16, 16)).isEqualTo("(too long)[two]");
        assertThat(read("x".repeat(15) + "\ntwo", 16, 16)).isEqualTo("[" + "x".repeat(15) + "\n][two]");
        assertThat(read("x".repeat(40), 16, 16)).isEqualTo("(too long)");
    }

    @Test
    void a_byte_order_mark_at_the_begin_is_left_out() throws IOException {
        assertThat(read("\ufeffone\n", 1_000, 100)).isEqualTo("[one\n]");
        assertThat(read("one\n\ufefftwo\n", 1_000, 4)).isEqualTo("[one\n][\ufefftwo\n]");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void whatever_the_pieces_in_which_it_arrives_all_lines_come_once(long seed) throws IOException {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 2_000; i++) {
            text.append(i).append("x".repeat(random.nextInt(300))).append('\n');
        }

        String read = read(text.toString(), 512, 1 + random.nextInt(700));

        assertThat(read.replace("[", "").replace("]", "")).as("seed %d", seed).isEqualTo(text.toString());
    }

    /// Chunks in brackets, of an input that hands out at most so many bytes at a time.
    private static String read(String text, int lineBytesMax, int piece) throws IOException {
        InputStream in = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)) {
            @Override
            public synchronized int read(byte[] target, int from, int count) {
                return super.read(target, from, Math.min(count, piece));
            }
        };
        NdjsonChunks chunks = new NdjsonChunks(in, lineBytesMax);
        StringBuilder read = new StringBuilder();
        while (chunks.next()) {
            if (chunks.isTooLong()) {
                read.append("(too long)");
            } else {
                read.append('[')
                        .append(new String(
                                chunks.buffer(), chunks.from(), chunks.to() - chunks.from(), StandardCharsets.UTF_8))
                        .append(']');
            }
        }
        return read.toString();
    }
}
