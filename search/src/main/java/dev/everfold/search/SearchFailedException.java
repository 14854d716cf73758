package dev.everfold.search;

import dev.everfold.eventstore.EventStoreException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Elasticsearch or OpenSearch did not do what it was asked: it cannot be reached, is overloaded, or says no.
///
/// Thrown by everything that uses a server. [#stored()] tells whether the change was made: no, or unknown when
/// the answer did not come; of a bulk that failed in part, what did not fail is stored. Doing it again is harmless.
/// [#retryable()] is true when nobody has to do anything first: no connection, no answer in time, status 408, 429
/// or 5xx.
///
/// A server that refuses us and not the document (status 401 or 403, a closed index, a certificate that is not
/// trusted) is never held against an event: a projection asks again at growing intervals, until somebody has done
/// what the message says.
public final class SearchFailedException extends EventStoreException {

    private static final long serialVersionUID = 1L;

    private final @Nullable Refusal refusal;

    /// @param what was being done, as in "Storing documents in index \"orders-1\""
    /// @param why one sentence, or what the server said
    SearchFailedException(String what, String why, Stored stored, boolean retryable, @Nullable Throwable cause) {
        this(what, why, stored, retryable, null, cause);
    }

    private SearchFailedException(
            String what,
            String why,
            Stored stored,
            boolean retryable,
            @Nullable Refusal refusal,
            @Nullable Throwable cause) {
        super(what + " failed: " + oneLine(why) + " " + advice(stored, retryable, refusal), stored, retryable, cause);
        this.refusal = refusal;
    }

    /// By a server that refuses us, whatever the document.
    static SearchFailedException refused(
            String what, String why, Stored stored, Refusal refusal, @Nullable Throwable cause) {
        return new SearchFailedException(what, why, stored, false, refusal, cause);
    }

    /// Why the server refuses us; empty when it may pass, or is due to the documents.
    Optional<Refusal> refusal() {
        return Optional.ofNullable(refusal);
    }

    private static String oneLine(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.endsWith(".") ? line : line + ".";
    }

    private static String advice(Stored stored, boolean retryable, @Nullable Refusal refusal) {
        if (stored == Stored.UNKNOWN) {
            return "Whether it was done is unknown; doing it again is harmless.";
        }
        String done = stored == Stored.YES ? "The rest is stored; " : "Nothing was changed; ";
        if (refusal != null) {
            return done + refusal.advice() + ".";
        }
        return done + (retryable ? "try again later." : "trying again does not help before the cause is removed.");
    }
}
