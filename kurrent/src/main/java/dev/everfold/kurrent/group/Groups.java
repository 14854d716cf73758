package dev.everfold.kurrent.group;

import dev.everfold.eventstore.StoreClosedException;
import dev.everfold.kurrent.stream.Streams;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// All groups of a store. Safe for use by many threads.
///
/// A group without clients here costs what is written of it: no thread, no buffer.
public final class Groups implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Streams streams;
    private final Executor threads;
    private final GroupCatalog catalog;
    private final UUID server = UUID.randomUUID();
    private final ConcurrentMap<GroupKey, GroupSession> sessions = new ConcurrentHashMap<>();
    private volatile boolean isClosed;

    /// All groups of the store.
    ///
    /// @param threads starts a virtual thread for each task
    public Groups(Streams streams, Executor threads) {
        this.streams = streams;
        this.threads = threads;
        this.catalog = new GroupCatalog(streams.store());
    }

    /// Makes a group.
    ///
    /// @throws GroupException when there is one of that name, or it cannot be made
    public void create(GroupKey key, GroupSettings settings, Optional<GroupFilter> filter, GroupStart start) {
        int nameBytesMax = streams.store().limits().nameBytesMax();
        int nameBytes = ("$$" + key.checkpointStream()).getBytes(StandardCharsets.UTF_8).length;
        if (nameBytes > nameBytesMax) {
            throw GroupException.failed(
                    key,
                    "The names of stream and group make the name of a stream of " + nameBytes
                            + " bytes; expected at most " + nameBytesMax + ".");
        }
        filter.ifPresent(GroupFilter::compile);
        catalog.create(key, settings, filter, start, ParkedMessages.next(streams, key));
    }

    /// Changes a group; its clients are dropped. It goes on from where it was.
    ///
    /// @throws GroupException when there is none
    public void update(GroupKey key, GroupSettings settings, GroupStart start) throws InterruptedException {
        catalog.update(key, settings, start);
        drop(key, GroupException.dropped(key, "was updated"));
    }

    /// Deletes a group with all that it knows; its clients are dropped.
    ///
    /// @throws GroupException when there is none
    public void delete(GroupKey key) throws InterruptedException {
        GroupDefinition group = catalog.get(key);
        catalog.delete(key);
        drop(key, GroupException.dropped(key, "was deleted"));
        new ParkedMessages(streams, group).delete();
    }

    /// The place after the last event that there is for the group, were it made now.
    public long end(GroupKey key) {
        return GroupSource.end(streams, key);
    }

    /// Adds a client to a group.
    ///
    /// @throws GroupException when there is no such group
    public Member join(GroupKey key, Subscriber subscriber) throws InterruptedException {
        Command.Join join = new Command.Join(subscriber);
        while (true) {
            if (isClosed) {
                throw new StoreClosedException("store");
            }
            GroupDefinition group = catalog.get(key);
            GroupSession session = sessions.get(key);
            if (session == null) {
                GroupSession made = new GroupSession(streams, group, catalog, server);
                if (made.put(join) && sessions.putIfAbsent(key, made) == null) {
                    begin(made);
                    return new Member(made, subscriber);
                }
            } else if (session.group().version() != group.version()) {
                drop(key, GroupException.dropped(key, "was updated"));
            } else if (session.put(join)) {
                return new Member(session, subscriber);
            } else {
                boolean _ = session.awaitEnd(PATIENCE);
            }
        }
    }

    private void begin(GroupSession session) {
        threads.execute(() -> {
            try {
                session.run();
            } finally {
                sessions.remove(session.group().key(), session);
            }
        });
    }

    /// Gives messages that are parked to clients again.
    ///
    /// @param count at most so many, the oldest; empty = all that are parked now
    /// @throws GroupException when there is no such group
    public void replay(GroupKey key, OptionalLong count) throws InterruptedException {
        GroupDefinition group = catalog.get(key);
        ParkedMessages parked = new ParkedMessages(streams, group);
        long first = parked.first();
        long next = parked.next();
        long to = Math.min(next, first + Math.min(next, count.orElse(next)));
        if (to > Math.max(first, group.replayTo())) {
            catalog.replay(key, to);
            GroupSession session = sessions.get(key);
            if (session != null) {
                boolean _ = session.put(new Command.Check());
            }
        }
    }

    /// How a group is doing.
    ///
    /// @throws GroupException when there is none
    public GroupInfo info(GroupKey key) throws InterruptedException {
        return info(catalog.get(key));
    }

    /// How all groups are doing.
    public List<GroupInfo> list() throws InterruptedException {
        return infos(catalog.all());
    }

    /// How all groups of a stream are doing.
    ///
    /// @throws GroupException when it has none
    public List<GroupInfo> list(String stream) throws InterruptedException {
        List<GroupDefinition> groups = catalog.all().stream()
                .filter(group -> group.key().stream().equals(stream))
                .toList();
        if (groups.isEmpty()) {
            throw GroupException.noneOf(stream);
        }
        return infos(groups);
    }

    private List<GroupInfo> infos(List<GroupDefinition> groups) throws InterruptedException {
        List<GroupInfo> infos = new ArrayList<>(groups.size());
        for (GroupDefinition group : groups) {
            infos.add(info(group));
        }
        return infos;
    }

    private GroupInfo info(GroupDefinition group) throws InterruptedException {
        ParkedMessages parked = new ParkedMessages(streams, group);
        Checkpoints.Standing standing = Checkpoints.standing(streams.store(), group);
        long done = standing.checkpoint().lowest();
        return new GroupInfo(
                group.key(),
                group.settings(),
                group.start(),
                standing.began(),
                done,
                new GroupSource(streams, group).end(done),
                parked.next() - parked.first(),
                figures(group.key()));
    }

    private Optional<GroupFigures> figures(GroupKey key) throws InterruptedException {
        GroupSession session = sessions.get(key);
        CompletableFuture<GroupFigures> answer = new CompletableFuture<>();
        if (session == null || !session.put(new Command.Look(answer))) {
            return Optional.empty();
        }
        try {
            return Optional.of(answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
        } catch (CancellationException | ExecutionException | TimeoutException ended) {
            return Optional.empty();
        }
    }

    /// Drops all clients of all groups here. Groups go on when clients come again.
    public void restart() throws InterruptedException {
        for (GroupKey key : List.copyOf(sessions.keySet())) {
            drop(key, GroupException.dropped(key, "was restarted"));
        }
    }

    private void drop(GroupKey key, RuntimeException reason) throws InterruptedException {
        GroupSession session = sessions.get(key);
        if (session != null) {
            boolean _ = session.put(new Command.Drop(reason));
            boolean _ = session.awaitEnd(PATIENCE);
            sessions.remove(key, session);
        }
    }

    /// Keeps how far groups are and lets their clients go. May be called more than once.
    @Override
    public void close() {
        isClosed = true;
        try {
            for (GroupKey key : List.copyOf(sessions.keySet())) {
                drop(key, new StoreClosedException("store"));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
