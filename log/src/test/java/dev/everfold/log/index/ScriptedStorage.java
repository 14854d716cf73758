package dev.everfold.log.index;

import dev.everfold.log.simulation.ForwardingStorage;
import dev.everfold.log.storage.Storage;
import dev.everfold.log.storage.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

/// A storage that fails, waits and takes notes as the test says.
final class ScriptedStorage extends ForwardingStorage {

    /// One word for each call that changes something.
    final List<String> calls = Collections.synchronizedList(new ArrayList<>());

    volatile IOException failWrite;
    volatile OutOfMemoryError outOfMemory;
    volatile IOException failSync;
    volatile IOException failSyncDirectory;

    /// Each sync of a file takes a permit.
    volatile Semaphore syncs = new Semaphore(Integer.MAX_VALUE);

    /// Opened by the first sync that has to wait.
    final CountDownLatch waiting = new CountDownLatch(1);

    ScriptedStorage(Storage files) {
        super(files);
    }

    @Override
    protected StorageFile wrap(StorageFile file) {
        return new ScriptedFile(file);
    }

    @Override
    public StorageFile create(String name) throws IOException {
        calls.add("create " + name);
        return super.create(name);
    }

    @Override
    public void rename(String source, String target) throws IOException {
        calls.add("rename " + source);
        super.rename(source, target);
    }

    @Override
    public void delete(String name) throws IOException {
        super.delete(name);
        calls.add("delete " + name);
    }

    @Override
    public void syncDirectory() throws IOException {
        calls.add("syncDirectory");
        if (failSyncDirectory != null) {
            throw failSyncDirectory;
        }
        super.syncDirectory();
    }

    private final class ScriptedFile extends ForwardingFile {

        ScriptedFile(StorageFile file) {
            super(file);
        }

        @Override
        public void write(long offset, ByteBuffer source) throws IOException {
            if (outOfMemory != null) {
                throw outOfMemory;
            }
            if (failWrite != null) {
                throw failWrite;
            }
            super.write(offset, source);
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
            super.sync();
        }
    }
}
