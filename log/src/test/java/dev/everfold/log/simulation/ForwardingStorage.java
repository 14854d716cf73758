package dev.everfold.log.simulation;

import dev.everfold.log.storage.Storage;
import dev.everfold.log.storage.StorageFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;

/// Hands every call on to another storage, and those of its files to its files; subclasses change some.
public abstract class ForwardingStorage implements Storage {

    private final Storage delegate;

    /// @param delegate closed with this one
    protected ForwardingStorage(Storage delegate) {
        this.delegate = delegate;
    }

    /// The file that users get in place of one of the other storage.
    protected abstract StorageFile wrap(StorageFile file);

    @Override
    public String description() {
        return delegate.description();
    }

    @Override
    public List<String> list() throws IOException {
        return delegate.list();
    }

    @Override
    public StorageFile create(String name) throws IOException {
        return wrap(delegate.create(name));
    }

    @Override
    public StorageFile openForWriting(String name) throws IOException {
        return wrap(delegate.openForWriting(name));
    }

    @Override
    public StorageFile openForReading(String name) throws IOException {
        return wrap(delegate.openForReading(name));
    }

    @Override
    public void rename(String source, String target) throws IOException {
        delegate.rename(source, target);
    }

    @Override
    public void delete(String name) throws IOException {
        delegate.delete(name);
    }

    @Override
    public void syncDirectory() throws IOException {
        delegate.syncDirectory();
    }

    @Override
    public boolean tryLock(String name) throws IOException {
        return delegate.tryLock(name);
    }

    @Override
    public boolean isLocked(String name) throws IOException {
        return delegate.isLocked(name);
    }

    @Override
    public long usableBytes() throws IOException {
        return delegate.usableBytes();
    }

    @Override
    public void close() throws IOException {
        delegate.close();
    }

    /// A file that hands every call on to another one.
    public static class ForwardingFile implements StorageFile {

        private final StorageFile delegate;

        /// @param delegate closed with this one
        protected ForwardingFile(StorageFile delegate) {
            this.delegate = delegate;
        }

        @Override
        public String name() {
            return delegate.name();
        }

        @Override
        public long size() throws IOException {
            return delegate.size();
        }

        @Override
        public int read(long offset, byte[] target, int targetOffset, int length) throws IOException {
            return delegate.read(offset, target, targetOffset, length);
        }

        @Override
        public void write(long offset, ByteBuffer source) throws IOException {
            delegate.write(offset, source);
        }

        @Override
        public void sync() throws IOException {
            delegate.sync();
        }

        @Override
        public MemorySegment map() throws IOException {
            return delegate.map();
        }

        @Override
        public void close() throws IOException {
            delegate.close();
        }
    }
}
