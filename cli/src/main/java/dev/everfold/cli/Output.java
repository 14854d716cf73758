package dev.everfold.cli;

import dev.everfold.eventstore.IoReason;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// Buffered output of text in UTF-8, whatever the locale. Unlike a [java.io.PrintStream] it does not
/// swallow what goes wrong, so that a full disk is not taken for success. For one thread at a time.
final class Output extends OutputStream {

    private static final int BUFFER_BYTES = 1 << 16;

    /// The output cannot be written to.
    static final class FailedException extends UncheckedIOException {

        private static final long serialVersionUID = 1L;

        private final String reason;

        FailedException(IOException cause) {
            super(cause);
            reason = IoReason.of(cause, "").words();
        }

        /// What the operating system says, in a few words.
        String reason() {
            return reason;
        }

        /// Whether the reader at the other end went away, as `head` does when it has seen enough.
        boolean isBrokenPipe() {
            return reason.contains("Broken pipe") || reason.contains("pipe is being closed");
        }
    }

    private final OutputStream target;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int length;

    Output(OutputStream target) {
        this.target = target;
    }

    void line(String text) {
        print(text);
        write('\n');
    }

    void print(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        write(bytes, 0, bytes.length);
    }

    @Override
    public void write(int b) {
        if (length == buffer.length) {
            drain();
        }
        buffer[length++] = (byte) b;
    }

    @Override
    public void write(byte[] bytes, int from, int count) {
        if (count > buffer.length - length) {
            drain();
        }
        if (count > buffer.length) {
            try {
                target.write(bytes, from, count);
            } catch (IOException failed) {
                throw new FailedException(failed);
            }
            return;
        }
        System.arraycopy(bytes, from, buffer, length, count);
        length += count;
    }

    @Override
    public void flush() {
        drain();
        try {
            target.flush();
        } catch (IOException failed) {
            throw new FailedException(failed);
        }
    }

    private void drain() {
        int count = length;
        // Emptied first: what cannot be written once is not written at the end of the command again.
        length = 0;
        try {
            target.write(buffer, 0, count);
        } catch (IOException failed) {
            throw new FailedException(failed);
        }
    }
}
