package dev.everfold.log.simulation;

import java.util.SplittableRandom;

/// Which of the changes that are pending when the power fails can be found afterwards.
///
/// Changes are numbered in the order in which they were made, those of names and those of contents
/// together. A write survives sector by sector, and the length that it gives its file apart from its
/// bytes.
public interface Survival {

    /// Bytes that a device writes as a whole.
    int SECTOR_BYTES = 512;

    /// Whether this change of a name survives, or the length that this write gives its file.
    boolean keeps(int change, int changes);

    /// Whether this sector of a write survives.
    default boolean keepsSector(int change, int changes, int sector) {
        return keeps(change, changes);
    }

    /// What stands in sectors that a file was given without their bytes: 0 = zeros, else a seed of garbage.
    default long garbage() {
        return 0;
    }

    /// Nothing that was not synced.
    static Survival none() {
        return named("none", (change, changes) -> false);
    }

    /// Everything.
    static Survival all() {
        return named("all", (change, changes) -> true);
    }

    /// The first so many changes.
    static Survival first(int count) {
        return named("first(" + count + ")", (change, changes) -> change < count);
    }

    /// All changes but one.
    static Survival allBut(int missing) {
        return named("allBut(" + missing + ")", (change, changes) -> change != missing);
    }

    /// The changes whose bits are set, the first one's being the lowest.
    static Survival subset(long bits) {
        return named("subset(" + Long.toBinaryString(bits) + ")", (change, changes) -> (bits >>> change & 1) != 0);
    }

    /// The first so many changes, and of the next one some sectors.
    static Survival torn(int count, long seed) {
        return new Survival() {
            @Override
            public boolean keeps(int change, int changes) {
                return change < count || (change == count && coin(seed, change, -1) < 0.5);
            }

            @Override
            public boolean keepsSector(int change, int changes, int sector) {
                return change < count || (change == count && coin(seed, change, sector) < 0.5);
            }

            @Override
            public String toString() {
                return "torn(" + count + ", " + seed + ")";
            }
        };
    }

    /// Any of them, sector by sector, as the seed says: sometimes few, sometimes many.
    static Survival random(long seed) {
        double share = coin(seed, -1, -1);
        return new Survival() {
            @Override
            public boolean keeps(int change, int changes) {
                return coin(seed, change, -1) < share;
            }

            @Override
            public boolean keepsSector(int change, int changes, int sector) {
                return coin(seed, change, sector) < share;
            }

            @Override
            public long garbage() {
                return seed % 3 == 0 ? seed : 0;
            }

            @Override
            public String toString() {
                return "random(" + seed + ")";
            }
        };
    }

    private static double coin(long seed, int change, int sector) {
        return new SplittableRandom(seed * 31 + change * 1_000_003L + sector).nextDouble();
    }

    private static Survival named(String name, Survival rule) {
        return new Survival() {
            @Override
            public boolean keeps(int change, int changes) {
                return rule.keeps(change, changes);
            }

            @Override
            public String toString() {
                return name;
            }
        };
    }
}
