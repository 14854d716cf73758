package dev.everfold.log;

import dev.everfold.log.simulation.ForwardingStorage;
import dev.everfold.log.storage.Storage;
import dev.everfold.log.storage.StorageFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Lets a test do something before its call number so and so of a storage or of a file: of those that look, and of
/// those that give a file.
abstract class CountedStorage extends ForwardingStorage {

    CountedStorage(Storage delegate) {
        super(delegate);
    }

    /// Before each call.
    abstract void count() throws IOException;

    @Override
    protected StorageFile wrap(StorageFile file) {
        return new CountedFile(file);
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
    private final class CountedFile extends ForwardingFile {

        CountedFile(StorageFile file) {
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
