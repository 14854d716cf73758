package dev.everfold.server;

import io.javalin.http.ContentTooLargeResponse;
import io.javalin.http.Handler;
import io.javalin.http.HttpResponseException;
import io.javalin.http.HttpStatus;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Bounds the memory that the bodies of all requests take together; those that find no room wait, and are then refused.
///
/// Bodies of up to 64 KiB are not counted: they are bounded by the connections, and whoever sends little is not held up
/// by who sends much. A body holds its room until all of it has come, which may take [minutes][BodyPace]; so where
/// everybody may send one, it has to be [little][#little].
final class BodyBudget {

    private static final int UNIT_BYTES = 64 << 10;
    private static final long WAIT_SECONDS_MAX = 5;
    private static final int LITTLE_BYTES_MAX = 8 << 10;

    private final long bodyBytesMax;
    private final int unitsOfBodyMax;
    private final Semaphore free;

    /// @param bytes of all bodies; at least one of the largest is let in
    /// @param bodyBytesMax of one body
    BodyBudget(long bytes, long bodyBytesMax) {
        this.bodyBytesMax = bodyBytesMax;
        this.unitsOfBodyMax = units(bodyBytesMax);
        this.free = new Semaphore(Math.max(units(bytes), unitsOfBodyMax), true);
    }

    /// The same handler, called when there is room for the body.
    Handler within(Handler handler) {
        return context -> {
            long bytes = context.req().getContentLengthLong();
            if (bytes > bodyBytesMax) {
                // Else the rest of it would be read and thrown away before the answer.
                context.header("Connection", "close");
                throw new ContentTooLargeResponse(
                        "The body is " + bytes + " bytes; the limit is " + bodyBytesMax + ". Send it in parts.");
            }
            boolean isUnknown = context.header("Transfer-Encoding") != null;
            int needed = isUnknown ? unitsOfBodyMax : units(Math.max(bytes, 0));
            if (needed <= 1) {
                handler.handle(context);
                return;
            }
            if (!free.tryAcquire(needed, WAIT_SECONDS_MAX, TimeUnit.SECONDS)) {
                context.header("Retry-After", "1");
                throw new HttpResponseException(
                        HttpStatus.SERVICE_UNAVAILABLE.getCode(),
                        "The server is busy with other large requests; nothing was stored. Try again.");
            }
            try {
                handler.handle(context);
            } finally {
                free.release(needed);
            }
        };
    }

    /// The same handler, for bodies that take no room worth counting and say so.
    static Handler little(Handler handler) {
        return context -> {
            boolean isUnknown = context.header("Transfer-Encoding") != null;
            if (isUnknown || context.req().getContentLengthLong() > LITTLE_BYTES_MAX) {
                context.header("Connection", "close");
                throw new ContentTooLargeResponse(
                        "The body is too long or does not say how long it is; expected at most " + LITTLE_BYTES_MAX
                                + " bytes.");
            }
            handler.handle(context);
        };
    }

    private static int units(long bytes) {
        return (int) Math.min(Math.ceilDiv(bytes, (long) UNIT_BYTES), Integer.MAX_VALUE);
    }
}
