package dev.everfold.grpc;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// How a client uses its server; immutable.
///
/// @param callTimeout how long an answer other than to an append may take
/// @param pageBytesMax bytes of records that a cursor asks for at once, 1 or more; it holds two such pages at most,
///     and may exceed each by one event
/// @param waitingBytesMax bytes of appends that may wait for their answers, 1 or more; further
///     ones wait before they are sent
/// @param readOnly whether appends are refused here
/// @param records whether events come as the records that the store keeps, which costs the least; else as messages
/// @param credentials who asks, where the server has users
/// @param tls how the server proves who it is, and perhaps this client; without it, nothing is encrypted
public record GrpcOptions(
        Duration callTimeout,
        int pageBytesMax,
        long waitingBytesMax,
        boolean readOnly,
        boolean records,
        Optional<Credentials> credentials,
        Optional<Tls> tls) {

    /// 30 s, pages of 1 MiB, 16 MiB of appends, for writing, as records, without credentials or TLS.
    public static final GrpcOptions DEFAULTS = new GrpcOptions(
            Duration.ofSeconds(30), 1 << 20, 16L << 20, false, true, Optional.empty(), Optional.empty());

    /// Whose certificates are believed, and which one is shown.
    ///
    /// @param authorities a file of certificates in PEM; without it, those that the JDK trusts
    /// @param own what is shown to a server that lets clients in by their certificates
    public record Tls(Optional<Path> authorities, Optional<OwnCertificate> own) {

        /// What the JDK trusts; nothing is shown.
        public static final Tls DEFAULTS = new Tls(Optional.empty(), Optional.empty());
    }

    /// A certificate of this client.
    ///
    /// @param certificate it, and those that lead from it to an authority, in PEM
    /// @param key its key, in PEM, as PKCS #8, not encrypted
    public record OwnCertificate(Path certificate, Path key) {}

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
        return new GrpcOptions(timeout, pageBytesMax, waitingBytesMax, readOnly, records, credentials, tls);
    }

    /// The same options with another size of pages.
    public GrpcOptions withPageBytesMax(int bytes) {
        return new GrpcOptions(callTimeout, bytes, waitingBytesMax, readOnly, records, credentials, tls);
    }

    /// The same options with another bound on appends that wait.
    public GrpcOptions withWaitingBytesMax(long bytes) {
        return new GrpcOptions(callTimeout, pageBytesMax, bytes, readOnly, records, credentials, tls);
    }

    /// The same options for reading only, or not.
    public GrpcOptions withReadOnly(boolean only) {
        return new GrpcOptions(callTimeout, pageBytesMax, waitingBytesMax, only, records, credentials, tls);
    }

    /// The same options with events as records, or as messages.
    public GrpcOptions withRecords(boolean asRecords) {
        return new GrpcOptions(callTimeout, pageBytesMax, waitingBytesMax, readOnly, asRecords, credentials, tls);
    }

    /// The same options for a user, or with a token.
    public GrpcOptions withCredentials(Credentials user) {
        return new GrpcOptions(callTimeout, pageBytesMax, waitingBytesMax, readOnly, records, Optional.of(user), tls);
    }

    /// The same options with TLS.
    public GrpcOptions withTls(Tls believed) {
        return new GrpcOptions(
                callTimeout, pageBytesMax, waitingBytesMax, readOnly, records, credentials, Optional.of(believed));
    }
}
