package dev.everfold.log.simulation;

import java.util.ArrayList;
import java.util.List;

/// What a power loss may leave, enumerated.
///
/// Up to eight pending changes: each of their subsets. More: none, all, each prefix, each but one, and
/// subsets that a seed picks. In either case each write is also torn, sector by sector, and some subsets
/// of sectors are picked by the seed, of which every third leaves garbage where a file grew without its
/// bytes.
public final class Survivals {

    /// So many changes have all of their subsets tried.
    public static final int SUBSETS_MAX = 8;

    private static final int TORN_PER_WRITE = 3;
    private static final int PICKED_FROM_FEW = 3;
    private static final int PICKED_FROM_MANY = 32;

    private Survivals() {}

    /// All that are tried for what is pending on a device.
    public static List<Survival> of(Device device, long seed) {
        List<Survival> survivals = new ArrayList<>();
        addSubsets(device.pending(), 0, survivals);
        for (int change = 0; change < device.pending(); change++) {
            addTorn(device, change, seed, survivals);
        }
        addPicked(device, seed, survivals);
        return survivals;
    }

    /// Those of them that were not possible before the newest change came.
    public static List<Survival> withNewest(Device device, long seed) {
        List<Survival> survivals = new ArrayList<>();
        int newest = device.pending() - 1;
        addSubsets(device.pending(), newest <= SUBSETS_MAX ? 1L << newest : 0, survivals);
        addTorn(device, newest, seed, survivals);
        addPicked(device, seed, survivals);
        return survivals;
    }

    private static void addSubsets(int pending, long fromBits, List<Survival> survivals) {
        if (pending <= SUBSETS_MAX) {
            for (long bits = fromBits; bits < 1L << pending; bits++) {
                survivals.add(Survival.subset(bits));
            }
            return;
        }
        survivals.add(Survival.none());
        survivals.add(Survival.all());
        for (int change = 0; change < pending; change++) {
            survivals.add(Survival.first(change));
            survivals.add(Survival.allBut(change));
        }
    }

    private static void addTorn(Device device, int change, long seed, List<Survival> survivals) {
        if (device.isWrite(change)) {
            for (int i = 0; i < TORN_PER_WRITE; i++) {
                survivals.add(Survival.torn(change, seed * TORN_PER_WRITE + i));
            }
        }
    }

    private static void addPicked(Device device, long seed, List<Survival> survivals) {
        int picked = device.pending() > SUBSETS_MAX ? PICKED_FROM_MANY : PICKED_FROM_FEW;
        for (int i = 0; i < picked && device.pending() > 0; i++) {
            survivals.add(Survival.random(seed * picked + i));
        }
    }
}
