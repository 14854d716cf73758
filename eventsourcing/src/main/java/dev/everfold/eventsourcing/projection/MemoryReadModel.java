package dev.everfold.eventsourcing.projection;

import dev.everfold.eventsourcing.subscription.Checkpoint;
import dev.everfold.eventsourcing.subscription.ClaimLostException;
import dev.everfold.eventsourcing.subscription.ParkedEvent;
import dev.everfold.eventsourcing.subscription.Step;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Function;

/// A read model of one projection in memory, made anew by each process: values by key. Safe for many threads.
///
/// Readers see whole steps, never a part of one, and wait while a step is carried out. Values and keys are immutable.
public final class MemoryReadModel<K, V> implements ReadModel<MemoryRows<K, V>> {

    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final LiveQueries watchers = new LiveQueries();

    /// Guarded by the lock; by number.
    private final TreeMap<Long, MemoryBuild<K, V>> builds = new TreeMap<>();

    /// Guarded by the lock: whose claim of a build is in force.
    private final Map<MemoryBuild<K, V>, MemoryClaim> holders = new HashMap<>();

    private Map<K, V> serving = new HashMap<>();
    private long lastNumber;

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
        return watchers.add(new LiveQuery<>(() -> read(question), listener));
    }

    @Override
    public List<Build> builds(String projection) {
        lock.readLock().lock();
        try {
            return builds.values().stream().map(MemoryBuild::now).toList();
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
            for (MemoryBuild<K, V> newer :
                    builds.tailMap(after, false).descendingMap().values()) {
                if (newer.version() == version) {
                    return newer.now();
                }
            }
            Build build = new Build(projection, version, ++lastNumber, 1, builds.isEmpty(), 0);
            MemoryBuild<K, V> content = new MemoryBuild<>(build);
            builds.put(build.number(), content);
            if (build.serving()) {
                serving = content.values();
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
            MemoryBuild<K, V> content = builds.get(build.number());
            if (content == null || holders.containsKey(content)) {
                return Optional.empty();
            }
            MemoryClaim claim = new MemoryClaim(content, projection);
            holders.put(content, claim);
            return Optional.of(claim);
        } finally {
            lock.writeLock().unlock();
        }
    }

    @Override
    public void drop(Build build) {
        lock.writeLock().lock();
        try {
            MemoryBuild<K, V> content = builds.get(build.number());
            if (content != null && !content.isServing()) {
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
            MemoryBuild<K, V> content = builds.get(build.number());
            if (content == null) {
                throw new IllegalStateException("Build " + build.number() + " of projection \"" + build.projection()
                        + "\" is not there any more.");
            }
            return content.snapshot();
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public boolean isTransient(RuntimeException failure) {
        return false;
    }

    private final class MemoryClaim implements ModelClaim {

        private final Build build;
        private final MemoryBuild<K, V> content;
        private final Projection<MemoryRows<K, V>> projection;

        MemoryClaim(MemoryBuild<K, V> content, Projection<MemoryRows<K, V>> projection) {
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
            return content.checkpoint();
        }

        @Override
        public List<ParkedEvent> parked() {
            return content.parked();
        }

        @Override
        public void commit(Step step) {
            lock.writeLock().lock();
            try {
                requireHeld();
                content.apply(step, projection.handler());
            } finally {
                lock.writeLock().unlock();
            }
            if (!step.events().isEmpty() && content.isServing()) {
                watchers.check();
            }
        }

        private void requireHeld() {
            if (holders.get(content) != this || builds.get(build.number()) != content) {
                throw new ClaimLostException(build.projection(), "its build " + build.number() + " was replaced");
            }
        }

        @Override
        public boolean serve() {
            lock.writeLock().lock();
            try {
                if (content.isServing()) {
                    return true;
                }
                requireHeld();
                for (MemoryBuild<K, V> other : List.copyOf(builds.values())) {
                    if (other.isServing()) {
                        if (other.now().position() > content.now().position()) {
                            return false;
                        }
                        builds.remove(other.now().number());
                    }
                }
                content.serve();
                serving = content.values();
            } finally {
                lock.writeLock().unlock();
            }
            watchers.check();
            return true;
        }

        @Override
        public void reset() {
            lock.writeLock().lock();
            try {
                requireHeld();
                content.clear();
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
                holders.remove(content, this);
            } finally {
                lock.writeLock().unlock();
            }
        }
    }
}
