package dev.everfold.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.eventstore.Verification;
import dev.everfold.log.LogEventStore.Mode;
import dev.everfold.log.simulation.SimulatedDisk;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A store of each format version is kept, and every later program must read it as it was.
///
/// For a new version raise `VERSION` in the format that changed, keep the folder of the old one, and write a
/// new one with the following command, which fails the first time, since a build copies resources before it
/// tests, and must pass when it is run once more:
/// ```
/// ./mvnw -pl log -am test -Dtest=GoldenStoreTest -Dsurefire.failIfNoSpecifiedTests=false -Deverfold.golden=write
/// ```
@ExtendWith(QuietLog.class)
class GoldenStoreTest {

    private static final String FOLDER = "golden/v1/";
    private static final String STORE = "store.zip";
    private static final String CONTENT = "content.txt";
    private static final int ARCHIVE_BYTES_MAX = 200_000;

    @TempDir
    Path directory;

    @BeforeAll
    static void writeWhenAsked() throws IOException {
        if ("write".equals(System.getProperty("everfold.golden"))) {
            Path folder = Path.of("src/test/resources", FOLDER);
            Files.createDirectories(folder);
            Map<String, byte[]> files = GoldenStore.make();
            try (var archive = Files.newOutputStream(folder.resolve(STORE))) {
                GoldenStore.pack(files, archive);
            }
            try (LogEventStore store = Stores.open(new SimulatedDisk(files))) {
                Files.writeString(folder.resolve(CONTENT), GoldenStore.text(store));
            }
        }
    }

    @Test
    void the_kept_store_has_every_kind_of_file_and_is_small() throws IOException {
        Map<String, byte[]> files = golden();

        assertThat(files.keySet().stream().filter(name -> name.endsWith(".log")))
                .hasSizeGreaterThanOrEqualTo(3);
        assertThat(files.keySet().stream().filter(name -> name.endsWith(".open")))
                .hasSize(1);
        assertThat(files.keySet().stream().filter(name -> name.endsWith(".run")))
                .hasSizeGreaterThanOrEqualTo(2);
        assertThat(files).containsKey("STORE");
        assertThat(resource(STORE).length).isLessThan(ARCHIVE_BYTES_MAX);
    }

    @Test
    void the_kept_store_is_verified_opened_read_and_appended_to() throws IOException {
        unpack(golden());
        Verification verification = LogVerifier.verify(directory, events -> {});
        assertThat(verification.damages()).isEmpty();
        assertThat(verification.notes()).isEmpty();
        String expected = new String(resource(CONTENT), StandardCharsets.UTF_8);

        long next;
        try (LogEventStore store = LogEventStore.open(directory, Stores.SMALL, Mode.EXISTING)) {
            assertThat(GoldenStore.text(store)).isEqualTo(expected);
            next = store.nextPosition();
            assertThat(verification.events()).isEqualTo(next);
            assertThat(store.append(Append.of(Stores.event("order-1", 1_000))).fromPosition())
                    .isEqualTo(next);
        }
        try (LogEventStore store = LogEventStore.open(directory)) {
            assertThat(store.nextPosition()).isEqualTo(next + 1);
            assertThat(Stores.events(store)).hasSize((int) next + 1);
        }
        assertThat(LogVerifier.verify(directory, events -> {}).passed()).isTrue();
    }

    @Test
    void the_kept_store_is_read_without_its_index_and_without_writing() throws IOException {
        Map<String, byte[]> files = golden();
        String expected = new String(resource(CONTENT), StandardCharsets.UTF_8);
        try (LogEventStore reader = Stores.openForReading(new SimulatedDisk(files))) {
            assertThat(Stores.events(reader))
                    .hasSize((int) reader.nextPosition())
                    .isNotEmpty();
        }

        files.keySet().removeIf(name -> name.startsWith("index-"));
        try (LogEventStore store = Stores.open(new SimulatedDisk(files))) {
            assertThat(GoldenStore.text(store)).isEqualTo(expected);
        }
    }

    @Test
    void the_same_appends_still_make_the_same_bytes() throws IOException {
        Map<String, byte[]> kept = golden();
        Map<String, byte[]> made = GoldenStore.make();

        assertThat(made.keySet()).isEqualTo(kept.keySet());
        made.forEach((name, bytes) -> assertThat(Arrays.mismatch(bytes, kept.get(name)))
                .as("first byte of " + name + " that is another one than in " + FOLDER
                        + ". If the format was to change,"
                        + " raise its version and keep a store of each; if not, this is a bug")
                .isEqualTo(-1));
    }

    @Test
    void making_it_twice_makes_the_same_bytes() throws IOException {
        assertThat(Stores.contents(new SimulatedDisk(GoldenStore.make())))
                .isEqualTo(Stores.contents(new SimulatedDisk(GoldenStore.make())));
    }

    @ParameterizedTest
    @CsvSource({
        "2, Use a newer version of Everfold.",
        "0, 'Use the version of Everfold that wrote it to export its events, and import them here.'"
    })
    void a_store_of_another_format_version_is_refused_and_not_touched(int version, String advice) throws IOException {
        Map<String, byte[]> files = golden();
        files.put("STORE", storeFile(files.get("STORE"), version));
        assertRefused(
                files,
                "The store in simulated disk has format version " + version + "; this program reads version 1. "
                        + advice);

        files = golden();
        String open = files.keySet().stream()
                .filter(name -> name.endsWith(".open"))
                .findFirst()
                .orElseThrow();
        for (String segment : new String[] {"log-000000000000.log", open}) {
            Map<String, byte[]> other = new TreeMap<>(files);
            other.put(segment, segment(files.get(segment).clone(), version));
            assertRefused(
                    other, segment + " has format version " + version + "; this program reads version 1. " + advice);
        }
    }

    private static void assertRefused(Map<String, byte[]> files, String message) {
        SimulatedDisk disk = new SimulatedDisk(files);
        Map<String, Bytes> before = Stores.contents(disk);
        for (Mode mode : Mode.values()) {
            assertThatThrownBy(() -> LogEventStore.open(disk, Stores.SMALL, mode, Stores.clock()))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessage(message)
                    .matches(refused -> !((StoreUnavailableException) refused).retryable());
        }
        assertThat(Stores.contents(disk)).isEqualTo(before);
    }

    private static byte[] storeFile(byte[] slots, int version) {
        byte[] changed = slots.clone();
        for (int at = 0; at < slots.length; at += slots.length / 2) {
            String text = new String(slots, at, slots.length / 2, StandardCharsets.US_ASCII);
            String body = text.substring(0, text.indexOf("checksum "))
                    .replace("everfold-store 1\n", "everfold-store " + version + "\n");
            CRC32C crc = new CRC32C();
            crc.update(body.getBytes(StandardCharsets.US_ASCII));
            byte[] line = (body + "checksum " + String.format("%08x", (int) crc.getValue()) + "\n")
                    .getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(line, 0, changed, at, line.length);
        }
        return changed;
    }

    private static byte[] segment(byte[] bytes, int version) {
        ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(16, version);
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, 68);
        header.putInt(68, (int) crc.getValue());
        return bytes;
    }

    private void unpack(Map<String, byte[]> files) throws IOException {
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Files.write(directory.resolve(file.getKey()), file.getValue());
        }
    }

    private static Map<String, byte[]> golden() throws IOException {
        return GoldenStore.unpack(new ByteArrayInputStream(resource(STORE)));
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream input = GoldenStoreTest.class.getResourceAsStream("/" + FOLDER + name)) {
            assertThat(input).as("resource " + FOLDER + name).isNotNull();
            return input.readAllBytes();
        }
    }
}
