package dev.everfold.log.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// What is going to go wrong on a disk, and what is to be done before it does what it is asked.
///
/// The list of faults is guarded by the disk.
final class Faults {

    private final List<Fault> faults = new ArrayList<>();
    private volatile Hook hook = new Hook(operation -> false, () -> {});

    /// What runs before operations, outside of the disk's lock, so that it may wait.
    private record Hook(Predicate<Operation> when, Runnable action) {}

    void add(Fault fault) {
        faults.add(fault);
    }

    void clear() {
        faults.clear();
    }

    /// The fault that this operation meets.
    Optional<Fault> take(Operation operation) {
        Optional<Fault> due =
                faults.stream().filter(fault -> fault.when().test(operation)).findFirst();
        due.filter(Fault::once).ifPresent(faults::remove);
        return due;
    }

    void before(Predicate<Operation> when, Runnable action) {
        hook = new Hook(when, action);
    }

    void runHook(Operation operation) {
        Hook current = hook;
        if (current.when.test(operation)) {
            current.action.run();
        }
    }
}
