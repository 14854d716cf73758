package dev.everfold.grpc.service;

import io.grpc.Context;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.concurrent.locks.ReentrantLock;

/// A call that others than its service may end, from any thread: when its user was removed, or memory runs short.
///
/// Every call of a [GrpcServer] is one, and stands in its own [Context]. The service sees it cancelled.
public final class LiveCall<Q, A> extends SimpleForwardingServerCall<Q, A> {

    /// Where a call stands.
    public static final Context.Key<LiveCall<?, ?>> KEY = Context.key("everfold-live-call");

    // Guarded by lock, as is the other call, which is for one thread at a time.
    private final ReentrantLock lock = new ReentrantLock();
    private boolean closed;
    private volatile boolean ended;

    LiveCall(ServerCall<Q, A> call) {
        super(call);
    }

    /// Ends the call, if it has not ended; its client gets the status.
    public void end(Status status) {
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                ended = true;
                delegate().close(status, new Metadata());
            }
        } finally {
            lock.unlock();
        }
    }

    /// Whether it was ended by [#end].
    boolean wasEnded() {
        return ended;
    }

    @Override
    public boolean isCancelled() {
        return ended || super.isCancelled();
    }

    @Override
    public void sendHeaders(Metadata headers) {
        unlessClosed(() -> super.sendHeaders(headers));
    }

    @Override
    public void sendMessage(A message) {
        unlessClosed(() -> super.sendMessage(message));
    }

    @Override
    public void close(Status status, Metadata trailers) {
        unlessClosed(() -> {
            closed = true;
            super.close(status, trailers);
        });
    }

    private void unlessClosed(Runnable action) {
        lock.lock();
        try {
            if (!ended) {
                action.run();
            }
        } finally {
            lock.unlock();
        }
    }
}
