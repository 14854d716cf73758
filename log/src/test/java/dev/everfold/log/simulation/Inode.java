package dev.everfold.log.simulation;

import java.util.Arrays;

/// A file's content as everyone sees it, whatever its name. Guarded by its disk.
final class Inode {

    final int number;

    /// How often a sync of it failed.
    int failedSyncs;

    private byte[] content;
    private int size;

    /// Whether others hold the array too, so that it must not change.
    private boolean shared = true;

    Inode(int number, byte[] bytes) {
        this.number = number;
        this.content = bytes;
        this.size = bytes.length;
    }

    int size() {
        return size;
    }

    /// The bytes, never to be changed.
    byte[] share() {
        if (content.length != size) {
            content = Arrays.copyOf(content, size);
        }
        shared = true;
        return content;
    }

    int read(long offset, byte[] target, int at, int length) {
        int available = Math.clamp(size - offset, 0, length);
        if (available > 0) {
            System.arraycopy(content, (int) offset, target, at, available);
        }
        return available;
    }

    void write(long offset, byte[] bytes) {
        int end = Math.toIntExact(offset + bytes.length);
        if (shared || end > content.length) {
            content = Arrays.copyOf(content, end > content.length ? Math.max(end, content.length * 2) : content.length);
            shared = false;
        }
        System.arraycopy(bytes, 0, content, (int) offset, bytes.length);
        size = Math.max(size, end);
    }
}
