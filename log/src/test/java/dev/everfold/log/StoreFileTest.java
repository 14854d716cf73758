package dev.everfold.log;

import static dev.everfold.log.Stores.clean;
import static dev.everfold.log.Stores.events;
import static dev.everfold.log.Stores.flip;
import static dev.everfold.log.Stores.unclean;
import static dev.everfold.log.Stores.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.CorruptStoreException;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.log.LogEventStore.Mode;
import dev.everfold.log.segment.StoreFile;
import dev.everfold.log.simulation.SimulatedDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The file that says whose store it is, its two slots, and versions that are not ours.
class StoreFileTest {

    private static final String FIRST = "log-000000000000.open";
    private static final int SLOT = StoreFile.SLOT_BYTES;

    @ParameterizedTest
    @ValueSource(ints = {0, SLOT})
    void a_store_opens_with_either_slot_damaged_and_writes_it_again(int slot) throws IOException {
        for (SimulatedDisk whole : new SimulatedDisk[] {clean(3), unclean(3)}) {
            UUID lineage = StoreFile.read(whole).lineage();
            SimulatedDisk damaged = flip(whole, StoreFile.NAME, slot + 30);

            try (EventStore store = Stores.open(damaged)) {
                assertThat(events(store)).hasSize(3);
                assertThat(store.lineage()).isEqualTo(lineage);
            }

            assertThat(Stores.verify(damaged).damages()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, SLOT})
    void no_append_is_lost_when_the_slot_that_said_open_is_damaged(int slot) {
        SimulatedDisk disk = clean(3);
        SimulatedDisk appended;
        try (EventStore store = Stores.open(disk)) {
            Stores.appendSmall(store, 4);
            appended = disk.copy();
        }

        assertThat(events(flip(appended, StoreFile.NAME, slot + 30))).hasSize(7);
    }

    @Test
    void two_damaged_slots_refuse_to_open() {
        SimulatedDisk damaged = flip(flip(clean(3), StoreFile.NAME, 30), StoreFile.NAME, SLOT + 30);

        assertThatThrownBy(() -> Stores.open(damaged))
                .isInstanceOf(CorruptStoreException.class)
                .hasMessageMatching("File simulated disk/STORE is corrupt: checksum [0-9a-f]{8} and zeros expected,"
                        + " something else found\\. Restore a backup\\.");
    }

    @Test
    void an_empty_store_file_refuses_to_open() {
        assertThatThrownBy(() -> Stores.open(with(clean(3), StoreFile.NAME, new byte[0])))
                .isInstanceOf(CorruptStoreException.class)
                .hasMessage("File simulated disk/STORE is corrupt: a slot with a checksum expected, none found."
                        + " Restore a backup.");
    }

    @Test
    void a_newer_format_of_the_store_is_said_and_nothing_else() {
        SimulatedDisk newer = with(clean(3), StoreFile.NAME, newerSlots());

        assertThatThrownBy(() -> Stores.open(newer))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessage(
                        "The store in simulated disk has format version 2; this program reads version 1. Use a newer"
                                + " version of Everfold.");
        assertThatThrownBy(() -> Stores.openForReading(newer)).isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> Stores.verify(newer))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("format version 2");
    }

    @Test
    void a_newer_format_of_a_segment_is_said_and_nothing_else() {
        SimulatedDisk newer = Stores.change(clean(3), FIRST, StoreFileTest::newerHeader);
        Map<String, Bytes> before = Stores.contents(newer);

        assertThatThrownBy(() -> Stores.open(newer))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessage(FIRST + " has format version 2; this program reads version 1. Use a newer version of"
                        + " Everfold.");

        assertThat(Stores.contents(newer)).isEqualTo(before);
    }

    @Test
    void a_directory_with_other_files_is_not_a_store() {
        SimulatedDisk photos = new SimulatedDisk(Map.of("cat.jpg", new byte[10]));

        for (Mode mode : Mode.values()) {
            assertThatThrownBy(() -> LogEventStore.open(photos, Stores.SMALL, mode, Stores.clock()))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessage(
                            "simulated disk is not a store: it has no file STORE and is not empty. Name the directory"
                                    + " of a store, or an empty one.");
        }

        assertThat(photos.files().keySet()).containsExactly("cat.jpg");
    }

    @ParameterizedTest
    @ValueSource(strings = {"EXISTING", "READ"})
    void an_empty_directory_holds_no_store(Mode mode) {
        SimulatedDisk empty = new SimulatedDisk();

        assertThatThrownBy(() -> LogEventStore.open(empty, Stores.SMALL, mode, Stores.clock()))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessage("There is no store in simulated disk. Correct the path, or create a store by appending or"
                        + " importing.");

        assertThat(empty.files()).isEmpty();
    }

    @Test
    void a_store_whose_making_was_cut_off_is_made_anew() {
        SimulatedDisk begun = new SimulatedDisk(Map.of("LOCK", new byte[0], "STORE.tmp", new byte[100]));

        assertThat(events(begun)).isEmpty();

        assertThat(begun.files()).containsKey("STORE").doesNotContainKey("STORE.tmp");
    }

    private static byte[] newerSlots() {
        String body = "everfold-store 2\nsomething that comes later\n";
        CRC32C crc = new CRC32C();
        crc.update(body.getBytes(StandardCharsets.UTF_8));
        String text = body + "checksum " + String.format("%08x", (int) crc.getValue()) + "\n";
        byte[] slots = new byte[2 * SLOT];
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, slots, 0, bytes.length);
        System.arraycopy(bytes, 0, slots, SLOT, bytes.length);
        return slots;
    }

    private static byte[] newerHeader(byte[] segment) {
        ByteBuffer header = ByteBuffer.wrap(segment).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(16, 2);
        CRC32C crc = new CRC32C();
        crc.update(segment, 0, 68);
        header.putInt(68, (int) crc.getValue());
        return segment;
    }
}
