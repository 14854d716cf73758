package dev.everfold.search;

import java.util.Optional;
import java.util.Set;

/// Why a server does nothing of the kind, whatever the document: no event is to blame, and somebody has to do
/// something about the server, or about how it is reached.
enum Refusal {
    UNKNOWN_USER("give credentials that the server knows (SearchOptions)"),
    FORBIDDEN("give its user the right to do so, or take away what blocks the index"),
    CLOSED("open the index"),
    UNTRUSTED("look at the certificates of the server, and at SearchOptions.withTls"),
    UNEXPECTED("look at the address, and at what stands before the server");

    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN_STATUS = 403;
    private static final int TOO_LARGE = 413;

    /// What may be due to the documents of one request, while another one succeeds.
    private static final Set<Integer> OF_THE_REQUEST = Set.of(Call.BAD_REQUEST, Call.CONFLICT, TOO_LARGE);

    private final String advice;

    Refusal(String advice) {
        this.advice = advice;
    }

    /// What to do, as a part of a sentence.
    String advice() {
        return advice;
    }

    /// What an answer means that is no success.
    ///
    /// @param errorType as in `security_exception`; empty when there is none
    /// @return empty when it may pass, or is due to the documents
    static Optional<Refusal> of(int status, String errorType) {
        if (errorType.equals("index_closed_exception")) {
            return Optional.of(CLOSED);
        }
        return switch (status) {
            case UNAUTHORIZED -> Optional.of(UNKNOWN_USER);
            case FORBIDDEN_STATUS -> Optional.of(FORBIDDEN);
            default ->
                Answer.isTransient(status) || OF_THE_REQUEST.contains(status)
                        ? Optional.empty()
                        : Optional.of(UNEXPECTED);
        };
    }
}
