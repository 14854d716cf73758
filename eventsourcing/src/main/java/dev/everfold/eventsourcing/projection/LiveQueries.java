package dev.everfold.eventsourcing.projection;

import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// The live queries of a model. Safe for many threads.
final class LiveQueries {

    private static final System.Logger LOG = System.getLogger(LiveQueries.class.getName());

    private final List<LiveQuery<?>> all = new CopyOnWriteArrayList<>();

    /// Tells the answer now, and from now on each new one.
    ///
    /// @return close it to hear no more
    AutoCloseable add(LiveQuery<?> query) {
        // Before it is asked: a step that ends in between asks it again.
        all.add(query);
        try {
            query.check();
        } catch (RuntimeException | Error failed) {
            all.remove(query);
            throw failed;
        }
        return () -> all.remove(query);
    }

    /// Asks all again. One whose listener fails is left out from then on.
    void check() {
        all.removeIf(query -> !isTold(query));
    }

    private static boolean isTold(LiveQuery<?> query) {
        try {
            query.check();
            return true;
        } catch (RuntimeException failed) {
            LOG.log(Level.WARNING, "a listener of a live query failed and is left out", failed);
            return false;
        }
    }
}
