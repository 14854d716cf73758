package dev.everfold.log.segment;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Frames of any length are found again as they were written, whatever the chunks they are read in; and a
/// scan of any bytes ends.
class FrameScannerFuzzTest {

    private static final int ALIGNMENT = 64;

    @FuzzTest(maxDuration = "60s")
    void frames_are_found_again_as_they_were_written(byte[] input) throws IOException {
        List<byte[]> frames = frames(input);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        for (byte[] frame : frames) {
            file.write(frame);
            file.write(new byte[(int) Layout.align(file.size(), ALIGNMENT) - file.size()]);
        }
        byte[] content = file.toByteArray();

        FrameScanner scanner = scanner(content, input.length % 3 == 0 ? 80 : 1_000);
        for (byte[] frame : frames) {
            assertThat(scanner.isAtFrame()).isTrue();
            assertThat(scanner.frameBytes()).isEqualTo(frame);
            assertThat(scanner.hasCleanPadding()).isTrue();
            scanner.skipFrame();
        }
        assertThat(scanner.isAtFrame()).isFalse();
        walk(scanner(input, 100), input.length);
    }

    private static void walk(FrameScanner scanner, int length) throws IOException {
        int places = 1;
        do {
            if (scanner.isAtFrame()) {
                assertThat(scanner.offset() + scanner.header().bytes()).isLessThanOrEqualTo(length);
            }
            places++;
        } while (scanner.skipGap());
        assertThat(places).isLessThanOrEqualTo(2 + length / ALIGNMENT);
    }

    /// Cuts the input into what frames hold: the first byte of each piece is its length in eighths.
    private static List<byte[]> frames(byte[] input) {
        List<byte[]> frames = new ArrayList<>();
        int previous = 0;
        for (int at = 0; at < input.length; ) {
            int content = Math.min((input[at] & 0xff) * 8, (input.length - at) / 8 * 8);
            byte[] frame = new byte[FrameFormat.HEADER_BYTES + content + FrameFormat.TRAILER_BYTES];
            System.arraycopy(input, at, frame, FrameFormat.HEADER_BYTES, content);
            previous = FrameFormat.seal(
                    frame,
                    new FrameFormat.Header(frame.length, frames.size(), 1, 0, 0, 0, 0, frames.size(), previous, 0));
            frames.add(frame);
            at += content + 1;
        }
        return frames;
    }

    private static FrameScanner scanner(byte[] content, int chunkBytes) {
        return new FrameScanner(
                (offset, target, targetOffset, length) -> {
                    if (offset >= content.length) {
                        return 0;
                    }
                    byte[] found =
                            Arrays.copyOfRange(content, (int) offset, (int) Math.min(content.length, offset + length));
                    System.arraycopy(found, 0, target, targetOffset, found.length);
                    return found.length;
                },
                ALIGNMENT,
                0,
                chunkBytes);
    }
}
