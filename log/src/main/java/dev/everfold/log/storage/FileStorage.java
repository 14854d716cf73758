package dev.everfold.log.storage;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A directory of the file system.
///
/// What it relies on: `rename` within a directory is atomic, `fsync` of a directory makes its names
/// durable, and `fdatasync` of a file makes its bytes and its length durable (POSIX; Linux ext4 and xfs
/// keep it).
public final class FileStorage implements Storage {

    /// Lock files held by this process. POSIX drops a process's lock when it closes *any* descriptor of
    /// the file, so a file that is held must not even be opened a second time. It is kept among the
    /// system properties, since there is one lock a process and not one a class loader.
    private static final String HELD = "dev.everfold.log.held:";

    private static final System.Logger LOG = System.getLogger("dev.everfold.log");

    /// At the root of a file system such as ext4, and its own: a disk that was just formatted is empty.
    private static final String LOST_AND_FOUND = "lost+found";

    private final Path directory;

    // Guarded by this.
    private @Nullable FileChannel lockChannel;
    private @Nullable Path lockPath;
    private @Nullable Object lockedDirectory;

    /// The files of a directory that exists.
    public FileStorage(Path directory) {
        this.directory = directory;
    }

    /// Makes the directory, and those above it that are missing, durable under their names; also
    /// where it is there already, since whoever made it may have been killed before.
    public static FileStorage createDirectory(Path directory) throws IOException {
        // An interruption would close the directories before they are synced.
        boolean interrupted = Thread.interrupted();
        try {
            create(directory);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        return new FileStorage(directory);
    }

    private static void create(Path directory) throws IOException {
        List<Path> missing = new ArrayList<>();
        for (Path at = directory.toAbsolutePath(); at != null && !Files.exists(at); at = at.getParent()) {
            missing.addFirst(at);
        }
        for (Path at : missing) {
            createOrFind(at);
            Path parent = at.getParent();
            if (parent != null) {
                syncDirectory(parent);
            }
        }
        syncNames(missing.isEmpty() ? directory : missing.getFirst().getParent());
    }

    /// Makes the names of a directory that is there and of those above it durable, as far up as
    /// that can be done: what may not be read, or is of a file system that is never written, is
    /// somebody else's.
    private static void syncNames(@Nullable Path directory) throws IOException {
        Path at = directory == null ? null : directory.toRealPath().getParent();
        try {
            while (at != null) {
                syncDirectory(at);
                at = at.getParent();
            }
        } catch (IOException ofSomebodyElse) {
            LOG.log(Level.DEBUG, "directory above not synced dir={0} reason={1}", at, ofSomebodyElse);
        }
    }

    /// Somebody else may create it in the same moment, for a store beside this one.
    private static void createOrFind(Path directory) throws IOException {
        try {
            Files.createDirectory(directory);
        } catch (FileAlreadyExistsException meanwhile) {
            if (!Files.isDirectory(directory)) {
                throw meanwhile;
            }
        }
    }

    @Override
    public String description() {
        return directory.toString();
    }

    @Override
    public List<String> list() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals(LOST_AND_FOUND))
                    .sorted()
                    .toList();
        }
    }

    @Override
    public StorageFile create(String name) throws IOException {
        requireLocked();
        try {
            return ChannelFile.create(directory.resolve(name));
        } catch (IOException failure) {
            throw NoSpaceException.orSame(failure, directory.resolve(name));
        }
    }

    @Override
    public StorageFile openForWriting(String name) throws IOException {
        requireLocked();
        return ChannelFile.openForWriting(directory.resolve(name));
    }

    @Override
    public StorageFile openForReading(String name) throws IOException {
        return ChannelFile.openForReading(directory.resolve(name));
    }

    @Override
    public void rename(String source, String target) throws IOException {
        requireLocked();
        try {
            Files.move(
                    directory.resolve(source),
                    directory.resolve(target),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failure) {
            throw NoSpaceException.orSame(failure, directory);
        }
    }

    @Override
    public void delete(String name) throws IOException {
        requireLocked();
        Files.delete(directory.resolve(name));
    }

    @Override
    public void syncDirectory() throws IOException {
        syncDirectory(directory);
    }

    @Override
    public synchronized boolean tryLock(String name) throws IOException {
        if (lockChannel != null) {
            return true;
        }
        Path path = directory.toRealPath().resolve(name);
        if (System.getProperties().putIfAbsent(HELD + path, "held") != null) {
            return false;
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (channel.tryLock() != null) {
                lockChannel = channel;
                lockPath = path;
                lockedDirectory = key(directory);
            }
        } catch (IOException failure) {
            throw NoSpaceException.orSame(failure, path);
        } finally {
            if (lockChannel == null) {
                System.getProperties().remove(HELD + path);
                if (channel != null) {
                    channel.close();
                }
            }
        }
        return lockChannel != null;
    }

    @Override
    public synchronized boolean isLocked(String name) throws IOException {
        Path path = directory.toRealPath().resolve(name);
        if (System.getProperties().putIfAbsent(HELD + path, "looked at") != null) {
            return true;
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return channel.tryLock(0, Long.MAX_VALUE, true) == null;
        } catch (NoSuchFileException neverLocked) {
            return false;
        } finally {
            System.getProperties().remove(HELD + path);
        }
    }

    @Override
    public long usableBytes() throws IOException {
        return Files.getFileStore(directory).getUsableSpace();
    }

    @Override
    public synchronized void close() throws IOException {
        if (lockChannel != null && lockPath != null) {
            lockChannel.close();
            System.getProperties().remove(HELD + lockPath);
            lockChannel = null;
            lockPath = null;
        }
    }

    /// Whoever moves the directory away and puts another one at its place takes the lock along: what was
    /// written from then on would go into somebody else's files.
    private synchronized void requireLocked() throws IOException {
        if (lockChannel != null && !Objects.equals(key(directory), lockedDirectory)) {
            throw new IOException("another folder was put at its place");
        }
    }

    private static @Nullable Object key(Path directory) throws IOException {
        return Files.readAttributes(directory, BasicFileAttributes.class).fileKey();
    }

    private static void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
