package dev.everfold.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The limit is fair only when it does what it claims.
@Timeout(60)
class BareWriterTest {

    private static final int FILE_BYTES = 8 << 20;

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void create() throws IOException {
        file = folder.resolve("bare");
        BareWriter.createFile(file, FILE_BYTES);
    }

    @Test
    void records_are_in_the_file_when_the_append_returns_with_checksums_and_at_whole_blocks() throws IOException {
        try (BareWriter writer = new BareWriter(file)) {
            writer.append(new BareWriter.Request(1, 0, 17));
            writer.append(new BareWriter.Request(1, 17, 1));

            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
            for (int event = 0; event < 17; event++) {
                assertThat(bytes.getLong(event * 256 + 8)).isEqualTo(event);
                assertThat(bytes.getInt(event * 256 + 4)).isEqualTo(checksum(bytes.array(), event * 256));
            }
            assertThat(bytes.getLong(2 * 4_096 + 8)).isEqualTo(17);
            assertThat(bytes.getLong(2 * 4_096 + 16)).isEqualTo(17);
        }
    }

    @Test
    void a_stale_revision_is_refused() throws IOException {
        try (BareWriter writer = new BareWriter(file)) {
            writer.append(new BareWriter.Request(1, 0, 2));

            assertThatThrownBy(() -> writer.append(new BareWriter.Request(1, 1, 1)))
                    .hasRootCauseMessage("Stream 1 has 2 events; expected 1.");
        }
    }

    @Test
    void many_clients_write_the_file_round_and_round() throws Exception {
        Measurement measurement = new BareAppends(file, 64, 100).run(Duration.ofMillis(200));

        assertThat(measurement.perSecond()).isPositive();
        assertThat(measurement.p99Micros()).isGreaterThanOrEqualTo(measurement.p50Micros());
        assertThat(Files.size(file)).isEqualTo(FILE_BYTES);
    }

    private static int checksum(byte[] bytes, int at) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, at + 8, 248);
        return (int) crc.getValue();
    }
}
