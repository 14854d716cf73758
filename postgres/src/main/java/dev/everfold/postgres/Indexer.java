package dev.everfold.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Writes what events and appends are found by, apart from positions and streams, behind the appends: an append
/// need not wait for it, and many entries together cost less than each alone.
///
/// Nothing is missing meanwhile. Whoever looks for something looks through the last events too, those behind the
/// newest row of the table `indexed`, and these are few: as soon as there are some dozens, or hundreds while
/// nobody looks, the next ones are indexed, by whichever process appended last. Where that cannot keep up, who
/// appends waits for it. Safe for use by many threads.
final class Indexer implements AutoCloseable {

    private static final System.Logger LOGGER = System.getLogger("dev.everfold.postgres");

    /// Events, or appends, that are not indexed, before the next ones are, once somebody looked something
    /// up. To look through so many takes the server some 20 µs.
    private static final int BEHIND = 64;

    /// The same as long as nobody did. An append that meets the indexing waits a moment, however much is
    /// indexed, so it had better be seldom.
    private static final int BEHIND_UNASKED = 512;

    /// Events, or appends, behind at which who appends waits. To look through so many takes the server some
    /// milliseconds.
    private static final int BEHIND_MAX = 10_000;

    /// Events that are indexed in one transaction.
    private static final int EVENTS_MAX = 2_000;

    private static final long PAUSE_WHILE_OTHERS_INDEX_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long PAUSE_AFTER_FAILURE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Database database;
    private final String indexing;
    private final String forgetting;
    private final int rememberedMax;
    private final LongSupplier nanos;

    /// Whoever indexes has it.
    private final ReentrantLock turn = new ReentrantLock();

    private volatile Extent indexed;
    private final AtomicReference<Extent> log;
    private volatile boolean closed;

    /// Whether somebody looked something up since the log was indexed last.
    private final AtomicBoolean asked = new AtomicBoolean();

    private volatile @Nullable Rest afterFailure;
    private volatile @Nullable Rest whileOthersIndex;

    /// Guarded by turn.
    private long forgottenBefore;

    /// The log up to some event, as far as this process knows.
    ///
    /// @param appends how many there are up to it
    /// @param events how many there are up to it
    record Extent(long appends, long events) {

        static final Extent NONE = new Extent(0, 0);

        /// Whether it goes so many events, or appends, beyond another one.
        boolean isBeyond(Extent other, int by) {
            return events - other.events >= by || appends - other.appends >= by;
        }
    }

    /// A time in which nothing is tried.
    private record Rest(long fromNanos, long nanos) {}

    /// @param rememberedMax how many appends are remembered
    /// @param indexed how far the log is indexed
    /// @param nanos a clock that does not jump
    Indexer(Database database, int rememberedMax, Extent indexed, LongSupplier nanos) {
        this.database = database;
        this.indexing = database.sql()
                .in("select indexed_number, indexed_position, end_number, end_position"
                        + " from {schema}.index_more(?, ?, ?)");
        this.forgetting = database.sql().in("delete from {schema}.remembered where number >= ? and number < ?");
        this.rememberedMax = rememberedMax;
        this.indexed = indexed;
        this.log = new AtomicReference<>(indexed);
        this.nanos = nanos;
    }

    /// How far a log is indexed.
    static Extent indexed(Connection connection, Sql sql) throws SQLException {
        try (PreparedStatement statement =
                        connection.prepareStatement(sql.in("select {indexed_number}, {indexed_position}"));
                ResultSet row = statement.executeQuery()) {
            row.next();
            return new Extent(row.getLong(1), row.getLong(2));
        }
    }

    /// The log has grown, by a transaction that is committed. Returns when it is not too far ahead of its index.
    void follow(Extent grown) {
        announce(grown);
        if (grown.isBeyond(indexed, BEHIND_MAX) && mayWork()) {
            turn.lock();
            try {
                while (mayWork() && log.get().isBeyond(indexed, BEHIND_MAX)) {
                    indexMore(true);
                }
            } finally {
                turn.unlock();
            }
            start();
        }
    }

    /// The log grows so far, by a transaction that may be committed some time.
    void announce(Extent growing) {
        if (growing.events() < indexed.events()) {
            indexed = Extent.NONE; // After a failover that lost something, how far is to be asked anew.
        }
        log.set(growing);
        start();
    }

    /// The log has so many events.
    void reach(long events) {
        log.updateAndGet(known -> known.events() < events ? new Extent(known.appends(), events) : known);
        start();
    }

    /// Somebody looks something up, and the less there is that is not indexed, the sooner it is found.
    void ask() {
        asked.set(true);
        if (afterFailure == null) { // Where it failed, the next one who appends tries again.
            start();
        }
    }

    private int behind() {
        return asked.get() ? BEHIND : BEHIND_UNASKED;
    }

    /// Indexes the next events in a thread of its own, if there are enough.
    private void start() {
        if (mayWork() && isOver(whileOthersIndex) && log.get().isBeyond(indexed, behind()) && !turn.isLocked()) {
            Thread.ofVirtual().name("everfold-indexer").start(this::work);
        }
    }

    private boolean mayWork() {
        return !closed && isOver(afterFailure);
    }

    private boolean isOver(@Nullable Rest rest) {
        return rest == null || nanos.getAsLong() - rest.fromNanos() >= rest.nanos();
    }

    private void work() {
        // Whoever finds the turn taken leaves it at that; so who has it looks once more after giving it back.
        while (mayWork() && log.get().isBeyond(indexed, behind())) {
            if (!turn.tryLock()) {
                return;
            }
            boolean isTurn;
            try {
                isTurn = indexMore(false);
            } finally {
                turn.unlock();
            }
            if (!isTurn) {
                whileOthersIndex = new Rest(nanos.getAsLong(), PAUSE_WHILE_OTHERS_INDEX_NANOS);
                LockSupport.parkNanos(PAUSE_WHILE_OTHERS_INDEX_NANOS);
            }
        }
    }

    /// One transaction. Guarded by turn.
    ///
    /// @param waits for another process that is at it
    /// @return whether none is
    private boolean indexMore(boolean waits) {
        Extent announced = log.get();
        boolean wasAsked = asked.getAndSet(false);
        int atLeast = wasAsked ? BEHIND : BEHIND_UNASKED;
        try (Connection connection = database.take();
                PreparedStatement statement = indexing(connection, atLeast, waits);
                ResultSet row = statement.executeQuery()) {
            row.next();
            Extent done = new Extent(row.getLong(1), row.getLong(2));
            boolean isTurn = !row.wasNull();
            if (isTurn) {
                indexed = done;
                // What was announced is perhaps not committed, or never will be.
                log.compareAndSet(announced, new Extent(row.getLong(3), row.getLong(4)));
                forget(connection);
            }
            if (wasAsked && (!isTurn || announced.isBeyond(done, BEHIND))) {
                asked.set(true);
            }
            afterFailure = null;
            return isTurn;
        } catch (SQLException | RuntimeException failure) {
            asked.compareAndSet(false, wasAsked);
            afterFailure = new Rest(nanos.getAsLong(), PAUSE_AFTER_FAILURE_NANOS);
            if (!closed) {
                LOGGER.log(System.Logger.Level.WARNING, "indexing put off store=" + database.store(), failure);
            }
            return true;
        }
    }

    private PreparedStatement indexing(Connection connection, int atLeast, boolean waits) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(indexing);
        statement.setLong(1, EVENTS_MAX);
        statement.setLong(2, atLeast);
        statement.setBoolean(3, waits);
        return statement;
    }

    /// Does not look again at what was deleted before: as long as somebody has an old snapshot, it is still there.
    private void forget(Connection connection) throws SQLException {
        long before = indexed.appends() - rememberedMax;
        if (before - forgottenBefore < Math.clamp(rememberedMax / 10, 100, 10_000)) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(forgetting)) {
            statement.setLong(1, forgottenBefore);
            statement.setLong(2, before);
            statement.execute();
            forgottenBefore = before;
        }
    }

    /// Ends when what is being indexed is; what comes later is for the next one who appends.
    @Override
    public void close() {
        closed = true;
        turn.lock();
        try {
            log.set(indexed);
        } finally {
            turn.unlock();
        }
    }
}
