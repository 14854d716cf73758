package dev.everfold.eventsourcing.reaction;

import dev.everfold.eventsourcing.CommandContext;
import dev.everfold.eventsourcing.CommandIdReusedException;
import dev.everfold.eventsourcing.internal.DecidedEvents;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.util.List;

/// Sends the commands of an instance, in order, and records those that are refused. Safe for many threads.
final class Sending {

    private final Reaction<?, ?> reaction;
    private final EventStore store;
    private final Answers answers;

    Sending(Reaction<?, ?> reaction, EventStore store) {
        this.reaction = reaction;
        this.store = store;
        this.answers = new Answers(reaction.answerMax());
    }

    /// Sends what is not answered yet. After a failure the rest is sent next time.
    ///
    /// A crash here leaves commands that are recorded and not sent, or sent and not known to be. Their event is
    /// before no checkpoint then; it is handled again, found to be recorded, and its commands come here again.
    void send(String key, Held<?> held) {
        for (Outgoing outgoing : held.recorded().commands()) {
            if (!held.answered().contains(outgoing.id())) {
                send(key, held.recorded(), outgoing);
                held.answered().add(outgoing.id());
            }
        }
    }

    private void send(String key, Recorded<?> recorded, Outgoing outgoing) {
        CommandContext context = CommandContext.of(outgoing.id())
                .withCausation(recorded.input().id())
                .withCorrelation(recorded.correlation());
        Answer answer;
        try {
            BoundTarget<?> target = reaction.target(outgoing.target());
            answer = target.isLimited()
                    ? answers.await(outgoing, () -> target.send(outgoing, context))
                    : target.send(outgoing, context);
        } catch (CommandIdReusedException reused) {
            if (isRecordedAsRejected(outgoing)) {
                return;
            }
            throw reused;
        }
        if (answer instanceof Answer.Refused(String reason)) {
            recordRejected(key, recorded, outgoing, reason);
        }
    }

    /// Unless the command was accepted, or recorded as rejected, by another process meanwhile.
    private void recordRejected(String key, Recorded<?> recorded, Outgoing outgoing, String reason) {
        try {
            store.append(Append.of(ReactionEvents.rejected(reaction.name(), key, recorded, outgoing, reason))
                    .unless(DecidedEvents.of(outgoing.id()), 0));
        } catch (AppendConflictException answered) {
            // What is stored is the answer; refusals are read by the loop as all events are.
        }
    }

    private boolean isRecordedAsRejected(Outgoing outgoing) {
        List<RecordedEvent> first = store.read(
                        Read.matching(DecidedEvents.of(outgoing.id())).limit(1))
                .toList();
        return !first.isEmpty() && first.getFirst().type().equals(ReactionEvents.REJECTED);
    }
}
