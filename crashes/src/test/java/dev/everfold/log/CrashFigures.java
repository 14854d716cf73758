package dev.everfold.log;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/// What an enumeration of crashes has tried so far. Safe for use by many threads.
final class CrashFigures {

    /// How a disk came about.
    enum Kind {
        POWER_LOSS("power lost during the workload"),
        POWER_LOSS_IN_RECOVERY("power lost again during the recovery from that"),
        KILL("process killed, power stayed"),
        POWER_LOSS_AFTER_KILL("power lost during or right after the recovery from that");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    private final Map<Kind, LongAdder> images = new EnumMap<>(Kind.class);
    private final LongAdder moments = new LongAdder();
    private final LongAdder repeated = new LongAdder();
    private final LongAdder states = new LongAdder();
    private final LongAdder workloads = new LongAdder();

    CrashFigures() {
        for (Kind kind : Kind.values()) {
            images.put(kind, new LongAdder());
        }
    }

    /// Counts a disk that was checked.
    void checked(Kind kind) {
        images.get(kind).increment();
    }

    /// Counts a moment of a workload before which everything was tried.
    void moment() {
        moments.increment();
    }

    /// Counts a disk that was opened, read, and appended to.
    void opened() {
        states.increment();
    }

    long opens() {
        return states.sum();
    }

    /// Counts a disk that equals one checked before.
    void repeated() {
        repeated.increment();
    }

    void workload() {
        workloads.increment();
    }

    long images() {
        return images.values().stream().mapToLong(LongAdder::sum).sum();
    }

    long images(Kind kind) {
        return images.get(kind).sum();
    }

    long moments() {
        return moments.sum();
    }

    long repeats() {
        return repeated.sum();
    }

    long workloads() {
        return workloads.sum();
    }
}
