package dev.everfold.kurrent;

import dev.everfold.eventstore.StoreUnavailableException;
import io.grpc.Context;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Whether whoever made a call is still there, for reads that may look at much before they find something to
/// send: where nothing is sent, nothing fails when nobody is left to take it.
///
/// A call of gRPC ends with its [Context]; for others, whoever lets them in puts [#LEFT] there. Asking costs a few
/// nanoseconds an event. For one thread.
public final class Presence {

    /// Tells of a call that is not one of gRPC whether its caller has left; asked in the thread that works for it.
    public static final Context.Key<BooleanSupplier> LEFT = Context.key("everfold-left");

    /// So many events are looked at between two questions, since a question may take a system call.
    private static final int EVENTS_BETWEEN = 256;

    private final Context call;
    private final @Nullable BooleanSupplier left;
    private int events;

    private Presence(Context call) {
        this.call = call;
        this.left = LEFT.get(call);
    }

    /// Of the caller of the call that this thread works for. Who works for no call is always there.
    public static Presence ofCaller() {
        return new Presence(Context.current());
    }

    /// An event was looked at that is not sent.
    ///
    /// @throws StoreUnavailableException when nobody is there any more, which is found out now and then
    public void passed() {
        if (events++ % EVENTS_BETWEEN == 0) {
            require();
        }
    }

    /// Finds out at once.
    ///
    /// @throws StoreUnavailableException when nobody is there any more
    public void require() {
        if (call.isCancelled() || (left != null && left.getAsBoolean())) {
            throw new StoreUnavailableException("The call of this read has ended. Read again.", true, null);
        }
    }
}
