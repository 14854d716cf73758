package dev.everfold.log.index;

import dev.everfold.log.storage.Storage;
import dev.everfold.log.storage.StorageFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

/// A storage that fails, waits and takes notes as the test says.
final class ScriptedStorage implements Storage {

    /// One word for each call that changes something.
    final List<String> calls = Collections.synchronizedList(new ArrayList<>());

    volatile IOException failWrite;
    volatile IOException failSync;
    volatile IOException failSyncDirectory;

    /// Each sync of a file takes a permit.
    volatile Semaphore syncs = new Semaphore(Integer.MAX_VALUE);

    /// Opened by the first sync that has to wait.
    final CountDownLatch waiting = new CountDownLatch(1);

    private final Storage files;

    ScriptedStorage(Storage files) {
        this.files = files;
    }

    @Override
    public String description() {
        return files.description();
    }

    @Override
    public List<String> list() throws IOException {
        return files.list();
    }

    @Override
    public StorageFile create(String name) throws IOException {
        calls.add("create " + name);
        return new ScriptedFile(files.create(name));
    }

    @Override
    public StorageFile openForWriting(String name) throws IOException {
        return new ScriptedFile(files.openForWriting(name));
    }

    @Override
    public StorageFile openForReading(String name) throws IOException {
        return new ScriptedFile(files.openForReading(name));
    }

    @Override
    public void rename(String source, String target) throws IOException {
        calls.add("rename " + source);
        files.rename(source, target);
    }

    @Override
    public void delete(String name) throws IOException {
        files.delete(name);
        calls.add("delete " + name);
    }

    @Override
    public void syncDirectory() throws IOException {
        calls.add("syncDirectory");
        if (failSyncDirectory != null) {
            throw failSyncDirectory;
        }
        files.syncDirectory();
    }

    @Override
    public boolean tryLock(String name) throws IOException {
        return files.tryLock(name);
    }

    @Override
    public long usableBytes() throws IOException {
        return files.usableBytes();
    }

    @Override
    public void close() throws IOException {
        files.close();
    }

    private final class ScriptedFile implements StorageFile {

        private final StorageFile file;

        ScriptedFile(StorageFile file) {
            this.file = file;
        }

        @Override
        public String name() {
            return file.name();
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public int read(long offset, byte[] target, int targetOffset, int length) throws IOException {
            return file.read(offset, target, targetOffset, length);
        }

        @Override
        public void write(long offset, ByteBuffer source) throws IOException {
            if (failWrite != null) {
                throw failWrite;
            }
            file.write(offset, source);
        }

        @Override
        public void sync() throws IOException {
            if (!syncs.tryAcquire()) {
                waiting.countDown();
                syncs.acquireUninterruptibly();
            }
            calls.add("sync " + name());
            if (failSync != null) {
                throw failSync;
            }
            file.sync();
        }

        @Override
        public MemorySegment map() throws IOException {
            return file.map();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
