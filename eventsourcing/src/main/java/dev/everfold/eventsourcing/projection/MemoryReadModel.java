package dev.everfold.eventsourcing.projection;

import dev.everfold.eventsourcing.subscription.Checkpoint;
import dev.everfold.eventsourcing.subscription.ClaimLostException;
import dev.everfold.eventsourcing.subscription.ParkedEvent;
import dev.everfold.eventsourcing.subscription.Step;
import dev.everfold.eventstore.RecordedEvent;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A read model of one projection in memory, made anew by each process: values by key. Safe for many threads.
///
/// Readers see whole steps, never a part of one, and wait while a step is carried out. Values and keys are immutable.
public final class MemoryReadModel<K, V> implements ReadModel<MemoryRows<K, V>> {

    private static final System.Logger LOG = System.getLogger(MemoryReadModel.class.getName());

    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final List<LiveQuery<?>> watchers = new CopyOnWriteArrayList<>();

    /// Guarded by the lock; by number.
    private final TreeMap<Long, Content> builds = new TreeMap<>();

    private Map<K, V> serving = new HashMap<>();
    private long lastNumber;

    private final class Content {
        private final Build build;
        private final Map<K, V> values = new HashMap<>();
        private final TreeMap<Long, ParkedEvent> parked = new TreeMap<>();
        private @Nullable Checkpoint checkpoint;
        private @Nullable MemoryClaim holder;
        private boolean isServing;

        Content(Build build, boolean isServing) {
            this.build = build;
            this.isServing = isServing;
        }

        Build now() {
            Checkpoint reached = checkpoint;
            return new Build(
                    build.projection(),
                    build.version(),
                    build.number(),
                    1,
                    isServing,
                    reached == null ? 0 : reached.position());
        }
    }

    /// An empty model.
    public static <K, V> MemoryReadModel<K, V> empty() {
        return new MemoryReadModel<>();
    }

    private MemoryReadModel() {}

    /// The value of a key now.
    public Optional<V> get(K key) {
        return read(values -> Optional.ofNullable(values.get(key)));
    }

    /// What a function finds in the model as it is after some step. It must not change or keep the map.
    public <R> R read(Function<Map<K, V>, R> question) {
        lock.readLock().lock();
        try {
            return question.apply(java.util.Collections.unmodifiableMap(serving));
        } finally {
            lock.readLock().unlock();
        }
    }

    /// A live query: tells the answer now and, after a step that changed it, the new one. The listener is called in
    /// the thread of the projection and must be quick; one that throws is left out from then on.
    ///
    /// @return close it to hear no more
    public <R> AutoCloseable watch(Function<Map<K, V>, R> question, Consumer<? super R> listener) {
        LiveQuery<R> query = new LiveQuery<>(() -> read(question), listener);
        query.check();
        watchers.add(query);
        return () -> watchers.remove(query);
    }

    @Override
    public List<Build> builds(String projection) {
        lock.readLock().lock();
        try {
            return builds.values().stream().map(Content::now).toList();
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public Build create(String projection, int version, int partitions, long after) {
        if (partitions != 1) {
            throw new IllegalArgumentException("Projection \"" + projection + "\" has " + partitions
                    + " partitions; a model in memory takes 1, since its readers see whole steps.");
        }
        lock.writeLock().lock();
        try {
            for (Content newer : builds.tailMap(after, false).descendingMap().values()) {
                if (newer.build.version() == version) {
                    return newer.now();
                }
            }
            Build build = new Build(projection, version, ++lastNumber, 1, builds.isEmpty(), 0);
            Content content = new Content(build, build.serving());
            builds.put(build.number(), content);
            if (build.serving()) {
                serving = content.values;
            }
            return build;
        } finally {
            lock.writeLock().unlock();
        }
    }

    @Override
    public Optional<ModelClaim> claim(
            Build build, int partition, Projection<MemoryRows<K, V>> projection, String owner, Duration lease) {
        lock.writeLock().lock();
        try {
            Content content = builds.get(build.number());
            if (content == null || content.holder != null) {
                return Optional.empty();
            }
            content.holder = new MemoryClaim(content, projection);
            return Optional.of(content.holder);
        } finally {
            lock.writeLock().unlock();
        }
    }

    @Override
    public void drop(Build build) {
        lock.writeLock().lock();
        try {
            Content content = builds.get(build.number());
            if (content != null && !content.isServing) {
                builds.remove(build.number());
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    /// Nothing to do: a build is gone when it is retired.
    @Override
    public void dropRetired(String projection) {}

    /// Keys and values are compared by their `toString`.
    @Override
    public ModelSnapshot snapshot(Build build) {
        lock.readLock().lock();
        try {
            Content content = builds.get(build.number());
            if (content == null) {
                throw new IllegalStateException("Build " + build.number() + " of projection \"" + build.projection()
                        + "\" is not there any more.");
            }
            List<ModelRow> rows = new ArrayList<>();
            content.values.forEach((key, value) ->
                    rows.add(new ModelRow(build.projection(), key.toString(), Map.of("value", value.toString()))));
            rows.sort(Comparator.naturalOrder());
            long position = content.now().position();
            return new MemorySnapshot(position, rows);
        } finally {
            lock.readLock().unlock();
        }
    }

    private record MemorySnapshot(long position, List<ModelRow> all) implements ModelSnapshot {
        @Override
        public Iterator<ModelRow> rows() {
            return all.iterator();
        }

        @Override
        public void close() {}
    }

    @Override
    public boolean isTransient(RuntimeException failure) {
        return false;
    }

    private final class MemoryClaim implements ModelClaim {

        private final Build build;
        private final Content content;
        private final Projection<MemoryRows<K, V>> projection;

        MemoryClaim(Content content, Projection<MemoryRows<K, V>> projection) {
            this.build = content.now();
            this.content = content;
            this.projection = projection;
        }

        @Override
        public Build build() {
            return build;
        }

        @Override
        public Optional<Checkpoint> checkpoint() {
            return Optional.ofNullable(content.checkpoint);
        }

        @Override
        public List<ParkedEvent> parked() {
            return List.copyOf(content.parked.values());
        }

        @Override
        public void commit(Step step) {
            MemoryRows<K, V> rows = new MemoryRows<>(content.values);
            lock.writeLock().lock();
            try {
                requireHeld();
                for (RecordedEvent event : step.events()) {
                    projection.handler().accept(rows, event);
                }
                content.checkpoint = step.after();
                step.unpark().forEach(content.parked::remove);
                step.park().forEach(parked -> content.parked.put(parked.position(), parked));
                rows.accept();
            } catch (RuntimeException | Error failed) {
                rows.undo();
                throw failed;
            } finally {
                lock.writeLock().unlock();
            }
            if (!step.events().isEmpty() && content.isServing) {
                tellWatchers();
            }
        }

        private void requireHeld() {
            if (content.holder != this || builds.get(build.number()) != content) {
                throw new ClaimLostException(build.projection(), "its build " + build.number() + " was replaced");
            }
        }

        @Override
        public boolean serve() {
            lock.writeLock().lock();
            try {
                if (content.isServing) {
                    return true;
                }
                requireHeld();
                for (Content other : List.copyOf(builds.values())) {
                    if (other.isServing) {
                        if (other.now().position() > content.now().position()) {
                            return false;
                        }
                        builds.remove(other.build.number());
                    }
                }
                content.isServing = true;
                serving = content.values;
            } finally {
                lock.writeLock().unlock();
            }
            tellWatchers();
            return true;
        }

        @Override
        public void reset() {
            lock.writeLock().lock();
            try {
                requireHeld();
                content.values.clear();
                content.parked.clear();
                content.checkpoint = null;
            } finally {
                lock.writeLock().unlock();
            }
        }

        @Override
        public boolean isTransient(RuntimeException failure) {
            return false;
        }

        @Override
        public void close() {
            lock.writeLock().lock();
            try {
                if (content.holder == this) {
                    content.holder = null;
                }
            } finally {
                lock.writeLock().unlock();
            }
        }
    }

    private void tellWatchers() {
        watchers.removeIf(watcher -> !isTold(watcher));
    }

    private static boolean isTold(LiveQuery<?> watcher) {
        try {
            watcher.check();
            return true;
        } catch (RuntimeException failed) {
            LOG.log(Level.WARNING, "a listener of a live query failed and is left out", failed);
            return false;
        }
    }
}
