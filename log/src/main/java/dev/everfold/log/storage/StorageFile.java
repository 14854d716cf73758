package dev.everfold.log.storage;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/// One file, read and written at offsets.
///
/// Safe for use by many threads; one thread writes. Interrupting a thread inside a call never closes
/// the file.
public interface StorageFile extends AutoCloseable {

    /// Its name in its directory, as it was when opened.
    String name();

    /// Length in bytes, what was written and not yet synced included.
    long size() throws IOException;

    /// Reads up to `length` bytes at `offset` into `target`.
    ///
    /// @return how many were read; fewer than asked for only at the end of the file
    int read(long offset, byte[] target, int targetOffset, int length) throws IOException;

    /// Writes all remaining bytes at `offset`, growing the file when they reach beyond its end. Nothing
    /// is durable before [#sync()]; when it throws, any part of it may have been written.
    void write(long offset, ByteBuffer source) throws IOException;

    /// Makes everything written so far durable, the file's length included; its name is not (see
    /// [Storage#syncDirectory()]).
    ///
    /// When it throws, what was written since the last sync may be lost **even if a later sync
    /// succeeds**: never try again, give the file up.
    void sync() throws IOException;

    /// The whole file as memory, read-only. Only for files that never change any more.
    MemorySegment map() throws IOException;

    @Override
    void close() throws IOException;
}
