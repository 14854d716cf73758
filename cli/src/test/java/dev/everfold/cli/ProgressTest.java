package dev.everfold.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressTest {

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private long nanos = 1;

    @Test
    void nothing_is_said_in_the_first_two_seconds() {
        Progress progress = progress(false);

        secondsPass(1.9);
        progress.update(1_000);

        assertThat(said()).isEmpty();
    }

    @Test
    void a_line_now_and_then_is_said_to_a_file() {
        Progress progress = progress(false);

        for (int i = 1; i <= 13; i++) {
            secondsPass(1);
            progress.update(i * 1_000L);
        }
        progress.end();

        assertThat(said()).isEqualTo("""
                        imported 2,000 events, 1,000 a second
                        imported 7,000 events, 1,000 a second
                        imported 12,000 events, 1,000 a second
                        """);
    }

    @Test
    void on_a_terminal_one_line_is_overwritten_and_taken_away_at_the_end() {
        Progress progress = progress(true);

        secondsPass(2);
        progress.update(1_000);
        secondsPass(0.1);
        progress.update(1_100);
        secondsPass(0.2);
        progress.update(2_300);
        progress.end();

        assertThat(said())
                .isEqualTo("\r\u001b[Kimported 1,000 events, 500 a second\r\u001b[Kimported 2,300 events, 1,000 a"
                        + " second\r\u001b[K");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void work_goes_on_when_nobody_listens(boolean isTerminal) {
        OutputStream closed = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        Progress progress = progress(isTerminal, closed);

        secondsPass(2);

        assertThatCode(() -> progress.update(1_000)).doesNotThrowAnyException();
        assertThatCode(progress::end).doesNotThrowAnyException();
    }

    private Progress progress(boolean isTerminal) {
        return progress(isTerminal, err);
    }

    private Progress progress(boolean isTerminal, OutputStream heard) {
        Terminal terminal = new Terminal() {
            @Override
            public boolean isErrorShown() {
                return isTerminal;
            }

            @Override
            public int width() {
                return 80;
            }
        };
        Console console = new Console(
                InputStream.nullInputStream(),
                new Output(OutputStream.nullOutputStream()),
                new Output(heard),
                terminal,
                new Interruption());
        return new Progress(console, "imported", "events", () -> nanos);
    }

    private void secondsPass(double seconds) {
        nanos += (long) (seconds * 1e9);
    }

    private String said() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
