package dev.everfold.server;

import io.javalin.http.Context;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A small object in JSON, of known fields. What is wrong with it is said without what it holds,
/// which may be a password.
record JsonBody(JsonNode fields) {

    private static final JsonMapper MAPPER = new JsonMapper();

    /// Of a request without parameters.
    ///
    /// @throws IllegalArgumentException when the body is no object of these fields, or there is a parameter
    static JsonBody of(Context context, String... names) {
        Selection.require(context);
        Json.requireType(context);
        JsonNode fields;
        try {
            fields = MAPPER.readTree(context.bodyAsBytes());
        } catch (JacksonException malformed) {
            // Not as the cause, since its words repeat the body.
            fields = MAPPER.missingNode();
        }
        if (!fields.isObject() || !List.of(names).containsAll(fields.propertyNames())) {
            throw new IllegalArgumentException(
                    "The body is not an object in JSON of known fields; expected " + String.join(", ", names) + ".");
        }
        return new JsonBody(fields);
    }

    boolean has(String name) {
        return fields.has(name);
    }

    /// @throws IllegalArgumentException when it is missing or no text
    String text(String name) {
        if (!fields.path(name).isString()) {
            throw new IllegalArgumentException("The body has no text \"" + name + "\"; expected one.");
        }
        return fields.path(name).stringValue();
    }

    /// @throws IllegalArgumentException when it is missing or neither true nor false
    boolean flag(String name) {
        if (!fields.path(name).isBoolean()) {
            throw new IllegalArgumentException("\"" + name + "\" of the body is no flag; expected true or false.");
        }
        return fields.path(name).booleanValue();
    }

    /// @throws IllegalArgumentException when it is missing or no list of texts
    Set<String> texts(String name) {
        JsonNode list = fields.path(name);
        if (!list.isArray() || list.valueStream().anyMatch(each -> !each.isString())) {
            throw new IllegalArgumentException("The body has no list \"" + name + "\"; expected texts in brackets.");
        }
        Set<String> texts = new TreeSet<>();
        list.forEach(each -> texts.add(each.stringValue()));
        return texts;
    }
}
