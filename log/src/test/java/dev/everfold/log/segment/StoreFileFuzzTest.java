package dev.everfold.log.segment;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.log.simulation.SimulatedDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/// Any bytes in the file `STORE` are a store that reads the same again, or are refused.
class StoreFileFuzzTest {

    @FuzzTest(maxDuration = "60s")
    void any_bytes_are_a_store_that_reads_the_same_again_or_are_refused(byte[] input) throws IOException {
        check(input);
        check(Arrays.copyOf(input, 2 * StoreFile.SLOT_BYTES));
        byte[] text = Arrays.copyOf(input, Math.min(input.length, StoreFile.SLOT_BYTES - 32));
        String checksum = "checksum " + String.format("%08x", Layout.checksum(text, 0, text.length)) + "\n";
        byte[] sealed = Arrays.copyOf(text, 2 * StoreFile.SLOT_BYTES);
        byte[] line = checksum.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(line, 0, sealed, text.length, line.length);
        check(sealed);
    }

    private static void check(byte[] file) throws IOException {
        SimulatedDisk disk = new SimulatedDisk(Map.of(StoreFile.NAME, file));
        StoreFile store;
        try {
            store = StoreFile.read(disk);
        } catch (EventStoreException refused) {
            assertThat(refused.getMessage()).isNotEmpty();
            return;
        }

        SimulatedDisk again = new SimulatedDisk();
        store.writeNew(again);
        assertThat(StoreFile.read(again)).isEqualTo(store);
    }
}
