package dev.everfold.server;

import io.javalin.http.HttpResponseException;
import io.javalin.http.HttpStatus;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;

/// Refuses bodies that come drop by drop, so that none holds its room of the [BodyBudget] for hours: each may take
/// 30 s, and one more for every 16 KiB of it that have come.
///
/// @param nanos the time, as by [System#nanoTime()]
record BodyPace(LongSupplier nanos) implements HttpConfiguration.Customizer {

    static final int GRACE_SECONDS = 30;
    static final int BYTES_OF_SECOND_MIN = 16 << 10;

    private static final long NANOS_OF_BYTE = TimeUnit.SECONDS.toNanos(1) / BYTES_OF_SECOND_MIN;

    @Override
    public Request customize(Request request, HttpFields.Mutable headers) {
        return new Paced(request);
    }

    private final class Paced extends Request.Wrapper {

        private final long begunNanos = nanos.getAsLong();
        private long bytes;

        Paced(Request request) {
            super(request);
        }

        @Override
        public Content.Chunk read() {
            Content.Chunk chunk = super.read();
            if (chunk == null || chunk.isLast() || Content.Chunk.isFailure(chunk)) {
                return chunk;
            }
            bytes += chunk.remaining();
            if (nanos.getAsLong() - begunNanos <= TimeUnit.SECONDS.toNanos(GRACE_SECONDS) + bytes * NANOS_OF_BYTE) {
                return chunk;
            }
            chunk.release();
            return Content.Chunk.from(new HttpResponseException(
                    HttpStatus.REQUEST_TIMEOUT.getCode(),
                    "The body comes too slowly, and nothing was stored; expected " + BYTES_OF_SECOND_MIN
                            + " bytes a second after the first " + GRACE_SECONDS + " s. Send it in parts."));
        }
    }
}
