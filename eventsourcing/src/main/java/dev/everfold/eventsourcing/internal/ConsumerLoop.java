package dev.everfold.eventsourcing.internal;

import dev.everfold.eventsourcing.subscription.Claim;
import dev.everfold.eventsourcing.subscription.ClaimLostException;
import dev.everfold.eventsourcing.subscription.ConsumerOptions;
import dev.everfold.eventsourcing.subscription.ConsumerState;
import dev.everfold.eventsourcing.subscription.ConsumerStatus;
import dev.everfold.eventsourcing.subscription.EventConsumer;
import dev.everfold.eventsourcing.subscription.ParkedEvent;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.StoreClosedException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One consumer: claims, runs while the claim is in force ([ConsumerRun]), and claims again.
///
/// All work is done by one virtual thread. It is never interrupted, since an interrupt would leave open what
/// became of a step; it is woken instead.
public final class ConsumerLoop implements EventConsumer {

    private static final System.Logger LOG = System.getLogger(ConsumerLoop.class.getName());

    /// How long the step in work may take to end, before who asks for a pause goes on.
    private static final Duration SETTLE_MAX = Duration.ofSeconds(30);

    /// What this is, or is a part of: no handler of it waits for any part of it.
    private final Object consumer;

    private final ConsumerSource source;
    private final ConsumerSource.Shared shared;
    private final Claims claims;
    private final ConsumerOptions options;
    private final Gauge gauge;
    private final Trouble trouble;
    private final Wakeup wakeup = new Wakeup();
    private final ConcurrentLinkedQueue<Request<?>> requests = new ConcurrentLinkedQueue<>();
    private final Thread thread;

    private volatile boolean closing;
    private volatile boolean paused;

    /// Set before requests are refused for the last time: who asks afterwards refuses them himself.
    private volatile boolean hasEnded;

    private volatile int parkedCount;

    /// Where the log ended when it was last asked.
    private volatile long seenEnd;

    private record Request<T>(Function<ConsumerRun, T> work, CompletableFuture<T> answer) {

        void answer(ConsumerRun run) {
            try {
                answer.complete(work.apply(run));
            } catch (RuntimeException failed) {
                answer.completeExceptionally(failed);
                if (failed instanceof ClaimLostException) {
                    throw failed;
                }
            }
        }
    }

    private ConsumerLoop(
            @Nullable Object whole,
            ConsumerSource source,
            ConsumerSource.Shared shared,
            Claims claims,
            ConsumerOptions options) {
        this.consumer = whole == null ? this : whole;
        this.source = source;
        this.shared = shared;
        this.claims = claims;
        this.options = options;
        this.gauge = new Gauge(source.name(), source.kind(), shared.clock());
        this.trouble = new Trouble(source.name(), shared.clock());
        this.thread =
                Thread.ofVirtual().name("everfold-" + source.name()).unstarted(() -> Handling.of(consumer, this::run));
    }

    /// Starts a consumer.
    public static ConsumerLoop start(
            ConsumerSource source, ConsumerSource.Shared shared, Claims claims, ConsumerOptions options) {
        return started(new ConsumerLoop(null, source, shared, claims, options));
    }

    /// Starts a part of a consumer.
    public static ConsumerLoop startPart(
            Object whole, ConsumerSource source, ConsumerSource.Shared shared, Claims claims, ConsumerOptions options) {
        return started(new ConsumerLoop(whole, source, shared, claims, options));
    }

    private static ConsumerLoop started(ConsumerLoop loop) {
        loop.thread.start();
        return loop;
    }

    private void run() {
        ConsumerState end = ConsumerState.FAILED;
        try {
            for (int failures = 0; !closing; ) {
                failures = claimAndRun() ? 0 : failures + 1;
                if (failures > 0) {
                    gauge.state(ConsumerState.RETRYING);
                    wakeup.await(options.backoff().after(failures, shared.random()));
                }
            }
            end = ConsumerState.STOPPED;
        } catch (RuntimeException failed) {
            gauge.failed(failed, false);
            boolean closedBelow = closing || failed instanceof StoreClosedException;
            LOG.log(closedBelow ? Level.DEBUG : Level.ERROR, "consumer ended name=" + name(), failed);
        } catch (Error failed) {
            gauge.failed(failed, false);
            LOG.log(Level.ERROR, "consumer ended name=" + name(), failed);
            throw failed;
        } finally {
            gauge.state(end);
            hasEnded = true;
            refuseRequests();
            claims.ended();
            if (end == ConsumerState.STOPPED) {
                shared.stopped().run();
            }
        }
    }

    /// Whether it may claim again at once; false when it is to be tried again after a while.
    private boolean claimAndRun() {
        Optional<Claim> claimed;
        try {
            claimed = claims.claim(Owner.NAME, options);
        } catch (RuntimeException failed) {
            if (!claims.isTransient(failed)) {
                throw failed;
            }
            failed(failed);
            refuseRequests();
            return false;
        }
        if (claimed.isEmpty()) {
            gauge.state(ConsumerState.WAITING_FOR_CLAIM);
            refuseRequests();
            wakeup.await(options.lease().dividedBy(5));
            return true;
        }
        try (Claim claim = claimed.get()) {
            Optional<ConsumerRun> begun = begin(claim);
            if (begun.isEmpty()) {
                return false;
            }
            try (ConsumerRun run = begun.get()) {
                LOG.log(Level.INFO, "consumer runs here name={0} position={1}", name(), Long.toString(run.position()));
                run.run();
            }
        } catch (ClaimLostException lost) {
            gauge.failed(lost, false);
            LOG.log(Level.INFO, "claim lost name={0}: {1}", name(), lost.getMessage());
            return false;
        }
        return true;
    }

    /// Empty while the store cannot say where its log ends.
    private Optional<ConsumerRun> begin(Claim claim) {
        try {
            return Optional.of(new ConsumerRun(this, source, shared, claim));
        } catch (EventStoreException failed) {
            if (!failed.retryable()) {
                throw failed;
            }
            failed(failed);
            refuseRequests();
            return Optional.empty();
        }
    }

    // What a run needs of its loop.

    boolean isClosing() {
        return closing;
    }

    boolean isPaused() {
        return paused;
    }

    /// Whether somebody waits for an answer.
    boolean isAsked() {
        return !requests.isEmpty();
    }

    ConsumerOptions options() {
        return options;
    }

    Gauge gauge() {
        return gauge;
    }

    /// A failure that is tried again.
    void failed(RuntimeException cause) {
        gauge.failed(cause, true);
        trouble.failed(gauge.position(), cause);
    }

    /// A step was carried out.
    void passed() {
        trouble.passed();
    }

    Wakeup wakeup() {
        return wakeup;
    }

    boolean isAwaited(Claim claim) {
        return claims.isAwaited(claim);
    }

    void caughtUp(Claim claim) {
        claims.caughtUp(claim);
    }

    void parked(int count) {
        parkedCount = count;
    }

    void answerRequests(ConsumerRun run) {
        for (Request<?> request = requests.poll(); request != null; request = requests.poll()) {
            request.answer(run);
        }
    }

    private void refuseRequests() {
        for (Request<?> request = requests.poll(); request != null; request = requests.poll()) {
            request.answer().completeExceptionally(notHere());
        }
    }

    private NotHereException notHere() {
        return new NotHereException("Consumer \"" + name() + "\" does not run here now; it is "
                + status().state().name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ')
                + ". Ask the process that runs it.");
    }

    private <T> T ask(Function<ConsumerRun, T> work) {
        if (Handling.isOf(consumer)) {
            throw new IllegalStateException("Consumer \"" + name()
                    + "\" is asked by its own handler, for which it waits. Ask it from another thread.");
        }
        Request<T> request = new Request<>(work, new CompletableFuture<>());
        requests.add(request);
        wakeup.ring();
        if (hasEnded) {
            refuseRequests();
        }
        try {
            return request.answer().join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof RuntimeException cause ? cause : failed;
        }
    }

    @Override
    public String name() {
        return source.name();
    }

    /// While the store is away, by where its end was last seen: how a consumer does is asked for most then.
    @Override
    public ConsumerStatus status() {
        long nextPosition;
        try {
            nextPosition = shared.store().nextPosition();
            seenEnd = nextPosition;
        } catch (StoreClosedException closed) {
            nextPosition = gauge.position();
        } catch (EventStoreException away) {
            nextPosition = Math.max(seenEnd, gauge.position());
        }
        return gauge.status(nextPosition, parkedCount);
    }

    @Override
    public boolean awaitHandled(long position, Duration timeout) throws InterruptedException {
        // Events of no interest are passed over at leisure, unless somebody waits.
        wakeup.ring();
        return gauge.await(position, timeout);
    }

    @Override
    public boolean awaitCaughtUp(Duration timeout) throws InterruptedException {
        return awaitHandled(shared.store().nextPosition() - 1, timeout);
    }

    @Override
    public void pause() {
        pauseSoon();
        settle();
    }

    /// Asks it to pause, without waiting.
    public void pauseSoon() {
        paused = true;
        wakeup.ring();
    }

    @Override
    public void resume() {
        paused = false;
        wakeup.ring();
    }

    @Override
    public List<ParkedEvent> parked() {
        return ask(ConsumerRun::parked);
    }

    @Override
    public int redrive(String key) {
        return ask(run -> run.redrive(key));
    }

    @Override
    public int discard(String key) {
        return ask(run -> run.discard(key));
    }

    @Override
    public void close() {
        closeSoon();
        if (Handling.isOf(consumer)) {
            return;
        }
        Threads.awaitEnd(thread);
        if (gauge.stopFailed()) {
            shared.stopped().run();
        }
    }

    /// Empties what the claim keeps, in the thread of the loop, and begins again with the first event.
    ///
    /// @throws IllegalStateException when it does not run here
    public void restart(java.util.function.Consumer<Claim> emptying) {
        ask(run -> {
            run.restart(() -> emptying.accept(run.claim()));
            return true;
        });
    }

    /// Whether a failure has ended it.
    public boolean hasFailed() {
        return gauge.hasFailed();
    }

    /// Refuses when it has ended.
    ///
    /// @throws IllegalStateException when it has ended, and says why
    public void requireRunning() {
        gauge.requireRunning();
    }

    /// Asks it to end, without waiting.
    public void closeSoon() {
        closing = true;
        wakeup.ring();
    }

    private void settle() {
        if (Handling.isOf(consumer)) {
            return;
        }
        try {
            gauge.awaitRest(SETTLE_MAX);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
