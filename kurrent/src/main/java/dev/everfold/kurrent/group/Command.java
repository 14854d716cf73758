package dev.everfold.kurrent.group;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/// What a group's thread is asked for; immutable.
sealed interface Command {

    /// A client comes.
    record Join(Subscriber subscriber) implements Command {}

    /// A client goes, or is gone.
    ///
    /// @param reason what it is told when it is there; empty = it knows why
    record Leave(Subscriber subscriber, Optional<RuntimeException> reason) implements Command {}

    /// A client has done its work.
    record Ack(Subscriber subscriber, List<UUID> ids) implements Command {
        /// Copies the ids.
        public Ack {
            ids = List.copyOf(ids);
        }
    }

    /// A client has not.
    record Nack(Subscriber subscriber, List<UUID> ids, NackAction action, String reason) implements Command {
        /// Copies the ids.
        public Nack {
            ids = List.copyOf(ids);
        }
    }

    /// Somebody wants to know how it goes.
    record Look(CompletableFuture<GroupFigures> answer) implements Command {}

    /// Something about the group may have changed.
    record Check() implements Command {}

    /// The group changed, or this server ends: every client has to leave.
    record Drop(RuntimeException reason) implements Command {}
}
