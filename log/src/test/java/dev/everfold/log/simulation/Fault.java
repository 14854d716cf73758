package dev.everfold.log.simulation;

import dev.everfold.log.storage.NoSpaceException;
import java.io.IOException;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// Makes an operation fail.
///
/// @param when which operations
/// @param form what becomes of the operation all the same
/// @param failure what the engine gets
/// @param once only the first such operation, or all of them until the disk is healed
public record Fault(Predicate<Operation> when, Form form, Supplier<Throwable> failure, boolean once) {

    /// What becomes of an operation that is reported as failed. Both ends must be tested: it was lost,
    /// and it was kept.
    public enum Form {
        /// Nothing happened.
        LOST,
        /// The first half of a write happened; of a sync, every other pending sector is durable.
        HALF,
        /// All of it happened.
        KEPT
    }

    /// The device reports an error (EIO), once.
    public static Fault io(Predicate<Operation> when, Form form) {
        return new Fault(when, form, () -> new IOException("Input/output error"), true);
    }

    /// The device is full (ENOSPC), until it is healed.
    public static Fault noSpace(Predicate<Operation> when, Form form) {
        return new Fault(
                when,
                form,
                () -> new NoSpaceException("the simulated disk", new IOException("No space left on device")),
                false);
    }

    /// Something that nobody expects is thrown, once.
    public static Fault error(Predicate<Operation> when, Form form, Supplier<Throwable> error) {
        return new Fault(when, form, error, true);
    }

    /// Syncs say that they succeeded and do nothing: what no engine survives, so that checks can be
    /// checked.
    public static Fault lie(Predicate<Operation> when) {
        return new Fault(when, Form.LOST, () -> null, false);
    }

    /// The same for every such operation.
    public Fault always() {
        return new Fault(when, form, failure, false);
    }

    /// Throws the failure; returns when the operation is to be reported as done.
    void raise() throws IOException {
        switch (failure.get()) {
            case null -> {}
            case IOException failed -> throw failed;
            case RuntimeException unexpected -> throw unexpected;
            case Error error -> throw error;
            case Throwable other -> throw new IOException(other);
        }
    }
}
