package dev.everfold.grpc.service;

import com.google.protobuf.UnsafeByteOperations;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.grpc.wire.WireEvents;
import dev.everfold.protocol.v1.Wire;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// One read on its way to a client, in messages of a bounded size and no faster than the client takes them.
final class ReadStream {

    /// Bytes of records after which a message is sent.
    static final int MESSAGE_BYTES_MAX = 256 << 10;

    private static final int MESSAGE_BYTES_MIN = 4 << 10;

    private final ServerCallStreamObserver<Wire.ReadResponse> client;
    private final Duration patience;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();

    /// @param patience how long a client may take nothing while there is something for it
    ReadStream(ServerCallStreamObserver<Wire.ReadResponse> client, Duration patience) {
        this.client = client;
        this.patience = patience;
    }

    /// Watches the client; called before the call is given to gRPC.
    void begin() {
        client.setOnReadyThreshold(2 * MESSAGE_BYTES_MAX);
        client.setOnReadyHandler(this::wake);
        client.setOnCancelHandler(this::wake);
    }

    /// Sends what the cursor returns, and ends the call.
    void send(EventCursor cursor, Wire.ReadRequest request) throws InterruptedException {
        Content content = request.getForm() == Wire.Form.FORM_RECORDS ? new Records() : new Events();
        long bytesLeft = request.hasBytesMax() ? request.getBytesMax() : Long.MAX_VALUE;
        long eventsLeft = request.hasLimit() ? request.getLimit() : Long.MAX_VALUE;
        while (eventsLeft > 0 && bytesLeft > 0) {
            if (!cursor.hasNext()) {
                finish(content.take(cursor.end()).setExhausted(true));
                return;
            }
            RecordedEvent event = cursor.next();
            content.add(event);
            eventsLeft--;
            bytesLeft -= event.recordBytes();
            if (content.bytes() >= MESSAGE_BYTES_MAX && eventsLeft > 0 && bytesLeft > 0) {
                client.onNext(content.take(cursor.end()).build());
                if (!awaitReady()) {
                    return;
                }
            }
        }
        finish(content.take(cursor.end()));
    }

    private void finish(Wire.ReadResponse.Builder last) {
        client.onNext(last.build());
        client.onCompleted();
    }

    /// Waits until the client takes more.
    ///
    /// @return false when it is gone, or was patiently waited for and then disconnected
    private boolean awaitReady() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long nanosLeft = patience.toNanos();
            while (!client.isReady() && !client.isCancelled()) {
                if (nanosLeft <= 0) {
                    client.onError(Status.DEADLINE_EXCEEDED
                            .withDescription("The client took nothing of its read for " + patience.toSeconds()
                                    + " s. Read again from where it stopped.")
                            .asRuntimeException());
                    return false;
                }
                nanosLeft = moved.awaitNanos(nanosLeft);
            }
            return !client.isCancelled();
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

    /// What the next message will hold.
    private sealed interface Content {

        void add(RecordedEvent event);

        int bytes();

        /// The message, after which this is empty again.
        Wire.ReadResponse.Builder take(long end);
    }

    /// Records, copied as they are.
    private static final class Records implements Content {

        private static final byte[] NONE = new byte[0];

        private byte[] buffer = NONE;
        private int capacity = MESSAGE_BYTES_MIN;
        private int bytes;

        @Override
        public void add(RecordedEvent event) {
            int needed = bytes + event.recordBytes();
            if (needed > buffer.length) {
                int more = Math.min(4 * buffer.length, MESSAGE_BYTES_MAX + MESSAGE_BYTES_MAX / 8);
                capacity = Math.max(needed, Math.max(more, capacity));
                buffer = Arrays.copyOf(buffer, capacity);
            }
            event.copyTo(buffer, bytes);
            bytes = needed;
        }

        @Override
        public int bytes() {
            return bytes;
        }

        @Override
        public Wire.ReadResponse.Builder take(long end) {
            Wire.ReadResponse.Builder message = Wire.ReadResponse.newBuilder()
                    .setEnd(end)
                    .setRecords(UnsafeByteOperations.unsafeWrap(buffer, 0, bytes));
            // The message keeps the buffer, so the next one gets its own, as large as this one became.
            buffer = NONE;
            bytes = 0;
            return message;
        }
    }

    /// Messages with fields.
    private static final class Events implements Content {

        private Wire.ReadResponse.Builder message = Wire.ReadResponse.newBuilder();
        private int bytes;

        @Override
        public void add(RecordedEvent event) {
            message.addEvents(WireEvents.encode(event));
            bytes += event.recordBytes();
        }

        @Override
        public int bytes() {
            return bytes;
        }

        @Override
        public Wire.ReadResponse.Builder take(long end) {
            Wire.ReadResponse.Builder taken = message.setEnd(end);
            message = Wire.ReadResponse.newBuilder();
            bytes = 0;
            return taken;
        }
    }
}
