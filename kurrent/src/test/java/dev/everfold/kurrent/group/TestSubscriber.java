package dev.everfold.kurrent.group;

import dev.everfold.kurrent.stream.Delivery;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// A client that keeps what it gets. Its streams end with the place of their event.
final class TestSubscriber implements Subscriber {

    private final String name;
    private final int bufferSize;
    private final List<Delivery> deliveries = new CopyOnWriteArrayList<>();
    private final List<Integer> retries = new CopyOnWriteArrayList<>();
    private final Semaphore delivered = new Semaphore(0);

    /// Completes when it does not belong to the group any more, with the reason.
    final CompletableFuture<Optional<RuntimeException>> ended = new CompletableFuture<>();

    volatile boolean isReady = true;
    volatile Predicate<Delivery> mayRead = _ -> true;
    volatile boolean mayStay = true;
    private int polled;

    TestSubscriber(String name, int bufferSize) {
        this.name = name;
        this.bufferSize = bufferSize;
    }

    /// Waits until it has got so many messages.
    void await(int count) throws InterruptedException {
        if (!delivered.tryAcquire(count, 30, TimeUnit.SECONDS)) {
            throw new AssertionError(name + " got " + deliveries.size() + " messages within 30 s.");
        }
        delivered.release(count);
    }

    /// The next message that was not polled yet; empty when there is none now.
    Optional<Delivery> poll() {
        return polled < deliveries.size() ? Optional.of(deliveries.get(polled++)) : Optional.empty();
    }

    UUID id(int index) {
        return deliveries.get(index).found().id();
    }

    List<UUID> ids() {
        return deliveries.stream().map(one -> one.found().id()).toList();
    }

    List<String> streams() {
        return deliveries.stream().map(one -> one.found().stream()).toList();
    }

    List<Long> places() {
        return streams().stream()
                .map(stream -> Long.valueOf(stream.substring(stream.indexOf('-') + 1)))
                .toList();
    }

    List<Integer> retries() {
        return List.copyOf(retries);
    }

    @Override
    public int bufferSize() {
        return bufferSize;
    }

    @Override
    public boolean isReady() {
        return isReady;
    }

    @Override
    public boolean maySee(Delivery delivery) {
        return mayRead.test(delivery);
    }

    @Override
    public boolean mayStay() {
        return mayStay;
    }

    @Override
    public void requireMayRead() {}

    @Override
    public void confirm() {}

    @Override
    public void deliver(Delivery delivery, int retryCount) {
        deliveries.add(delivery);
        retries.add(retryCount);
        delivered.release();
    }

    @Override
    public void end(Optional<RuntimeException> reason) {
        ended.complete(reason);
    }

    @Override
    public Identity identity() {
        return new Identity("", name, "");
    }
}
