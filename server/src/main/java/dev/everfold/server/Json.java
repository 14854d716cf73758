package dev.everfold.server;

import io.javalin.http.Context;
import tools.jackson.databind.json.JsonMapper;

/// Answers in JSON.
final class Json {

    private static final JsonMapper MAPPER = new JsonMapper();

    private Json() {}

    static void answer(Context context, Object value) {
        context.contentType("application/json").result(MAPPER.writeValueAsBytes(value));
    }

    static byte[] bytes(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }
}
