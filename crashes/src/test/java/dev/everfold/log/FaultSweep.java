package dev.everfold.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.OutcomeUnknownException;
import dev.everfold.eventstore.StorageFullException;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.log.CrashEnumeration.Moment;
import dev.everfold.log.Workload.Step;
import dev.everfold.log.simulation.Device;
import dev.everfold.log.simulation.Fault;
import dev.everfold.log.simulation.Fault.Form;
import dev.everfold.log.simulation.Operation;
import dev.everfold.log.simulation.Operation.Kind;
import dev.everfold.log.simulation.SimulatedDisk;
import dev.everfold.testkit.MutableClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;

/// The k-th operation of a workload fails, for every k and in each way; the store goes on as far as it can,
/// and crashes, in all ways that [CrashEnumeration] knows: right after the failure, after the next append, at
/// the end, and after it was closed.
///
/// System property: `everfold.fault.operation` = that k only.
final class FaultSweep {

    private static final int APPENDS = 20;
    private static final int CRASHES_AFTER_STEPS = 2;

    private final long seed;
    private final Workload workload;
    private final CrashFigures figures;
    private final CrashEnumeration crashes;
    private final Map<String, Integer> failures = new TreeMap<>();

    /// @param figures counts the crashes
    FaultSweep(long seed, CrashFigures figures) {
        this.seed = seed;
        this.workload = Workload.of(seed, APPENDS);
        this.figures = figures;
        this.crashes = new CrashEnumeration(workload, seed, figures);
    }

    /// What the failing operation is told, and what becomes of it.
    private enum Failure {
        EIO_AND_NOTHING_DONE(Form.LOST),
        EIO_AND_HALF_DONE(Form.HALF),
        EIO_AND_ALL_DONE(Form.KEPT),
        ENOSPC_AND_NOTHING_DONE(Form.LOST),
        ENOSPC_AND_HALF_DONE(Form.HALF);

        private final Form form;

        Failure(Form form) {
            this.form = form;
        }

        Fault fault(int operation, AtomicReference<Operation> met) {
            return new Fault(
                    asked -> {
                        boolean due = Operation.at(operation).test(asked);
                        if (due) {
                            met.set(asked);
                        }
                        return due;
                    },
                    form,
                    name().startsWith("EIO")
                            ? Fault.io(asked -> true, form).failure()
                            : Fault.noSpace(asked -> true, form).failure(),
                    true);
        }

        /// Half of an operation that is not a write or a sync is all of it, and a full device does not keep
        /// those from being done.
        boolean isPossible(Kind kind) {
            return switch (kind) {
                case WRITE -> true;
                case SYNC -> name().startsWith("EIO");
                case CREATE -> form != Form.HALF;
                default -> form != Form.HALF && name().startsWith("EIO");
            };
        }

        String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /// How often each kind of operation failed in each way.
    Map<String, Integer> failures() {
        return failures;
    }

    /// Fails everything.
    ///
    /// @throws AssertionError with the story of the first failure after which something is wrong
    void run() {
        int only = Integer.getInteger("everfold.fault.operation", -1);
        int operations = operations();
        for (int operation = 0; operation < operations; operation++) {
            if (only < 0 || only == operation) {
                for (Failure failure : Failure.values()) {
                    run(operation, operations, failure);
                }
            }
        }
        figures.workload();
    }

    private int operations() {
        SimulatedDisk disk = new SimulatedDisk();
        MutableClock clock = Stores.clock();
        try (LogEventStore store = Stores.open(disk, clock, seed)) {
            workload.steps().forEach(step -> Workload.make(step, store, clock));
        }
        return disk.operations();
    }

    private void run(int operation, int operations, Failure failure) {
        String story = "seed " + seed + ", operation " + operation + " of " + operations + ": "
                + failure.text() + " (repeat it: -Deverfold.seed=" + seed + " -Deverfold.fault.operation=" + operation
                + ")";
        AtomicReference<Operation> met = new AtomicReference<>();
        SimulatedDisk disk = new SimulatedDisk();
        disk.fail(failure.fault(operation, met));
        try {
            session(disk, story, operation, met, failure);
        } catch (RuntimeException | AssertionError violation) {
            String told = String.valueOf(violation.getMessage());
            throw new AssertionError(told.startsWith(story) ? told : story + "\n" + told, violation);
        }
    }

    private void session(
            SimulatedDisk disk, String story, int number, AtomicReference<Operation> met, Failure failure) {
        MutableClock clock = Stores.clock();
        Progress progress = new Progress();
        try (LogEventStore store = Stores.open(disk, clock, seed)) {
            int stepsSince = 0;
            for (Step step : workload.steps()) {
                clock.set(step.at());
                append(step, store, progress);
                if (isDue(met, failure) && stepsSince++ < CRASHES_AFTER_STEPS) {
                    crash(disk, progress.moment(story + ", gone on for " + stepsSince + " steps", number));
                }
            }
            if (isDue(met, failure)) {
                crash(disk, progress.moment(story + ", gone on to the end", number));
            }
        } catch (StoreUnavailableException | StorageFullException failedAtOpening) {
            assertThat(progress.acknowledged).isZero();
        }
        if (isDue(met, failure)) {
            failures.merge(met.get().kind().name().toLowerCase(Locale.ROOT) + ": " + failure.text(), 1, Integer::sum);
            crash(disk, progress.moment(story + ", closed", number));
        }
    }

    /// Whether the operation was reached, and may fail like that.
    private static boolean isDue(AtomicReference<Operation> met, Failure failure) {
        return met.get() != null && failure.isPossible(met.get().kind());
    }

    private void crash(SimulatedDisk disk, Moment moment) {
        Device device;
        SimulatedDisk restarted;
        // The writer may be at work on the index still.
        synchronized (disk) {
            device = new Device(new SimulatedDisk()).applyAll(disk.effects());
            restarted = disk.restarted();
        }
        crashes.crash(device, restarted, moment);
    }

    /// How far a workload came.
    private static final class Progress {

        private int acknowledged;
        private boolean failed;

        /// Now; of the append whose outcome is unknown, all or nothing may be there.
        Moment moment(String story, int number) {
            return new Moment(story, number, acknowledged, acknowledged + (failed ? 1 : 0));
        }
    }

    /// Makes an append, and sees to it that an engine that gives up does so properly.
    private void append(Step step, LogEventStore store, Progress progress) {
        try {
            Appended appended = appendWhenThereIsRoom(step, store);
            assertThat(progress.failed)
                    .as("an append is accepted by a store that failed")
                    .isFalse();
            assertThat(appended).isEqualTo(step.answer().orElseThrow());
            progress.acknowledged++;
        } catch (AppendConflictException refused) {
            assertThat(step.answer()).isEmpty();
        } catch (OutcomeUnknownException unknown) {
            assertThat(progress.failed).as("a second append of unknown outcome").isFalse();
            progress.failed = true;
        } catch (StoreUnavailableException refused) {
            assertThat(progress.failed)
                    .as("a store that refuses without having failed")
                    .isTrue();
            assertThat(refused.retryable()).isFalse();
        }
        assertThat(Stores.events(store).equals(workload.events(progress.acknowledged)))
                .as("the events of all acknowledged appends are read, and no others")
                .isTrue();
    }

    private static Appended appendWhenThereIsRoom(Step step, LogEventStore store) {
        try {
            return store.append(step.append());
        } catch (StorageFullException full) {
            assertThat(full.retryable()).isTrue();
            return store.append(step.append());
        }
    }

    /// What was tried, for a report.
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("failed operations: "
                + failures.values().stream().mapToInt(count -> count).sum());
        failures.forEach((what, count) -> lines.add(what + ": " + count));
        lines.add("crashes after that: " + figures.images() + ", violations: 0");
        return lines;
    }
}
