package dev.everfold.log.simulation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/// What a disk holds for certain, and what is only on its way, after each effect.
///
/// For one thread. Feed it the effects of a [SimulatedDisk] one after another and ask between any two of
/// them what a power loss would leave.
public final class Device {

    private final Map<String, Integer> durableNames = new TreeMap<>();
    private final Map<Integer, Content> durable = new HashMap<>();
    private final List<Effect> pending = new ArrayList<>();
    private int nextInode;

    /// The device as it was when the disk was made, with all of its files durable.
    public Device(SimulatedDisk disk) {
        for (Map.Entry<String, Content> file : disk.initialFiles().entrySet()) {
            durableNames.put(file.getKey(), nextInode);
            durable.put(nextInode++, file.getValue());
        }
    }

    private Device(Device device) {
        durableNames.putAll(device.durableNames);
        durable.putAll(device.durable);
        pending.addAll(device.pending);
        nextInode = device.nextInode;
    }

    /// A device like this one; what happens to either is no matter to the other.
    public Device fork() {
        return new Device(this);
    }

    /// The device after all effects of the disk.
    public static Device of(SimulatedDisk disk) {
        Device device = new Device(disk);
        disk.effects().forEach(device::apply);
        return device;
    }

    /// The next effect.
    public void apply(Effect effect) {
        switch (effect) {
            case Effect.Created created -> {
                durable.put(created.inode(), Content.EMPTY);
                nextInode = Math.max(nextInode, created.inode() + 1);
                pending.add(created);
            }
            case Effect.Written written -> pending.add(written);
            case Effect.Renamed renamed -> pending.add(renamed);
            case Effect.Deleted deleted -> pending.add(deleted);
            case Effect.Synced synced -> settle(synced.inode(), Survival.all());
            case Effect.SyncFailed failed -> settle(failed.inode(), failed.kept());
            case Effect.DirectorySynced _ -> settleNames();
        }
    }

    /// What comes of the effects, one after another.
    public Device applyAll(List<Effect> effects) {
        effects.forEach(this::apply);
        return this;
    }

    /// Whether the pending change of this number is a write.
    public boolean isWrite(int change) {
        return pending.get(change) instanceof Effect.Written;
    }

    /// How many changes are pending.
    public int pending() {
        return pending.size();
    }

    /// The disk that one finds when the power is back.
    public SimulatedDisk afterPowerLoss(Survival survival) {
        Map<String, Integer> names = new TreeMap<>(durableNames);
        for (int change = 0; change < pending.size(); change++) {
            if (survival.keeps(change, pending.size())) {
                rename(names, pending.get(change));
            }
        }
        Map<String, Content> files = new TreeMap<>();
        names.forEach((name, inode) -> files.put(name, content(inode, survival)));
        return SimulatedDisk.holding(files);
    }

    /// The disk that one finds when the process was killed and the power stayed: all that was done is seen,
    /// and what is pending here stays pending. What the disk then does, this device or a fork of it is to
    /// be told.
    public SimulatedDisk afterKill() {
        Map<String, Integer> names = new TreeMap<>(durableNames);
        pending.forEach(change -> rename(names, change));
        Map<String, Content> contents = new TreeMap<>();
        names.forEach((name, inode) -> contents.put(name, content(inode, Survival.all())));
        return new SimulatedDisk(names, contents, nextInode);
    }

    private void settle(int inode, Survival kept) {
        durable.put(inode, content(inode, kept));
        pending.removeIf(change -> change instanceof Effect.Written written && written.inode() == inode);
    }

    private void settleNames() {
        pending.forEach(change -> rename(durableNames, change));
        pending.removeIf(change -> !(change instanceof Effect.Written));
    }

    private static void rename(Map<String, Integer> names, Effect change) {
        switch (change) {
            case Effect.Created created -> names.put(created.name(), created.inode());
            case Effect.Deleted deleted -> names.remove(deleted.name(), deleted.inode());
            case Effect.Renamed renamed -> {
                names.remove(renamed.source(), renamed.inode());
                names.put(renamed.target(), renamed.inode());
            }
            default -> {}
        }
    }

    /// The durable bytes of a file with those pending sectors that survive.
    private Content content(int inode, Survival survival) {
        Content found = durable.get(inode);
        byte[] before = found.bytes();
        int length = before.length;
        int room = length;
        boolean untouched = true;
        for (int change = 0; change < pending.size(); change++) {
            if (pending.get(change) instanceof Effect.Written written && written.inode() == inode) {
                int end = (int) written.offset() + written.bytes().length;
                length = survival.keeps(change, pending.size()) ? Math.max(length, end) : length;
                room = Math.max(room, end);
                untouched = false;
            }
        }
        if (untouched) {
            return found;
        }
        byte[] after = Arrays.copyOf(before, room);
        if (survival.garbage() != 0) {
            byte[] garbage = new byte[room - before.length];
            new Random(survival.garbage()).nextBytes(garbage);
            System.arraycopy(garbage, 0, after, before.length, garbage.length);
        }
        for (int change = 0; change < pending.size(); change++) {
            if (pending.get(change) instanceof Effect.Written written && written.inode() == inode) {
                copySectors(written, after, change, survival);
            }
        }
        return new Content(length == room ? after : Arrays.copyOf(after, length));
    }

    private void copySectors(Effect.Written written, byte[] target, int change, Survival survival) {
        int offset = (int) written.offset();
        int end = offset + written.bytes().length;
        for (int at = offset; at < end; ) {
            int sector = at / Survival.SECTOR_BYTES;
            int to = Math.min(end, (sector + 1) * Survival.SECTOR_BYTES);
            if (survival.keepsSector(change, pending.size(), sector)) {
                System.arraycopy(written.bytes(), at - offset, target, at, to - at);
            }
            at = to;
        }
    }
}
