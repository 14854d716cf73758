package dev.everfold.grpc;

import java.time.Duration;

/// How a client uses its server; immutable.
///
/// @param callTimeout how long an answer other than to an append may take
/// @param pageBytesMax bytes of records that a cursor asks for at once, 1 or more; it holds two such pages at most,
///     and may exceed each by one event
/// @param waitingBytesMax bytes of appends that may wait for their answers, 1 or more; further ones wait before they
///     are sent
/// @param readOnly whether appends are refused here
/// @param records whether events come as the records that the store keeps, which costs the least; else as messages
public record GrpcOptions(
        Duration callTimeout, int pageBytesMax, long waitingBytesMax, boolean readOnly, boolean records) {

    /// 30 s, pages of 1 MiB, 16 MiB of appends, for writing, as records.
    public static final GrpcOptions DEFAULTS = new GrpcOptions(Duration.ofSeconds(30), 1 << 20, 16L << 20, false, true);

    /// @throws IllegalArgumentException when a number is below 1 or the time is not positive
    public GrpcOptions {
        if (callTimeout.isNegative() || callTimeout.isZero() || pageBytesMax < 1 || waitingBytesMax < 1) {
            throw new IllegalArgumentException("Options of a client are out of range: callTimeout " + callTimeout
                    + ", pageBytesMax " + pageBytesMax + ", waitingBytesMax " + waitingBytesMax
                    + "; expected a time above 0 and at least 1 byte.");
        }
    }

    /// The same options with another call time-out.
    public GrpcOptions withCallTimeout(Duration timeout) {
        return new GrpcOptions(timeout, pageBytesMax, waitingBytesMax, readOnly, records);
    }

    /// The same options with another size of pages.
    public GrpcOptions withPageBytesMax(int bytes) {
        return new GrpcOptions(callTimeout, bytes, waitingBytesMax, readOnly, records);
    }

    /// The same options with another bound on appends that wait.
    public GrpcOptions withWaitingBytesMax(long bytes) {
        return new GrpcOptions(callTimeout, pageBytesMax, bytes, readOnly, records);
    }

    /// The same options for reading only, or not.
    public GrpcOptions withReadOnly(boolean only) {
        return new GrpcOptions(callTimeout, pageBytesMax, waitingBytesMax, only, records);
    }

    /// The same options with events as records, or as messages.
    public GrpcOptions withRecords(boolean asRecords) {
        return new GrpcOptions(callTimeout, pageBytesMax, waitingBytesMax, readOnly, asRecords);
    }
}
