package dev.everfold.eventsourcing.reaction;

import dev.everfold.eventsourcing.internal.Handling;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Waits for the answers of senders, each for a limited time. Safe for many threads.
///
/// A sender that does not return when it is interrupted goes on holding its thread. Whoever sends the same command
/// again waits for that one, so a target that hangs holds one thread for each command that it was sent, and not more
/// with each try.
final class Answers {

    private final Duration max;

    /// Commands that are on their way, by id.
    private final Map<UUID, Sent> underWay = new ConcurrentHashMap<>();

    private record Sent(FutureTask<Answer> answer, Thread thread) {

        static Sent begin(Outgoing outgoing, Callable<Answer> sending) {
            FutureTask<Answer> answer = new FutureTask<>(Handling.elsewhere(sending));
            Thread thread = Thread.ofVirtual()
                    .name("everfold-send-" + outgoing.target())
                    .start(answer);
            return new Sent(answer, thread);
        }
    }

    Answers(Duration max) {
        this.max = max;
    }

    /// The answer to a command.
    ///
    /// @param sending hands the command over, unless it is on its way already
    /// @throws NoAnswerException when there is none in time; the sender is interrupted
    /// @throws RuntimeException that of the sender
    Answer await(Outgoing outgoing, Callable<Answer> sending) {
        Sent sent = underWay.computeIfAbsent(outgoing.id(), _ -> Sent.begin(outgoing, sending));
        try {
            return sent.answer().get(TimeUnit.NANOSECONDS.convert(max), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            sent.thread().interrupt();
            throw new NoAnswerException(outgoing, max);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new NoAnswerException(outgoing, max);
        } catch (ExecutionException failed) {
            switch (failed.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw new IllegalStateException(failed);
            }
        } finally {
            if (sent.answer().isDone()) {
                underWay.remove(outgoing.id(), sent);
            }
        }
    }

    /// A target has not answered in time. Whether the command has taken effect is not known; it is sent again.
    static final class NoAnswerException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        NoAnswerException(Outgoing outgoing, Duration max) {
            super("Target \"" + outgoing.target() + "\" has not answered the command for \"" + outgoing.to()
                    + "\" within " + max
                    + " (Reaction.answerMax). The command is sent again; see whether the target hangs.");
        }
    }
}
