package dev.everfold.search;

import dev.everfold.eventstore.EventStoreException.Stored;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;

/// Sends one request and waits for its answer; says what it means when there is none. Safe for many threads.
///
/// It never tries again by itself: those above read on from a checkpoint, and their loop is the one that waits.
class Transport implements AutoCloseable {

    /// The largest answer that is read into memory. A page of a search should stay far below.
    private static final long ANSWER_BYTES_MAX = 64 << 20;

    /// How `java.net.http` says that an answer is larger; there is no type for it.
    private static final String TOO_LARGE = "body exceeds capacity";

    private final SearchOptions options;
    private final long answerBytesMax;
    private final HttpClient client;
    private final String root;

    Transport(SearchOptions options) {
        this(options, ANSWER_BYTES_MAX);
    }

    Transport(SearchOptions options, long answerBytesMax) {
        this.options = options;
        this.answerBytesMax = answerBytesMax;
        this.client = options.client().orElseGet(() -> newClient(options));
        String address = options.server().toString();
        this.root = address.endsWith("/") ? address.substring(0, address.length() - 1) : address;
    }

    /// @throws SearchFailedException when there is no answer, or one that the call does not expect
    /// @throws IndexMissingException when the call's index is not there
    /// @throws AnswerTooLargeException when the answer to a call that reads is larger than is read into memory
    Answer send(Call call) {
        CompletableFuture<HttpResponse<byte[]>> sent =
                client.sendAsync(request(call), BodyHandlers.limiting(BodyHandlers.ofByteArray(), answerBytesMax));
        try {
            // The client's own time-out ends with the headers; an answer that stalls later would hang for ever.
            HttpResponse<byte[]> response = sent.get(options.requestTimeout().toNanos(), TimeUnit.NANOSECONDS);
            return Answer.of(response.statusCode(), response.body()).check(call);
        } catch (TimeoutException late) {
            sent.cancel(true);
            String why = "No answer within " + options.requestTimeout().toMillis() + " ms";
            throw new SearchFailedException(call.what(), why, unknownIfChanging(call), true, late);
        } catch (ExecutionException failed) {
            throw failure(call, failed.getCause() == null ? failed : failed.getCause());
        } catch (InterruptedException interrupted) {
            sent.cancel(true);
            Thread.currentThread().interrupt();
            throw new SearchFailedException(call.what(), "Interrupted", unknownIfChanging(call), true, interrupted);
        }
    }

    /// Closes the library's own client; one that was given stays open.
    @Override
    public void close() {
        if (options.client().isEmpty()) {
            client.shutdownNow();
            client.close();
        }
    }

    private HttpRequest request(Call call) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(root + call.path()))
                .timeout(options.requestTimeout())
                .header("Accept", "application/json");
        options.authorization().ifPresent(header -> request.header("Authorization", header));
        call.body().ifPresent(body -> request.header("Content-Type", body.contentType()));
        return request.method(
                        call.method(),
                        call.body()
                                .map(body -> BodyPublishers.ofByteArray(body.bytes()))
                                .orElseGet(BodyPublishers::noBody))
                .build();
    }

    private RuntimeException failure(Call call, Throwable cause) {
        if (cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException) {
            String why = "No connection to " + options.server()
                    + (cause.getCause() instanceof UnresolvedAddressException ? ": unknown host" : "");
            return new SearchFailedException(call.what(), why, Stored.NO, true, cause);
        }
        String why = cause.getClass().getSimpleName() + " " + cause.getMessage();
        if (cause instanceof SSLHandshakeException) {
            return SearchFailedException.refused(call.what(), why, Stored.NO, Refusal.UNTRUSTED, cause);
        }
        if (String.valueOf(cause.getMessage()).startsWith(TOO_LARGE)) {
            return new AnswerTooLargeException(call.what(), answerBytesMax, cause);
        }
        boolean mayPass = cause instanceof IOException;
        return new SearchFailedException(
                call.what(), why, mayPass ? unknownIfChanging(call) : Stored.NO, mayPass, cause);
    }

    private static Stored unknownIfChanging(Call call) {
        return call.changes() ? Stored.UNKNOWN : Stored.NO;
    }

    /// The servers speak HTTP/1.1 only; offering more would cost a round of negotiation.
    private static HttpClient newClient(SearchOptions options) {
        HttpClient.Builder client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(options.connectTimeout());
        options.tls().ifPresent(client::sslContext);
        return client.build();
    }
}
