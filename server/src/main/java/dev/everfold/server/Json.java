package dev.everfold.server;

import io.javalin.http.Context;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Bodies and answers in JSON.
final class Json {

    static final String TYPE = "application/json";

    private static final JsonMapper MAPPER = new JsonMapper();

    private Json() {}

    static void answer(Context context, Object value) {
        context.contentType(TYPE).result(bytes(value));
    }

    static byte[] bytes(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }

    /// @param what it is, for the message
    /// @throws IllegalArgumentException when it is not JSON
    static JsonNode parse(String what, byte[] json) {
        try {
            return MAPPER.readTree(json);
        } catch (JacksonException malformed) {
            throw new IllegalArgumentException(
                    "The " + what + " is not JSON: " + malformed.getOriginalMessage() + ".", malformed);
        }
    }

    /// What a request says that its body is, without parameters.
    static String mediaType(Context context) {
        return String.valueOf(context.contentType()).split(";", 2)[0].strip();
    }

    /// @throws IllegalArgumentException when the request says that its body is something else
    static void requireType(Context context) {
        String type = mediaType(context);
        if (!type.equals(TYPE)) {
            throw new IllegalArgumentException(
                    "The content type \"" + type + "\" is not taken; expected " + TYPE + ".");
        }
    }
}
