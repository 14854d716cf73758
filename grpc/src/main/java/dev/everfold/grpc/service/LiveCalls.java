package dev.everfold.grpc.service;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import org.jspecify.annotations.Nullable;

/// Makes every call a [LiveCall], before anybody else sees it.
final class LiveCalls implements ServerInterceptor {

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        LiveCall<Q, A> live = new LiveCall<>(call);
        InboundBytes.Of bytes = InboundBytes.KEY.get();
        if (bytes != null) {
            bytes.isOf(live);
        }
        ServerCall.Listener<Q> service =
                Contexts.interceptCall(Context.current().withValue(LiveCall.KEY, live), live, headers, next);
        return new SimpleForwardingServerCallListener<>(service) {
            @Override
            public void onMessage(@Nullable Q message) {
                // Null is one that could not be read, by which the call has ended.
                if (message != null) {
                    super.onMessage(message);
                }
            }

            @Override
            public void onComplete() {
                // To its service, a call that was ended is one whose client is gone.
                if (live.wasEnded()) {
                    super.onCancel();
                } else {
                    super.onComplete();
                }
            }
        };
    }
}
