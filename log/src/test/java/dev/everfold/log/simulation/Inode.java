package dev.everfold.log.simulation;

import java.util.Arrays;

/// A file's content as everyone sees it, whatever its name. Guarded by its disk.
final class Inode {

    final int number;

    /// How often a sync of it failed.
    int failedSyncs;

    private byte[] content;
    private int size;

    /// The same bytes as others hold them too, so that they must not change; null when nobody else does.
    private Content shared;

    Inode(int number, Content content) {
        this.number = number;
        this.content = content.bytes();
        this.size = this.content.length;
        this.shared = content;
    }

    int size() {
        return size;
    }

    /// What it holds now.
    Content share() {
        if (shared == null) {
            content = content.length == size ? content : Arrays.copyOf(content, size);
            shared = new Content(content);
        }
        return shared;
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
        if (shared != null || end > content.length) {
            content = Arrays.copyOf(content, end > content.length ? Math.max(end, content.length * 2) : content.length);
            shared = null;
        }
        System.arraycopy(bytes, 0, content, (int) offset, bytes.length);
        size = Math.max(size, end);
    }
}
