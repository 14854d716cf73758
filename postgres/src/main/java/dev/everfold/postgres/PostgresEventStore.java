package dev.everfold.postgres;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.StoreClosedException;
import dev.everfold.eventstore.StoreStats;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.eventstore.StoreUri;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/// An event store in a schema of a PostgreSQL database, 15 or newer.
///
/// ```java
/// try (EventStore store = PostgresEventStore.open("postgresql://alice@localhost/shop")) {
///     store.append(Append.of(NewEvent.of("order-17", "order.placed", "{\"lines\":2}")));
/// }
/// ```
///
/// Any number of processes append and read at once; an advisory lock puts their appends in one order. An
/// append is durable when it returns, as far as the server's `fsync` and `synchronous_commit` (both on by
/// default) say. The server may go and come back: calls fail meanwhile, saying whether anything was
/// stored, and go on after. Safe for use by many threads.
public final class PostgresEventStore implements EventStore {

    /// How a store is opened.
    public enum Mode {
        /// For writing; the store is created where there is none.
        CREATE,
        /// For writing; there must be a store.
        EXISTING,
        /// For reading only, by a user who may do nothing but select, on a replica too.
        READ
    }

    private final Database database;
    private final AppendSql statements;
    private final PostgresOptions options;
    private final Mode mode;
    private final Clock clock;
    private final UUID lineage;
    private final AppendQueue queue;
    private final Arrivals arrivals;
    private final Notifier notifier;
    private final Answers answers = new Answers();
    private final Partitions partitions;
    private final Indexer indexer;
    private final AppendWriter writer;
    private final Thread writing;

    private PostgresEventStore(
            Database database, PostgresUri uri, StoreSchema.Identity identity, Indexer.Extent indexed, Clock clock) {
        this.database = database;
        this.options = uri.options();
        this.statements = AppendSql.of(database.sql(), options.lockMax());
        this.mode = uri.mode();
        this.clock = clock;
        this.lineage = identity.lineage();
        this.queue = new AppendQueue(options.queueBytesMax(), System::nanoTime);
        this.arrivals = new Arrivals(database, this::nextPosition);
        this.notifier = new Notifier(database);
        this.partitions = new Partitions(database, identity.partitionEvents());
        this.indexer = new Indexer(database, options.limits().rememberedAppends(), indexed, System::nanoTime);
        this.writer =
                new AppendWriter(database, statements, options, queue, partitions, indexer, answers, this::committed);
        this.writing = Thread.ofPlatform().daemon().name("everfold-writer").unstarted(writer);
    }

    /// Opens the store that a URI names: `postgresql://[USER[:PASSWORD]@]HOST[:PORT]/DATABASE[?…]`, with
    /// the parameters of [PostgresEventStoreProvider] and default options otherwise.
    ///
    /// @throws IllegalArgumentException when the URI is not one of this engine's
    /// @throws StoreUnavailableException when the server is out of reach or refuses, or the store is missing,
    ///     not a store, or newer
    /// @throws dev.everfold.eventstore.StorageFullException when there is no room to create it
    public static PostgresEventStore open(String uri) {
        return open(StoreUri.parse(uri), PostgresOptions.DEFAULTS, Clock.systemUTC());
    }

    /// The same with options, which the URI's parameters override.
    public static PostgresEventStore open(String uri, PostgresOptions options) {
        return open(StoreUri.parse(uri), options, Clock.systemUTC());
    }

    /// The same with a clock: for tests that bring their own.
    static PostgresEventStore open(StoreUri storeUri, PostgresOptions defaults, Clock clock) {
        return open(storeUri, defaults, clock, UUID.randomUUID());
    }

    /// The same with the lineage of a store that is created.
    static PostgresEventStore open(StoreUri storeUri, PostgresOptions defaults, Clock clock, UUID lineage) {
        PostgresUri uri = PostgresUri.parse(storeUri, defaults);
        String store = uri.description();
        Sql sql = new Sql(uri.options().schema());
        StoreSchema.Identity identity;
        Indexer.Extent indexed;
        // By a single connection, which says at once what a pool would say after a while.
        try (Connection connection = uri.dataSource().getConnection()) {
            identity = new StoreSchema(sql, store).open(connection, uri.options(), uri.mode(), lineage);
            indexed = Indexer.indexed(connection, sql);
        } catch (SQLException failure) {
            throw SqlFailures.nothingStored(failure, store);
        }
        PostgresEventStore opened = new PostgresEventStore(new Database(uri), uri, identity, indexed, clock);
        if (uri.mode() != Mode.READ) {
            opened.writing.start();
        }
        return opened;
    }

    @Override
    public Appended append(Append append) {
        limits().check(append);
        requireWritable();
        PendingAppend pending = PendingAppend.of(append, Times.micros(clock.instant()), true);
        if (mayCommitAlone(Thread.currentThread()) && queue.pass()) {
            writer.commitAlone(pending);
        } else {
            put(pending);
        }
        return pending.await();
    }

    /// An interrupted thread may wait no more. A virtual one that waits for the server is woken by way of two
    /// other threads, which takes longer than to hand its append to the writer's.
    private static boolean mayCommitAlone(Thread caller) {
        return !caller.isVirtual() && !caller.isInterrupted();
    }

    @Override
    public CompletableFuture<Appended> appendAsync(Append append) {
        limits().check(append);
        try {
            requireWritable();
            PendingAppend pending = PendingAppend.of(append, Times.micros(clock.instant()), false);
            put(pending);
            return pending.answer();
        } catch (EventStoreException refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    /// Appends within a transaction of the application's own: with it the events are stored, or without it
    /// they are not. The transaction must be READ COMMITTED and of this store's database.
    ///
    /// Nobody else appends from here until it ends, so append last and commit at once. The server ends a
    /// transaction that is idle after it for longer than [PostgresOptions#lockMax]. A refused or
    /// repeated append holds up nobody, and the transaction can go on. Call [#wake()] after the commit.
    ///
    /// @param transaction a connection that does not commit by itself; it is neither committed nor closed
    /// @return what the events are given once the transaction is committed
    /// @throws IllegalArgumentException when the connection commits each statement by itself
    /// @throws dev.everfold.eventstore.AppendConflictException and the others of [#append(Append)]; nothing of
    ///     the append is stored, and the transaction is as it was before
    /// @throws StoreUnavailableException when the isolation is another one, or the sequencer was not free in
    ///     time; nothing of the append is stored
    public Appended append(Connection transaction, Append append) {
        limits().check(append);
        requireWritable();
        PendingAppend pending = PendingAppend.of(append, Times.micros(clock.instant()), true);
        return new EnlistedAppend(database, statements, options, partitions, indexer).append(transaction, pending);
    }

    /// Lets those who wait for events look at the log, here and in other processes: after the commit of a
    /// transaction that appended. Without it they look within half a second.
    ///
    /// @throws StoreClosedException when the store is closed
    public void wake() {
        long next = nextPosition();
        committed(next);
        indexer.reach(next);
    }

    /// @param store which store, for messages
    private record WithinTransaction(Connection transaction, String store) implements Reading {

        @Override
        public <T> T read(Database.Work<T> work) {
            try {
                return work.on(transaction);
            } catch (SQLException failure) {
                throw SqlFailures.nothingStored(failure, store);
            }
        }
    }

    private void put(PendingAppend pending) {
        try {
            queue.put(pending);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw pending.interrupted(interrupted);
        }
    }

    @Override
    public EventCursor read(Read read) {
        long known = arrivals.known();
        PostgresCursor cursor = read(database, read);
        arrivals.looked(known, cursor.nextPositionAtOpening());
        return cursor;
    }

    /// Reads within a transaction of the application's own: also what it has appended itself. Close the cursor
    /// before the transaction ends.
    ///
    /// @param transaction of this store's database; it is neither committed nor closed
    /// @throws StoreUnavailableException when the database says no; the transaction can only be rolled back
    /// @throws RuntimeException as [#read(Read)]
    public EventCursor read(Connection transaction, Read read) {
        return read(new WithinTransaction(transaction, database.store()), read);
    }

    private PostgresCursor read(Reading reading, Read read) {
        limits().check(read);
        if (QuerySql.looksUp(read)) {
            indexer.ask();
        }
        return new PostgresCursor(database, reading, read);
    }

    @Override
    public long nextPosition() {
        return database.read(this::nextPosition);
    }

    private long nextPosition(Connection connection) throws SQLException {
        try (PreparedStatement statement =
                        connection.prepareStatement(database.sql().in(Sql.NEXT_POSITION));
                ResultSet row = statement.executeQuery()) {
            return row.next() ? row.getLong(1) : 0L;
        }
    }

    @Override
    public boolean awaitPosition(long position, Duration timeout) throws InterruptedException {
        return arrivals.await(position, timeout);
    }

    @Override
    public OptionalLong trackedPosition(String source) {
        return database.read(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(
                    database.sql().in("select position from {schema}.tracked where source = ?"))) {
                statement.setString(1, source);
                try (ResultSet row = statement.executeQuery()) {
                    return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
                }
            }
        });
    }

    @Override
    public SortedMap<String, Long> trackedPositions() {
        return database.read(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(
                            database.sql().in("select source, position from {schema}.tracked"));
                    ResultSet row = statement.executeQuery()) {
                SortedMap<String, Long> tracked = new TreeMap<>();
                while (row.next()) {
                    tracked.put(row.getString(1), row.getLong(2));
                }
                return Collections.unmodifiableSortedMap(tracked);
            }
        });
    }

    @Override
    public UUID lineage() {
        return lineage;
    }

    @Override
    public Limits limits() {
        return options.limits();
    }

    @Override
    public StoreStats stats() {
        return database.read(connection -> StoreSize.stats(connection, database.sql()));
    }

    @Override
    public void close() {
        queue.close();
        boolean interrupted = awaitWriter();
        answers.close();
        arrivals.close();
        notifier.close();
        indexer.close();
        database.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// What was accepted is drained, whoever interrupts: the server answers, or its time is over.
    ///
    /// @return whether somebody did
    private boolean awaitWriter() {
        boolean interrupted = false;
        while (true) {
            try {
                writing.join();
                return interrupted;
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
    }

    private void requireWritable() {
        if (database.isClosed()) {
            throw new StoreClosedException("store");
        }
        if (mode == Mode.READ) {
            throw new StoreUnavailableException(
                    "The store in " + database.store() + " is open for reading only. Open it without mode=read to"
                            + " append.",
                    false,
                    null);
        }
    }

    private void committed(long next) {
        arrivals.raise(next);
        notifier.tell();
    }
}
