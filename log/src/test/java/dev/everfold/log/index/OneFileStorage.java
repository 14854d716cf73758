package dev.everfold.log.index;

import dev.everfold.log.storage.Storage;
import dev.everfold.log.storage.StorageFile;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;

/// One file in memory that can only be read: for damaging each of its bytes in turn.
final class OneFileStorage implements Storage {

    private final String name;
    private final byte[] content;

    OneFileStorage(String name, byte[] content) {
        this.name = name;
        this.content = content;
    }

    @Override
    public String description() {
        return "memory";
    }

    @Override
    public List<String> list() {
        return List.of(name);
    }

    @Override
    public StorageFile openForReading(String file) {
        return new StorageFile() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public long size() {
                return content.length;
            }

            @Override
            public int read(long offset, byte[] target, int targetOffset, int length) {
                int count = (int) Math.min(length, content.length - offset);
                System.arraycopy(content, (int) offset, target, targetOffset, count);
                return count;
            }

            @Override
            public MemorySegment map() {
                return MemorySegment.ofArray(content);
            }

            @Override
            public void write(long offset, ByteBuffer source) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void sync() {
                throw new UnsupportedOperationException();
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public StorageFile create(String file) {
        throw new UnsupportedOperationException();
    }

    @Override
    public StorageFile openForWriting(String file) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void rename(String source, String target) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(String file) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void syncDirectory() {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean tryLock(String file) {
        return false;
    }

    @Override
    public boolean isLocked(String file) {
        return false;
    }

    @Override
    public long usableBytes() {
        return 0;
    }

    @Override
    public void close() {}
}
