package dev.everfold.search;

import dev.everfold.eventstore.EventStoreException;
import org.jspecify.annotations.Nullable;

/// Elasticsearch or OpenSearch did not do what it was asked: it cannot be reached, is overloaded, or says no.
///
/// Thrown by everything that uses a server. [#stored()] tells whether the change was made: no, or unknown when
/// the answer did not come; of a bulk that failed in part, what did not fail is stored. Doing it again is harmless.
/// [#retryable()] is true when nobody has to do anything first: no connection, no answer in time, status 408, 429
/// or 5xx.
public final class SearchFailedException extends EventStoreException {

    private static final long serialVersionUID = 1L;

    /// @param what was being done, as in "Storing documents in index \"orders-1\""
    /// @param why one sentence, or what the server said
    SearchFailedException(String what, String why, Stored stored, boolean retryable, @Nullable Throwable cause) {
        super(what + " failed: " + oneLine(why) + " " + advice(stored, retryable), stored, retryable, cause);
    }

    private static String oneLine(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.endsWith(".") ? line : line + ".";
    }

    private static String advice(Stored stored, boolean retryable) {
        if (stored == Stored.UNKNOWN) {
            return "Whether it was done is unknown; doing it again is harmless.";
        }
        String done = stored == Stored.YES ? "The rest is stored; " : "Nothing was changed; ";
        return done + (retryable ? "try again later." : "trying again does not help before the cause is removed.");
    }
}
