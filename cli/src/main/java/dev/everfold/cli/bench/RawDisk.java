package dev.everfold.cli.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/// The yardstick: one thread overwrites 4 KiB of a file that was filled with zeros and syncs them
/// (fdatasync).
public final class RawDisk implements Workload {

    private static final int BLOCK_BYTES = 4_096;
    private static final int FILE_BYTES = 16 << 20;

    private final Path directory;

    /// @param directory on the disk that is measured; its file is removed after each run
    public RawDisk(Path directory) {
        this.directory = directory;
    }

    @Override
    public String name() {
        return "write 4 KiB + fdatasync";
    }

    @Override
    public String unit() {
        return "syncs/s";
    }

    @Override
    public Measurement run(Duration duration) throws IOException {
        Path file = Files.createTempFile(directory, "everfold-bench-", ".raw");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocateDirect(FILE_BYTES), 0);
            channel.force(true);
            ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);
            Latencies latencies = new Latencies();
            long begin = System.nanoTime();
            long before = begin;
            long syncs = 0;
            while (before - begin < duration.toNanos()) {
                channel.write(block.putLong(0, syncs).rewind(), syncs * BLOCK_BYTES % FILE_BYTES);
                channel.force(false);
                long now = System.nanoTime();
                latencies.record(now - before);
                before = now;
                syncs++;
            }
            return Measurement.of(syncs, before - begin, latencies);
        } finally {
            Files.delete(file);
        }
    }
}
