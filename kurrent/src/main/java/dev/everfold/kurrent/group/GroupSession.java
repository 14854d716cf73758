package dev.everfold.kurrent.group;

import dev.everfold.kurrent.stream.LiveTail;
import dev.everfold.kurrent.stream.Streams;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// A group while it has clients: one thread that takes the group over, reads for it, gives messages to its clients and
/// keeps how far it is. It ends when the last client has left. Other threads may put commands.
final class GroupSession implements Runnable {

    /// Not a clock that may be set: ahead, it would have all that clients have given to them again.
    private static final LongSupplier NANOS = System::nanoTime;

    private final Streams streams;
    private final GroupDefinition group;
    private final GroupCatalog catalog;
    private final UUID server;
    private final Inbox inbox = new Inbox();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile LiveTail.@Nullable Waiter tail;

    // Owned by the session's thread.
    private final Deque<Command> taken = new ArrayDeque<>();
    private @Nullable Dispatcher dispatcher;
    private @Nullable RuntimeException dropped;

    GroupSession(Streams streams, GroupDefinition group, GroupCatalog catalog, UUID server) {
        this.streams = streams;
        this.group = group;
        this.catalog = catalog;
        this.server = server;
    }

    GroupDefinition group() {
        return group;
    }

    /// Asks for something.
    ///
    /// @return false when the session has ended or is about to
    boolean put(Command command) throws InterruptedException {
        boolean isTaken = inbox.put(command);
        wake();
        return isTaken;
    }

    /// Looks again whether clients take messages.
    void wake() {
        LiveTail.Waiter waiting = tail;
        if (waiting != null) {
            waiting.wake();
        }
    }

    /// Waits until every client is gone and what is to be kept is stored.
    ///
    /// @return false when that was not so in time
    boolean awaitEnd(Duration timeout) throws InterruptedException {
        return ended.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void run() {
        RuntimeException reason = GroupException.dropped(group.key(), "is not served here any more");
        try {
            serve();
            reason = dropped == null ? reason : dropped;
        } catch (ClaimLostException _) {
            reason = GroupException.dropped(group.key(), "is served by another server now");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException failure) {
            reason = failure;
        } finally {
            try {
                end(reason);
            } finally {
                ended.countDown();
            }
        }
    }

    private void serve() throws InterruptedException {
        Checkpoints checkpoints = new Checkpoints(streams.store(), group, server);
        ParkedMessages parked = new ParkedMessages(streams, group);
        Checkpoint from = checkpoints.claim(
                Checkpoint.at(group.generation(), group.start().from()));
        long begunAtMillis = nowMillis();
        Dispatcher messages = new Dispatcher(group.settings(), from, parked.first(), begunAtMillis);
        dispatcher = messages;
        Intake intake = new Intake(messages, new GroupSource(streams, group), parked);
        Keeper keeper =
                new Keeper(group, catalog, streams.store(), checkpoints, parked, messages, intake, begunAtMillis);
        try (LiveTail.Waiter waiter = streams.tail().join(intake.interest())) {
            tail = waiter;
            while (true) {
                long now = nowMillis();
                taken.addAll(inbox.takeAll());
                while (!taken.isEmpty()) {
                    handle(taken.remove(), messages, keeper, now);
                }
                if (messages.subscribers() == 0 || dropped != null) {
                    keeper.finish(now);
                    if (dropped != null || inbox.closeIfEmpty()) {
                        return;
                    }
                    continue;
                }
                messages.expire(now);
                intake.read(waiter);
                messages.push(now);
                dropped = keeper.keep(now).orElse(null);
                if (dropped == null) {
                    long due = Math.min(
                            keeper.dueAtMillis(), messages.nextExpiryMillis().orElse(Long.MAX_VALUE));
                    await(waiter, intake, due);
                }
            }
        }
    }

    private static long nowMillis() {
        return TimeUnit.NANOSECONDS.toMillis(NANOS.getAsLong());
    }

    private void await(LiveTail.Waiter waiter, Intake intake, long untilMillis) throws InterruptedException {
        if (!intake.hasWork(waiter)) {
            long millis = Math.max(0, untilMillis - nowMillis());
            boolean _ = waiter.await(intake.awaited(), TimeUnit.MILLISECONDS.toNanos(millis));
        }
    }

    private void handle(Command command, Dispatcher messages, Keeper keeper, long now) {
        switch (command) {
            case Command.Join(Subscriber subscriber) -> {
                if (messages.join(subscriber, now)) {
                    subscriber.confirm();
                } else {
                    subscriber.end(Optional.of(GroupException.maximumSubscribersReached(
                            group.key(), group.settings().maxSubscriberCount())));
                }
            }
            case Command.Leave(Subscriber subscriber, Optional<RuntimeException> reason) -> {
                if (messages.leave(subscriber)) {
                    subscriber.end(reason);
                }
            }
            // Its room is filled before the next answer is looked at, so that what that one wants to be retried goes
            // before what lies behind it.
            case Command.Ack ack -> {
                ack.ids().forEach(id -> messages.ack(ack.subscriber(), id, now));
                messages.push(now);
            }
            case Command.Nack nack -> {
                nack.ids().forEach(id -> messages.nack(nack.subscriber(), id, nack.action(), nack.reason(), now));
                messages.push(now);
            }
            case Command.Look(var answer) -> answer.complete(messages.figures(now));
            case Command.Check _ -> keeper.wantLook();
            case Command.Drop(RuntimeException reason) -> dropped = reason;
        }
    }

    /// Sends away everybody who is there or was about to come.
    private void end(RuntimeException reason) {
        if (dispatcher != null) {
            dispatcher.all().forEach(subscriber -> subscriber.end(Optional.of(reason)));
        }
        taken.addAll(inbox.close());
        for (Command command : taken) {
            switch (command) {
                case Command.Join(Subscriber subscriber) -> subscriber.end(Optional.of(reason));
                case Command.Look(var answer) -> answer.cancel(false);
                case Command.Leave _, Command.Ack _, Command.Nack _, Command.Check _, Command.Drop _ -> {
                    // Nothing is left to do.
                }
            }
        }
    }
}
