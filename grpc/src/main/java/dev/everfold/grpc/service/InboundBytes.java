package dev.everfold.grpc.service;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Bounds the bytes that all calls together have sent and that are not yet answered.
///
/// One message may be large and come slowly, and a connection may have thousands of calls: without
/// this, as many halves of messages would fill the memory. When there is too much, the call
/// that holds most is ended; whoever sends little is not touched. Safe for use by many threads.
final class InboundBytes extends ServerStreamTracer.Factory {

    /// Where a call finds its own.
    static final Context.Key<Of> KEY = Context.key("everfold-inbound-bytes");

    private final long max;
    private final AtomicLong held = new AtomicLong();
    private final Set<Of> calls = ConcurrentHashMap.newKeySet();

    InboundBytes(long max) {
        this.max = max;
    }

    /// What all calls hold now.
    long held() {
        return held.get();
    }

    @Override
    public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
        return new Of();
    }

    private void add(Of call, long bytes) {
        call.held.addAndGet(bytes);
        if (held.addAndGet(bytes) > max) {
            calls.stream()
                    .filter(other -> other.live != null)
                    .max(Comparator.comparingLong(other -> other.held.get()))
                    .ifPresent(Of::endForMemory);
        }
    }

    /// What one call holds.
    final class Of extends ServerStreamTracer {

        private final AtomicLong held = new AtomicLong();
        private volatile @Nullable LiveCall<?, ?> live;

        void isOf(LiveCall<?, ?> call) {
            live = call;
            calls.add(this);
        }

        private void endForMemory() {
            end(Status.RESOURCE_EXHAUSTED.withDescription("The server holds more than " + max
                    + " bytes of calls that are not answered, of this call the most. Send less at once, or try"
                    + " again."));
            release();
        }

        /// Ends the call, if it has begun.
        void end(Status status) {
            LiveCall<?, ?> call = live;
            if (call != null) {
                call.end(status);
            }
        }

        /// Its bytes are about to be freed.
        private void release() {
            calls.remove(this);
            InboundBytes.this.held.addAndGet(-held.getAndSet(0));
        }

        @Override
        public Context filterContext(Context context) {
            return context.withValue(KEY, this);
        }

        @Override
        public void inboundWireSize(long bytes) {
            add(this, bytes);
        }

        @Override
        public void outboundMessage(int sequence) {
            InboundBytes.this.held.addAndGet(-held.getAndSet(0));
        }

        @Override
        public void streamClosed(Status status) {
            release();
        }
    }
}
