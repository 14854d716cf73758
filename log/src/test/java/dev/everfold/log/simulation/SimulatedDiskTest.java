package dev.everfold.log.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.log.simulation.Fault.Form;
import dev.everfold.log.simulation.Operation.Kind;
import dev.everfold.log.storage.NoSpaceException;
import dev.everfold.log.storage.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// The disk does what its tests rely on: it forgets what was not synced, and nothing else.
class SimulatedDiskTest {

    private final SimulatedDisk disk = new SimulatedDisk();

    @Test
    void bytes_survive_from_their_sync_on() throws IOException {
        StorageFile file = create("a");
        write(file, 0, "one");
        file.sync();
        write(file, 3, "two");

        assertThat(after(Survival.none())).containsExactly(Map.entry("a", "one"));
        assertThat(after(Survival.all())).containsExactly(Map.entry("a", "onetwo"));
        assertThat(text(disk.files())).containsExactly(Map.entry("a", "onetwo"));
    }

    @Test
    void names_survive_from_the_sync_of_the_directory_on() throws IOException {
        create("a");
        create("b");
        disk.rename("b", "c");

        assertThat(after(Survival.none())).containsOnlyKeys("a");
        assertThat(after(Survival.first(1))).containsOnlyKeys("a", "b");
        assertThat(after(Survival.all())).containsOnlyKeys("a", "c");
        disk.syncDirectory();
        disk.delete("a");
        assertThat(after(Survival.none())).containsOnlyKeys("a", "c");
        assertThat(after(Survival.all())).containsOnlyKeys("c");
    }

    @Test
    void a_write_survives_by_sectors_and_its_length_apart_from_its_bytes() throws IOException {
        StorageFile file = create("a");
        file.write(0, ByteBuffer.wrap(filled(1_500)));

        byte[] onlyLength = bytes(lengthAndSector(-1));
        assertThat(onlyLength).hasSize(1_500).containsOnly(0);
        byte[] middle = bytes(lengthAndSector(1));
        assertThat(Arrays.copyOfRange(middle, 0, 512)).containsOnly(0);
        assertThat(Arrays.copyOfRange(middle, 512, 1_024)).containsOnly(7);
        assertThat(Arrays.copyOfRange(middle, 1_024, 1_500)).containsOnly(0);
        byte[] noLength = bytes((change, changes) -> false);
        assertThat(noLength).isEmpty();
    }

    @Test
    void garbage_appears_only_where_a_file_grew() throws IOException {
        StorageFile file = create("a");
        file.write(0, ByteBuffer.wrap(filled(512)));
        file.sync();
        file.write(512, ByteBuffer.wrap(filled(1_024)));

        Survival garbage = new Survival() {
            @Override
            public boolean keeps(int change, int changes) {
                return true;
            }

            @Override
            public boolean keepsSector(int change, int changes, int sector) {
                return sector == 2;
            }

            @Override
            public long garbage() {
                return 1;
            }
        };
        byte[] bytes = bytes(garbage);
        assertThat(Arrays.copyOf(bytes, 512)).containsOnly(7);
        assertThat(Arrays.copyOfRange(bytes, 512, 1_024))
                .isNotEqualTo(filled(512))
                .isNotEqualTo(new byte[512]);
        assertThat(Arrays.copyOfRange(bytes, 1_024, 1_536)).containsOnly(7);
    }

    @Test
    void a_failed_sync_loses_bytes_for_good_though_they_are_still_seen_and_each_open_file_is_told_once()
            throws IOException {
        StorageFile file = create("a");
        StorageFile second = disk.openForWriting("a");
        write(file, 0, "one");
        disk.fail(Fault.io(Operation.on(Kind.SYNC, "a"), Form.LOST));

        assertThatThrownBy(file::sync).hasMessage("Input/output error");
        file.sync();
        assertThatThrownBy(second::sync).hasMessage("Input/output error");
        second.sync();

        assertThat(text(disk.files())).containsExactly(Map.entry("a", "one"));
        assertThat(after(Survival.all())).containsExactly(Map.entry("a", ""));
    }

    @Test
    void a_fault_is_lost_half_done_or_kept() throws IOException {
        for (Form form : Form.values()) {
            SimulatedDisk other = new SimulatedDisk();
            StorageFile file = other.create("a");
            other.fail(Fault.io(Operation.on(Kind.WRITE, "a"), form));

            assertThatThrownBy(() -> write(file, 0, "sixsix")).isInstanceOf(IOException.class);

            String left = switch (form) {
                case LOST -> "";
                case HALF -> "six";
                case KEPT -> "sixsix";
            };
            assertThat(text(other.files())).containsExactly(Map.entry("a", left));
        }
    }

    @Test
    void a_full_disk_takes_what_fits_and_lets_written_places_be_written_again() throws IOException {
        StorageFile file = create("a");
        disk.leaveSpace(4);

        assertThatThrownBy(() -> write(file, 0, "sixsix")).isInstanceOf(NoSpaceException.class);
        write(file, 0, "four");
        assertThat(text(disk.files())).containsExactly(Map.entry("a", "four"));
        disk.heal();
        write(file, 0, "sixsix");

        assertThat(text(disk.files())).containsExactly(Map.entry("a", "sixsix"));
    }

    @Test
    void operations_can_be_counted_and_failed_by_their_number() throws IOException {
        StorageFile file = create("a");
        int next = disk.operations();
        disk.fail(Fault.io(Operation.at(next + 1), Form.LOST));

        write(file, 0, "one");
        assertThatThrownBy(file::sync).isInstanceOf(IOException.class);

        assertThat(disk.operations()).isEqualTo(next + 2);
    }

    @Test
    void a_deleted_file_is_gone_and_reads_on_where_it_is_open() throws IOException {
        StorageFile file = create("a");
        write(file, 0, "one");
        disk.delete("a");

        byte[] target = new byte[3];
        assertThat(file.read(0, target, 0, 3)).isEqualTo(3);
        assertThatThrownBy(() -> disk.openForReading("a")).isInstanceOf(NoSuchFileException.class);
        file.close();
        assertThatThrownBy(() -> file.read(0, target, 0, 3)).isInstanceOf(IOException.class);
    }

    /// A file whose name is durable.
    private StorageFile create(String name) throws IOException {
        StorageFile file = disk.create(name);
        if (disk.effectCount() == 1) {
            disk.syncDirectory();
        }
        return file;
    }

    private static Survival lengthAndSector(int kept) {
        return new Survival() {
            @Override
            public boolean keeps(int change, int changes) {
                return true;
            }

            @Override
            public boolean keepsSector(int change, int changes, int sector) {
                return sector == kept;
            }
        };
    }

    private byte[] bytes(Survival survival) {
        return disk.afterPowerLoss(survival).files().get("a");
    }

    private Map<String, String> after(Survival survival) {
        return text(disk.afterPowerLoss(survival).files());
    }

    private static Map<String, String> text(Map<String, byte[]> files) {
        Map<String, String> text = new TreeMap<>();
        files.forEach((name, bytes) -> text.put(name, new String(bytes, StandardCharsets.UTF_8)));
        return text;
    }

    private static byte[] filled(int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) 7);
        return bytes;
    }

    private static void write(StorageFile file, long offset, String text) throws IOException {
        file.write(offset, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }
}
