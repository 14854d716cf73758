package dev.everfold.log;

import dev.everfold.log.storage.Storage;
import dev.everfold.log.storage.StorageFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;

/// Interrupts the thread that made it, before its call number so and so of a storage or of a file.
///
/// Threads of the engine's own are left alone: nobody else can interrupt them.
final class InterruptingStorage implements Storage {

    private final Storage storage;
    private final int at;
    private final Thread victim = Thread.currentThread();

    // Owned by the victim.
    private int calls;
    private boolean interrupted;

    InterruptingStorage(Storage storage, int at) {
        this.storage = storage;
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
    public String description() {
        return storage.description();
    }

    @Override
    public List<String> list() throws IOException {
        count();
        return storage.list();
    }

    @Override
    public StorageFile create(String name) throws IOException {
        count();
        return new InterruptingFile(storage.create(name));
    }

    @Override
    public StorageFile openForWriting(String name) throws IOException {
        count();
        return new InterruptingFile(storage.openForWriting(name));
    }

    @Override
    public StorageFile openForReading(String name) throws IOException {
        count();
        return new InterruptingFile(storage.openForReading(name));
    }

    @Override
    public void rename(String source, String target) throws IOException {
        storage.rename(source, target);
    }

    @Override
    public void delete(String name) throws IOException {
        storage.delete(name);
    }

    @Override
    public void syncDirectory() throws IOException {
        storage.syncDirectory();
    }

    @Override
    public boolean tryLock(String name) throws IOException {
        return storage.tryLock(name);
    }

    @Override
    public long usableBytes() throws IOException {
        return storage.usableBytes();
    }

    @Override
    public void close() throws IOException {
        storage.close();
    }

    /// A file of it.
    private final class InterruptingFile implements StorageFile {

        private final StorageFile file;

        InterruptingFile(StorageFile file) {
            this.file = file;
        }

        @Override
        public String name() {
            return file.name();
        }

        @Override
        public long size() throws IOException {
            count();
            return file.size();
        }

        @Override
        public int read(long offset, byte[] target, int targetOffset, int length) throws IOException {
            count();
            return file.read(offset, target, targetOffset, length);
        }

        @Override
        public void write(long offset, ByteBuffer source) throws IOException {
            file.write(offset, source);
        }

        @Override
        public void sync() throws IOException {
            file.sync();
        }

        @Override
        public MemorySegment map() throws IOException {
            count();
            return file.map();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
