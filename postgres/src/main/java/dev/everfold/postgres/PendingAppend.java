package dev.everfold.postgres;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventFormat;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.OutcomeUnknownException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// An append that waits to be committed.
///
/// @param append what is to be stored
/// @param stampMicros when it arrived, microseconds since 1970-01-01T00:00:00Z
/// @param waitedFor whether a thread waits for the answer; otherwise others may depend on the future
/// @param answer completed once
/// @param bytes what it takes in memory while it waits, about: events, and 128 bytes a condition
record PendingAppend(
        Append append, long stampMicros, boolean waitedFor, CompletableFuture<Appended> answer, int bytes) {

    static PendingAppend of(Append append, long stampMicros, boolean waitedFor) {
        long bytes = 256 + 128L * append.conditions().size();
        for (NewEvent event : append.events()) {
            bytes += EventFormat.encodedBytesAtMost(event);
        }
        int bounded = (int) Math.min(bytes, Integer.MAX_VALUE);
        return new PendingAppend(append, stampMicros, waitedFor, new CompletableFuture<>(), bounded);
    }

    /// Waits for the answer.
    ///
    /// @throws OutcomeUnknownException when the thread is interrupted before; its flag is set again
    Appended await() {
        try {
            return answer.get();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw interrupted(interrupted);
        } catch (ExecutionException refused) {
            if (refused.getCause() instanceof EventStoreException refusal) {
                throw refusal;
            }
            throw new IllegalStateException("An append was refused in an unknown way.", refused);
        }
    }

    OutcomeUnknownException interrupted(InterruptedException cause) {
        return new OutcomeUnknownException("Append " + append.id() + " was interrupted while it waited", cause);
    }
}
