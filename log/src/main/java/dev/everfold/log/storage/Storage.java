package dev.everfold.log.storage;

import java.io.IOException;
import java.util.List;

/// One directory of files, no deeper.
///
/// Safe for use by many threads. A change of names (create, rename, delete) is durable once
/// [#syncDirectory()] has returned after it; until then a crash may undo it, alone or together with
/// others. Every method throws [NoSpaceException] when the device is full and
/// [java.nio.file.NoSuchFileException] when the file is not there.
public interface Storage extends AutoCloseable {

    /// How messages name this directory, for example its path.
    String description();

    /// Names of the files that are there, sorted.
    List<String> list() throws IOException;

    /// Makes a new, empty file for reading and writing.
    ///
    /// @throws java.nio.file.FileAlreadyExistsException when there is one of that name
    StorageFile create(String name) throws IOException;

    /// Opens a file for reading and writing.
    StorageFile openForWriting(String name) throws IOException;

    /// Opens a file for reading only.
    StorageFile openForReading(String name) throws IOException;

    /// Gives a file another name, replacing what had it; anyone sees either the old or the new file,
    /// each whole. The content must have been synced before.
    void rename(String source, String target) throws IOException;

    /// Removes a file. Those that have it open or mapped may go on reading.
    void delete(String name) throws IOException;

    /// Makes all changes of names so far durable.
    void syncDirectory() throws IOException;

    /// Tries to become the only holder of a lock, among all processes, until it is closed or the
    /// process ends.
    ///
    /// @return true when this process holds it now, false when another holder has it
    boolean tryLock(String name) throws IOException;

    /// Whether somebody holds a lock, among all processes. Asking needs no permission to write, and keeps
    /// nobody from it for longer than it takes.
    boolean isLocked(String name) throws IOException;

    /// Bytes that can still be written, as far as known; [Long#MAX_VALUE] when nobody knows.
    long usableBytes() throws IOException;

    /// Releases the lock. Files that are open stay open.
    @Override
    void close() throws IOException;
}
