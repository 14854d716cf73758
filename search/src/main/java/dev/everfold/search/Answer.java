package dev.everfold.search;

import dev.everfold.eventstore.EventStoreException.Stored;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What a server answered.
///
/// @param body its JSON; a missing node when it was none
record Answer(int status, JsonNode body) {

    private static final int REQUEST_TIMEOUT = 408;
    private static final int TOO_MANY_REQUESTS = 429;

    /// How much of an answer that is not JSON goes into a message.
    private static final int SHOWN_CHARACTERS_MAX = 200;

    static Answer of(int status, byte[] bytes) {
        JsonNode body = Json.parse(bytes);
        if (!body.isMissingNode() || bytes.length == 0) {
            return new Answer(status, body);
        }
        String text = new String(bytes, StandardCharsets.UTF_8);
        String shown = text.length() > SHOWN_CHARACTERS_MAX ? text.substring(0, SHOWN_CHARACTERS_MAX) : text;
        return new Answer(status, Json.object().put("error", shown));
    }

    /// Whether the same request may succeed later although nobody does anything.
    static boolean isTransient(int status) {
        return status == REQUEST_TIMEOUT || status == TOO_MANY_REQUESTS || status >= 500;
    }

    /// The kind of an error, as in `version_conflict_engine_exception`; empty when there is none.
    static String errorType(JsonNode error) {
        return error.path("type").asString("");
    }

    /// What people can read of an error, with its first cause, which often says the most.
    static String errorText(JsonNode error) {
        if (error.isString()) {
            return error.asString();
        }
        String reason = error.path("reason").asString("");
        String cause = error.path("caused_by").path("reason").asString("");
        return errorType(error) + ": " + reason + (cause.isEmpty() ? "" : " (" + cause + ")");
    }

    /// This answer, when it is one that the call can use.
    Answer check(Call call) {
        JsonNode error = body.path("error");
        if (call.index().isPresent() && isIndexMissing(errorType(error))) {
            throw new IndexMissingException(call.index().orElseThrow().value());
        }
        if ((status >= 200 && status < 300) || call.expected().contains(status)) {
            return this;
        }
        String why = "Status " + status + (error.isMissingNode() ? "" : ", " + errorText(error));
        Optional<Refusal> refusal = Refusal.of(status, errorType(error));
        if (refusal.isPresent()) {
            throw SearchFailedException.refused(call.what(), why, Stored.NO, refusal.get(), null);
        }
        boolean retryable = isTransient(status);
        // Refused for lack of room is refused; any other failure of the server, or of what stands before it, may
        // have come after the change.
        boolean unknown = retryable && call.changes() && status != TOO_MANY_REQUESTS;
        throw new SearchFailedException(call.what(), why, unknown ? Stored.UNKNOWN : Stored.NO, retryable, null);
    }

    /// An alias that is not there is told in two ways: nothing has that name, or nothing could be made under it.
    static boolean isIndexMissing(String errorType) {
        return errorType.equals("index_not_found_exception") || errorType.equals("invalid_index_name_exception");
    }
}
