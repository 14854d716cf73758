package dev.everfold.grpc.service;

import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.grpc.wire.WireHeaders;
import dev.everfold.grpc.wire.WireRefusals;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.UUID;

/// Refuses calls of clients that know another history: their positions mean nothing here.
record LineageCheck(UUID lineage) implements ServerInterceptor {

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String known = headers.get(WireHeaders.LINEAGE);
        if (known == null || known.equals(lineage.toString())) {
            return next.startCall(call, headers);
        }
        StatusRuntimeException refused = WireRefusals.status(new StoreUnavailableException(
                "The server holds history " + lineage + ", and the client knows " + abbreviated(known)
                        + "; nothing was stored. Open the store again, and begin anew where positions were kept.",
                false,
                null));
        Metadata trailers = refused.getTrailers();
        // Not what one would try again.
        Status status =
                Status.FAILED_PRECONDITION.withDescription(refused.getStatus().getDescription());
        call.close(status, trailers == null ? new Metadata() : trailers);
        return new ServerCall.Listener<>() {};
    }

    private static String abbreviated(String known) {
        return known.length() <= 36 ? known : known.substring(0, 36) + "…";
    }
}
