package dev.everfold.log.simulation;

import dev.everfold.log.storage.StorageFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.atomic.AtomicBoolean;

/// An open file of a [SimulatedDisk].
final class SimulatedFile implements StorageFile {

    private final SimulatedDisk disk;
    private final Inode inode;
    private final String name;

    /// Guarded by the disk.
    int failedSyncsSeen;

    private final AtomicBoolean closed = new AtomicBoolean();

    SimulatedFile(SimulatedDisk disk, Inode inode, String name) {
        this.disk = disk;
        this.inode = inode;
        this.name = name;
        this.failedSyncsSeen = inode.failedSyncs;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long size() throws IOException {
        requireOpen();
        synchronized (disk) {
            return inode.size();
        }
    }

    @Override
    public int read(long offset, byte[] target, int targetOffset, int length) throws IOException {
        requireOpen();
        return disk.read(inode, name, offset, target, targetOffset, length);
    }

    @Override
    public void write(long offset, ByteBuffer source) throws IOException {
        requireOpen();
        byte[] bytes = new byte[source.remaining()];
        source.get(bytes);
        disk.write(inode, name, offset, bytes);
    }

    @Override
    public void sync() throws IOException {
        requireOpen();
        disk.sync(inode, this);
    }

    /// The file as it is now: what is mapped never changes any more.
    @Override
    public MemorySegment map() throws IOException {
        requireOpen();
        synchronized (disk) {
            return MemorySegment.ofArray(inode.share().bytes()).asReadOnly();
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            disk.closed();
        }
    }

    private void requireOpen() throws ClosedChannelException {
        if (closed.get()) {
            throw new ClosedChannelException();
        }
    }
}
