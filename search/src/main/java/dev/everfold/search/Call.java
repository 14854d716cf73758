package dev.everfold.search;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// One request, and which answers to it are no failure.
///
/// @param what is being done, for the message of a failure
/// @param path with its parameters, percent-encoded, beginning with `/`
/// @param changes whether something may have been stored when no answer comes
/// @param index whose absence a failure may be
/// @param expected the statuses beside 2xx that the caller reads by itself
record Call(
        String what,
        String method,
        String path,
        boolean changes,
        Optional<Body> body,
        Optional<IndexName> index,
        Set<Integer> expected) {

    static final int NOT_FOUND = 404;
    static final int CONFLICT = 409;
    static final int BAD_REQUEST = 400;

    /// What is sent along. The array is not changed by anyone once it is here.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Body(String contentType, byte[] bytes) {}

    /// A call that only reads, although it may be a POST.
    static Call reading(String what, String method, String path) {
        return new Call(what, method, path, false, Optional.empty(), Optional.empty(), Set.of());
    }

    static Call changing(String what, String method, String path) {
        return new Call(what, method, path, true, Optional.empty(), Optional.empty(), Set.of());
    }

    Call json(JsonNode content) {
        return body(new Body("application/json", Json.bytes(content)));
    }

    Call lines(byte[] content) {
        return body(new Body("application/x-ndjson", content));
    }

    Call on(IndexName name) {
        return new Call(what, method, path, changes, body, Optional.of(name), expected);
    }

    /// Also takes these statuses as answers.
    Call expecting(Integer... statuses) {
        Set<Integer> all = new HashSet<>(expected);
        all.addAll(Arrays.asList(statuses));
        return new Call(what, method, path, changes, body, index, Set.copyOf(all));
    }

    /// A path of these segments, each encoded.
    static String path(String... segments) {
        return Arrays.stream(segments).map(Call::encode).collect(Collectors.joining("/", "/", ""));
    }

    private static String encode(String segment) {
        String encoded = URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
        // A segment of dots alone would be taken for a folder.
        return encoded.matches("\\.+") ? encoded.replace(".", "%2E") : encoded;
    }

    private Call body(Body content) {
        return new Call(what, method, path, changes, Optional.of(content), index, expected);
    }
}
