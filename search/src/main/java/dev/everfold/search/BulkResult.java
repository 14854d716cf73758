package dev.everfold.search;

import dev.everfold.eventstore.EventStoreException.Stored;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What became of each item of a bulk: they succeed or fail alone.
///
/// @param stored how many are stored by this request
/// @param stale how many were there already, or were overtaken by a higher version; no failure
/// @param failures the others
record BulkResult(int stored, int stale, List<Failure> failures) {

    /// How many failures a message names.
    private static final int SHOWN_MAX = 3;

    static final BulkResult NONE = new BulkResult(0, 0, List.of());

    BulkResult {
        failures = List.copyOf(failures);
    }

    /// One item that is not stored.
    ///
    /// @param errorType as in `document_parsing_exception`
    /// @param why what the server says, in one sentence
    record Failure(String id, int status, String errorType, String why) {

        Optional<Refusal> refusal() {
            return Refusal.of(status, errorType);
        }

        boolean retryable() {
            return Answer.isTransient(status);
        }
    }

    BulkResult plus(BulkResult next) {
        List<Failure> all = new ArrayList<>(failures);
        all.addAll(next.failures);
        return new BulkResult(stored + next.stored, stale + next.stale, all);
    }

    /// Makes a failure of what failed.
    ///
    /// @return this, when no item failed
    /// @throws SearchFailedException otherwise; it can be retried when that helps every item
    BulkResult check(IndexName index) {
        if (failures.isEmpty()) {
            return this;
        }
        StringBuilder why = new StringBuilder();
        failures.stream()
                .limit(SHOWN_MAX)
                .forEach(failure -> why.append("document \"")
                        .append(failure.id())
                        .append("\": status ")
                        .append(failure.status())
                        .append(", ")
                        .append(failure.why())
                        .append("; "));
        int hidden = failures.size() - SHOWN_MAX;
        why.append(hidden > 0 ? hidden + " more" : "no more");
        String what = "Storing " + failures.size() + " of " + (stored + stale + failures.size())
                + " documents in index \"" + index + "\"";
        Stored rest = stored + stale > 0 ? Stored.YES : Stored.NO;
        // A document that fails for its own sake shows once the server takes any.
        Optional<Refusal> refusal =
                failures.stream().flatMap(failure -> failure.refusal().stream()).findFirst();
        if (refusal.isPresent()) {
            throw SearchFailedException.refused(what, why.toString(), rest, refusal.get(), null);
        }
        throw new SearchFailedException(
                what, why.toString(), rest, failures.stream().allMatch(Failure::retryable), null);
    }
}
