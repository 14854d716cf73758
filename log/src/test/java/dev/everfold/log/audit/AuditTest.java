package dev.everfold.log.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.log.segment.FrameFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class AuditTest {

    private static final String SEGMENT = "/store/log-0.open";

    /// A right trace: a segment is made, its directory synced, two frames are written, synced and acknowledged.
    private static List<String> trace() {
        List<String> lines = new ArrayList<>();
        lines.add("7 openat(AT_FDCWD, \"" + hex(SEGMENT) + "\", O_WRONLY|O_CREAT|O_EXCL, 0666) = 4<" + hex(SEGMENT)
                + ">");
        lines.add("7 fsync(5<" + hex("/store") + ">) = 0");
        lines.add(write(0, 0, 2));
        lines.add("7 fdatasync(4<" + hex(SEGMENT) + "> <unfinished ...>");
        lines.add("8 write(1<" + hex("/dev/null") + ">, \"" + hex("hello\n") + "\", 6) = 6");
        lines.add("7 <... fdatasync resumed>) = 0");
        lines.add(acknowledgement(0, 2));
        lines.add(write(1, 2, 1));
        lines.add("7 fdatasync(4<" + hex(SEGMENT) + ">) = 0");
        lines.add("9 --- SIGSEGV {si_signo=SIGSEGV} ---");
        lines.add(acknowledgement(2, 1));
        lines.add("9 +++ exited with 0 +++");
        return lines;
    }

    @Test
    void a_process_that_syncs_before_it_acknowledges_passes() throws IOException {
        Audit.Report report = Audit.of(Trace.read(trace()));

        assertThat(report).isEqualTo(new Audit.Report(List.of(), 2, 2, 1, 3));
    }

    @Test
    void an_acknowledgement_before_the_return_of_the_sync_is_found() throws IOException {
        List<String> lines = trace();
        lines.add(4, lines.remove(6));

        assertThat(findings(lines))
                .containsExactly("The acknowledgement of position 0 at line 5 began before a sync of " + SEGMENT
                        + " had returned that covers the write at line 3.");
    }

    @Test
    void a_sync_that_began_before_the_write_does_not_cover_it() throws IOException {
        List<String> lines = trace();
        lines.add(2, lines.remove(3));

        assertThat(findings(lines))
                .contains("The acknowledgement of position 0 at line 7 began before a sync of " + SEGMENT
                        + " had returned that covers the write at line 4.");
    }

    @Test
    void a_sync_that_failed_covers_nothing() throws IOException {
        List<String> lines = trace();
        lines.set(8, "7 fdatasync(4<" + hex(SEGMENT) + ">) = -1 EIO (Input/output error)");

        assertThat(findings(lines))
                .containsExactly("The acknowledgement of position 2 at line 11 began before a sync of " + SEGMENT
                        + " had returned that covers the write at line 8.");
    }

    @Test
    void a_segment_whose_name_is_not_durable_is_found() throws IOException {
        List<String> lines = trace();
        lines.add(0, lines.remove(1));

        assertThat(findings(lines))
                .containsExactly(
                        "The acknowledgement of position 0 at line 7 began before a sync of the directory /store"
                                + " had returned that covers the creation of " + SEGMENT + ".",
                        "The acknowledgement of position 2 at line 11 began before a sync of the directory /store"
                                + " had returned that covers the creation of " + SEGMENT + ".");
    }

    @Test
    void a_frame_before_the_sync_of_the_one_before_is_found() throws IOException {
        List<String> lines = trace();
        lines.add(3, lines.remove(7));

        assertThat(findings(lines))
                .containsExactly("Frame 1 at line 4 was written before a sync had returned that covers the frame before"
                        + " it, at line 3.");
    }

    @Test
    void an_acknowledgement_of_what_was_never_written_is_found() throws IOException {
        List<String> lines = trace();
        lines.add(acknowledgement(3, 1));

        assertThat(findings(lines))
                .containsExactly("The acknowledgement of position 3 at line 13 has no frame: expected one that holds"
                        + " positions [3, 4).");
    }

    @Test
    void a_line_that_is_not_of_a_trace_is_refused() {
        assertThatThrownBy(() -> Trace.read(List.of("strace: attach: ptrace(PTRACE_SEIZE): not permitted")))
                .isInstanceOf(IOException.class)
                .hasMessage("Line 1 of the trace is none of strace -f -y -xx:"
                        + " strace: attach: ptrace(PTRACE_SEIZE): not permitted");
    }

    private static List<String> findings(List<String> lines) throws IOException {
        return Audit.of(Trace.read(lines)).findings();
    }

    private static String write(long frame, long position, int events) {
        byte[] bytes = new byte[FrameFormat.HEADER_BYTES + FrameFormat.TRAILER_BYTES];
        FrameFormat.seal(bytes, new FrameFormat.Header(bytes.length, frame, 1, position, frame, events, 1, 0, 0, 0));
        return "7 pwrite64(4<" + hex(SEGMENT) + ">, \"" + hex(bytes) + "\"..., 4096, " + 4096 * (frame + 1)
                + ") = 4096";
    }

    private static String acknowledgement(long position, int events) {
        String text = "ack " + position + " " + events + "\n";
        return "8 write(1<" + hex("/dev/null") + ">, \"" + hex(text) + "\", " + text.length() + ") = " + text.length();
    }

    private static String hex(String text) {
        return hex(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().withPrefix("\\x").formatHex(bytes);
    }
}
