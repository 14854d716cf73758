package dev.everfold.server.security;

import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.kurrent.Caller;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What is kept of a token that a user has made for a program; immutable.
///
/// @param name by which its user knows it
/// @param hash of the token, 64 digits of SHA-256; the token is random, so nobody finds it by guessing
/// @param expires when it counts no more
/// @param groups which of the user's it has; empty = all that the user has at the time
/// @param userCreated revision of the event that made the user, since another one may have the name later
record ApiToken(String name, String hash, Instant expires, Optional<Set<String>> groups, long userCreated) {

    /// What every token begins with, so that those who look for lost ones find it.
    static final String PREFIX = "ef_";

    private static final int RANDOM_BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final JsonMapper JSON = new JsonMapper();

    ApiToken {
        groups = groups.map(Set::copyOf);
    }

    /// A token that nobody guesses, of 256 random bits.
    static String random() {
        byte[] bytes = new byte[RANDOM_BYTES];
        RANDOM.nextBytes(bytes);
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    static String hash(String token) {
        try {
            byte[] text = token.getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("The JDK has no SHA-256.", missing);
        }
    }

    /// Who comes with it: never more than the user may.
    Caller caller(User user) {
        Set<String> ofUser = user.profile().groups();
        return new Caller(
                user.login(),
                groups.map(ofToken -> ofToken.stream()
                                .filter(group -> covers(ofUser, group))
                                .collect(Collectors.toUnmodifiableSet()))
                        .orElse(ofUser));
    }

    /// Whether a user of these groups may hand a group on.
    static boolean covers(Set<String> ofUser, String group) {
        return ofUser.contains(Caller.ADMINS) || ofUser.contains(group);
    }

    /// As an event holds it.
    Bytes encode() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", name);
        fields.put("hash", hash);
        fields.put("expires", expires.toString());
        groups.ifPresent(those -> fields.put("groups", new ArrayList<>(new TreeSet<>(those))));
        fields.put("userCreated", userCreated);
        return Bytes.of(JSON.writeValueAsBytes(fields));
    }

    /// @throws IllegalArgumentException when the event holds no token
    static ApiToken decode(RecordedEvent event) {
        try {
            JsonNode fields = JSON.readTree(event.data().toArray());
            return new ApiToken(
                    fields.required("name").stringValue(),
                    fields.required("hash").stringValue(),
                    Instant.parse(fields.required("expires").stringValue()),
                    fields.has("groups") ? Optional.of(texts(fields.path("groups"))) : Optional.empty(),
                    fields.required("userCreated").longValue());
        } catch (JacksonException | DateTimeException | IllegalArgumentException malformed) {
            throw new IllegalArgumentException(
                    "Event " + event.position() + " holds no token; expected what this server stores of one.",
                    malformed);
        }
    }

    private static Set<String> texts(JsonNode list) {
        Set<String> texts = new TreeSet<>();
        list.forEach(each -> texts.add(each.stringValue()));
        return texts;
    }
}
