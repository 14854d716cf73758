package dev.everfold.log;

import dev.everfold.log.simulation.ForwardingStorage;
import dev.everfold.log.storage.Storage;
import dev.everfold.log.storage.StorageFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Interrupts the thread that made it, before its call number so and so of a storage or of a file.
///
/// Threads of the engine's own are left alone: nobody else can interrupt them.
final class InterruptingStorage extends ForwardingStorage {

    private final int at;
    private final Thread victim = Thread.currentThread();

    // Owned by the victim.
    private int calls;
    private boolean interrupted;

    InterruptingStorage(Storage storage, int at) {
        super(storage);
        this.at = at;
    }

    /// How many calls the thread has made.
    int calls() {
        return calls;
    }

    boolean hasInterrupted() {
        return interrupted;
    }

    private void count() {
        if (Thread.currentThread() == victim && calls++ == at) {
            interrupted = true;
            victim.interrupt();
        }
    }

    @Override
    protected StorageFile wrap(StorageFile file) {
        return new InterruptingFile(file);
    }

    @Override
    public List<String> list() throws IOException {
        count();
        return super.list();
    }

    @Override
    public StorageFile create(String name) throws IOException {
        count();
        return super.create(name);
    }

    @Override
    public StorageFile openForWriting(String name) throws IOException {
        count();
        return super.openForWriting(name);
    }

    @Override
    public StorageFile openForReading(String name) throws IOException {
        count();
        return super.openForReading(name);
    }

    /// A file of it.
    private final class InterruptingFile extends ForwardingFile {

        InterruptingFile(StorageFile file) {
            super(file);
        }

        @Override
        public long size() throws IOException {
            count();
            return super.size();
        }

        @Override
        public int read(long offset, byte[] target, int targetOffset, int length) throws IOException {
            count();
            return super.read(offset, target, targetOffset, length);
        }

        @Override
        public MemorySegment map() throws IOException {
            count();
            return super.map();
        }
    }
}
