package dev.everfold.search;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;

/// Leads requests to their server, or for a while to another one in its place; and may hold one back.
final class SwitchedTransport extends Transport {

    private volatile Optional<Transport> instead = Optional.empty();
    private volatile Predicate<Call> holding = _ -> false;
    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    SwitchedTransport(SearchOptions options) {
        super(options);
    }

    void leadTo(Transport other) {
        instead = Optional.of(other);
    }

    void leadBack() {
        instead = Optional.empty();
    }

    /// From now on such a request does not leave before it is released.
    void hold(Predicate<Call> which) {
        holding = which;
    }

    void awaitHeld() throws InterruptedException {
        held.await();
    }

    void release() {
        holding = _ -> false;
        released.countDown();
    }

    @Override
    Answer send(Call call) {
        if (holding.test(call)) {
            held.countDown();
            try {
                released.await();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        Optional<Transport> other = instead;
        return other.isPresent() ? other.get().send(call) : super.send(call);
    }
}
