package dev.everfold.kurrent.service;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Messages on their way to one client, no faster than it takes them. One thread sends; any may wake it.
///
/// So a client that reads slowly, or not at all, costs what one buffer holds and a waiting
/// virtual thread; what comes after is read from the log when the client is ready for it.
final class Outbox<M> {

    /// Bytes that may be on their way before the sender waits.
    private static final int BUFFERED_BYTES_MAX = 256 << 10;

    private final ServerCallStreamObserver<M> client;
    private final Duration patience;
    private final List<Runnable> onGone = new ArrayList<>();

    // Guarded by lock.
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private boolean isGone;

    /// @param patience how long a client may take nothing while there is something for it
    Outbox(ServerCallStreamObserver<M> client, Duration patience) {
        this.client = client;
        this.patience = patience;
    }

    /// Watches the client; called before the call is given to gRPC.
    void begin() {
        client.setOnReadyThreshold(BUFFERED_BYTES_MAX);
        client.setOnReadyHandler(this::wake);
        client.setOnCancelHandler(this::leave);
    }

    /// Sends, or waits until it can.
    ///
    /// @throws ClientGoneException when nobody is there to take it
    void send(M message) throws InterruptedException {
        if (!client.isReady()) {
            awaitReady();
        }
        client.onNext(message);
    }

    /// Ends the call well.
    void complete() {
        client.onCompleted();
    }

    /// Ends the call with a refusal.
    void refuse(RuntimeException status) {
        if (!client.isCancelled()) {
            client.onError(status);
        }
    }

    /// Whether the client is not there any more.
    boolean isGone() {
        lock.lock();
        try {
            return isGone;
        } finally {
            lock.unlock();
        }
    }

    /// What is done when the client leaves; at once when it has left.
    void onGone(Runnable action) {
        lock.lock();
        try {
            if (!isGone) {
                onGone.add(action);
                return;
            }
        } finally {
            lock.unlock();
        }
        action.run();
    }

    private void awaitReady() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long nanosLeft = patience.toNanos();
            while (!client.isReady() && !isGone) {
                if (nanosLeft <= 0) {
                    throw Status.DEADLINE_EXCEEDED
                            .withDescription("The client took nothing for " + patience.toSeconds()
                                    + " s. Read again from where it stopped.")
                            .asRuntimeException();
                }
                nanosLeft = moved.awaitNanos(nanosLeft);
            }
            if (isGone) {
                throw new ClientGoneException();
            }
        } finally {
            lock.unlock();
        }
    }

    private void wake() {
        lock.lock();
        try {
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void leave() {
        List<Runnable> actions;
        lock.lock();
        try {
            isGone = true;
            moved.signalAll();
            actions = List.copyOf(onGone);
        } finally {
            lock.unlock();
        }
        actions.forEach(Runnable::run);
    }
}
