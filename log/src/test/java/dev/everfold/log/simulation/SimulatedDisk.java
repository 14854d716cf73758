package dev.everfold.log.simulation;

import dev.everfold.log.simulation.Fault.Form;
import dev.everfold.log.simulation.Operation.Kind;
import dev.everfold.log.storage.NoSpaceException;
import dev.everfold.log.storage.Storage;
import dev.everfold.log.storage.StorageFile;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.zip.CRC32C;

/// A directory in memory that writes down what is done to it.
///
/// What the engine sees is what it wrote, as from a page cache, also after a sync that failed; what a power
/// loss leaves is told by [Device]. Safe for use by many threads: one operation at a time, so that effects
/// have one order.
public final class SimulatedDisk implements Storage {

    private final Map<String, Content> initialFiles = new LinkedHashMap<>();

    // Guarded by this.
    private final Map<String, Inode> names = new TreeMap<>();
    private final List<Effect> effects = new ArrayList<>();
    private final Faults faults = new Faults();
    private int operations;
    private int inodes;
    private long spaceLeft = Long.MAX_VALUE;
    private boolean locked;
    private int openFiles;

    /// An empty disk.
    public SimulatedDisk() {
        this(Map.of());
    }

    /// A disk on which these files are durable. The arrays are not to be changed any more.
    public SimulatedDisk(Map<String, byte[]> files) {
        new TreeMap<>(files).forEach((name, bytes) -> put(name, inodes++, new Content(bytes)));
    }

    /// A disk on which these files are seen, under the numbers that their device knows them by.
    SimulatedDisk(Map<String, Integer> numbers, Map<String, Content> contents, int nextNumber) {
        numbers.forEach((name, number) -> put(name, number, Objects.requireNonNull(contents.get(name))));
        inodes = nextNumber;
    }

    private void put(String name, int number, Content content) {
        initialFiles.put(name, content);
        names.put(name, new Inode(number, content));
    }

    /// A disk on which these files are durable.
    static SimulatedDisk holding(Map<String, Content> contents) {
        Map<String, Integer> numbers = new TreeMap<>();
        for (String name : new TreeMap<>(contents).keySet()) {
            numbers.put(name, numbers.size());
        }
        return new SimulatedDisk(numbers, contents, numbers.size());
    }

    /// Everything that was done, in order.
    public synchronized List<Effect> effects() {
        return List.copyOf(effects);
    }

    /// How many effects there were so far.
    public synchronized int effectCount() {
        return effects.size();
    }

    /// How many changing operations there were so far, those that failed included.
    public synchronized int operations() {
        return operations;
    }

    /// How many files are open now.
    public synchronized int openFiles() {
        return openFiles;
    }

    /// The files as they are seen now, by name. The arrays are copies.
    public synchronized Map<String, byte[]> files() {
        Map<String, byte[]> files = new TreeMap<>();
        names.forEach((name, inode) -> files.put(name, inode.share().bytes().clone()));
        return files;
    }

    /// A disk on which everything that is seen now is durable.
    public synchronized SimulatedDisk copy() {
        Map<String, Content> contents = new TreeMap<>();
        names.forEach((name, inode) -> contents.put(name, inode.share()));
        return holding(contents);
    }

    /// The disk that the next process finds when this one was killed and the power stayed. What it does is
    /// to be applied to the same [Device] as what was done here.
    public synchronized SimulatedDisk restarted() {
        Map<String, Integer> numbers = new TreeMap<>();
        Map<String, Content> contents = new TreeMap<>();
        names.forEach((name, inode) -> {
            numbers.put(name, inode.number);
            contents.put(name, inode.share());
        });
        return new SimulatedDisk(numbers, contents, inodes);
    }

    /// Names, lengths and checksums of the files as they are seen now.
    public synchronized String fingerprint() {
        StringJoiner text = new StringJoiner("\n");
        names.forEach((name, inode) -> {
            CRC32C crc = new CRC32C();
            crc.update(inode.share().bytes());
            text.add(name + " " + inode.size() + " bytes " + Long.toHexString(crc.getValue()));
        });
        return text.toString();
    }

    /// A number that tells disks apart by the names and contents of their files as they are seen now.
    public long identity() {
        return identity(name -> true);
    }

    /// The same for some of the files.
    public synchronized long identity(Predicate<String> files) {
        long identity = 0;
        for (Map.Entry<String, Inode> file : names.entrySet()) {
            if (files.test(file.getKey())) {
                identity = identity * 0x9e37_79b9_7f4a_7c15L + file.getKey().hashCode();
                identity = identity * 0x9e37_79b9_7f4a_7c15L
                        + file.getValue().share().identity();
            }
        }
        return identity;
    }

    /// The disk that one finds after a power loss now.
    public SimulatedDisk afterPowerLoss(Survival survival) {
        return Device.of(this).afterPowerLoss(survival);
    }

    /// Makes operations fail.
    public synchronized void fail(Fault fault) {
        faults.add(fault);
    }

    /// Takes all faults away and gives all the space.
    public synchronized void heal() {
        faults.clear();
        spaceLeft = Long.MAX_VALUE;
    }

    /// Lets files grow by no more than this, all together.
    public synchronized void leaveSpace(long bytes) {
        spaceLeft = bytes;
    }

    /// Runs an action before each such operation, in the thread that asks for it.
    public void before(Predicate<Operation> when, Runnable action) {
        faults.before(when, action);
    }

    @Override
    public String description() {
        return "simulated disk";
    }

    @Override
    public synchronized List<String> list() {
        return List.copyOf(names.keySet());
    }

    @Override
    public synchronized StorageFile create(String name) throws IOException {
        if (names.containsKey(name)) {
            throw new FileAlreadyExistsException(name);
        }
        Inode inode = new Inode(inodes++, Content.EMPTY);
        perform(new Operation(operations++, Kind.CREATE, name, 0, 0), () -> {
            names.put(name, inode);
            effects.add(new Effect.Created(inode.number, name));
        });
        openFiles++;
        return new SimulatedFile(this, inode, name);
    }

    @Override
    public synchronized StorageFile openForWriting(String name) throws IOException {
        Inode inode = find(name);
        openFiles++;
        return new SimulatedFile(this, inode, name);
    }

    @Override
    public StorageFile openForReading(String name) throws IOException {
        return openForWriting(name);
    }

    @Override
    public synchronized void rename(String source, String target) throws IOException {
        Inode inode = find(source);
        perform(new Operation(operations++, Kind.RENAME, target, 0, 0), () -> {
            names.remove(source);
            names.put(target, inode);
            effects.add(new Effect.Renamed(inode.number, source, target));
        });
    }

    @Override
    public synchronized void delete(String name) throws IOException {
        Inode inode = find(name);
        perform(new Operation(operations++, Kind.DELETE, name, 0, 0), () -> {
            names.remove(name);
            effects.add(new Effect.Deleted(inode.number, name));
        });
    }

    @Override
    public synchronized void syncDirectory() throws IOException {
        perform(
                new Operation(operations++, Kind.SYNC_DIRECTORY, "", 0, 0),
                () -> effects.add(new Effect.DirectorySynced()));
    }

    @Override
    public synchronized boolean tryLock(String name) {
        if (locked) {
            return false;
        }
        if (!names.containsKey(name)) {
            Inode inode = new Inode(inodes++, Content.EMPTY);
            names.put(name, inode);
            effects.add(new Effect.Created(inode.number, name));
        }
        locked = true;
        return true;
    }

    @Override
    public synchronized boolean isLocked(String name) {
        return locked;
    }

    @Override
    public synchronized long usableBytes() {
        return spaceLeft;
    }

    @Override
    public synchronized void close() {
        locked = false;
    }

    int read(Inode inode, String name, long offset, byte[] target, int at, int length) throws IOException {
        Operation operation = new Operation(operations(), Kind.READ, name, offset, length);
        faults.runHook(operation);
        synchronized (this) {
            perform(operation, () -> {});
            return inode.read(offset, target, at, length);
        }
    }

    void write(Inode inode, String name, long offset, byte[] bytes) throws IOException {
        faults.runHook(new Operation(operations(), Kind.WRITE, name, offset, bytes.length));
        synchronized (this) {
            Fault fault = faults.take(new Operation(operations++, Kind.WRITE, name, offset, bytes.length))
                    .orElse(null);
            long growth = Math.max(0, offset + bytes.length - inode.size());
            int kept = bytes.length;
            if (fault != null) {
                kept = fault.form() == Form.LOST ? 0 : fault.form() == Form.HALF ? kept / 2 : kept;
            } else if (growth > spaceLeft) {
                kept = (int) Math.max(0, bytes.length - (growth - spaceLeft));
            }
            if (kept > 0) {
                long before = inode.size();
                byte[] part = Arrays.copyOf(bytes, kept);
                inode.write(offset, part);
                spaceLeft -= spaceLeft == Long.MAX_VALUE ? 0 : inode.size() - before;
                effects.add(new Effect.Written(inode.number, name, offset, part));
            }
            if (fault != null) {
                fault.raise();
            }
            if (kept < bytes.length) {
                throw new NoSpaceException(name, new IOException("No space left on device"));
            }
        }
    }

    /// Makes a file durable. Each open file is told once of a sync that failed, whoever asked for it.
    void sync(Inode inode, SimulatedFile file) throws IOException {
        faults.runHook(new Operation(operations(), Kind.SYNC, file.name(), 0, 0));
        synchronized (this) {
            Fault fault = faults.take(new Operation(operations++, Kind.SYNC, file.name(), 0, 0))
                    .orElse(null);
            if (fault == null && file.failedSyncsSeen < inode.failedSyncs) {
                file.failedSyncsSeen = inode.failedSyncs;
                throw new IOException("Input/output error");
            }
            if (fault != null && fault.failure().get() == null) {
                return;
            }
            if (fault == null || fault.form() == Form.KEPT) {
                effects.add(new Effect.Synced(inode.number, file.name()));
            } else {
                Survival kept = fault.form() == Form.LOST ? Survival.none() : Survival.random(operations);
                effects.add(new Effect.SyncFailed(inode.number, file.name(), kept));
            }
            if (fault != null) {
                file.failedSyncsSeen = ++inode.failedSyncs;
                fault.raise();
            }
        }
    }

    synchronized void closed() {
        openFiles--;
    }

    synchronized Map<String, Content> initialFiles() {
        return Collections.unmodifiableMap(initialFiles);
    }

    private void perform(Operation operation, Runnable action) throws IOException {
        Fault fault = faults.take(operation).orElse(null);
        if (fault == null || fault.form() != Form.LOST) {
            action.run();
        }
        if (fault != null) {
            fault.raise();
        }
    }

    private Inode find(String name) throws NoSuchFileException {
        Inode inode = names.get(name);
        if (inode == null) {
            throw new NoSuchFileException(name);
        }
        return inode;
    }
}
