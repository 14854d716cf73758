package dev.everfold.server.security;

import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.kurrent.Caller;
import dev.everfold.server.security.Users.Profile;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One who may log in, as the newest event of the stream says; immutable.
///
/// @param profile name and groups
/// @param password what is kept of the password
/// @param disabled whether logins are refused
/// @param revision of the event
/// @param updated when it was recorded
record User(Profile profile, PasswordHash password, boolean disabled, long revision, Instant updated) {

    private static final JsonMapper JSON = new JsonMapper();

    String login() {
        return profile.login();
    }

    Caller caller() {
        return new Caller(profile.login(), profile.groups());
    }

    User withProfile(Profile other) {
        return new User(other, password, disabled, revision, updated);
    }

    User withPassword(PasswordHash other) {
        return new User(profile, other, disabled, revision, updated);
    }

    User withDisabled(boolean other) {
        return new User(profile, password, other, revision, updated);
    }

    /// As an event holds it.
    Bytes encode() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("loginName", profile.login());
        fields.put("fullName", profile.fullName());
        fields.put("salt", Base64.getEncoder().encodeToString(password.salt().toArray()));
        fields.put("hash", Base64.getEncoder().encodeToString(password.hash().toArray()));
        fields.put("iterations", password.iterations());
        fields.put("disabled", disabled);
        fields.put("groups", new ArrayList<>(new TreeSet<>(profile.groups())));
        return Bytes.of(JSON.writeValueAsBytes(fields));
    }

    /// @throws IllegalArgumentException when the event holds no user
    static User decode(RecordedEvent event) {
        try {
            JsonNode fields = JSON.readTree(event.data().toArray());
            Set<String> groups = new TreeSet<>();
            fields.required("groups").forEach(group -> groups.add(group.stringValue()));
            Profile profile = new Profile(
                    fields.required("loginName").stringValue(),
                    fields.path("fullName").asString(""),
                    groups);
            PasswordHash password = new PasswordHash(
                    bytes(fields, "salt"),
                    bytes(fields, "hash"),
                    fields.required("iterations").intValue());
            return new User(
                    profile, password, fields.required("disabled").booleanValue(), event.revision(), event.recorded());
        } catch (JacksonException | IllegalArgumentException malformed) {
            throw new IllegalArgumentException(
                    "Event " + event.position() + " holds no user; expected what this server stores of one.",
                    malformed);
        }
    }

    private static Bytes bytes(JsonNode fields, String name) {
        return Bytes.of(Base64.getDecoder().decode(fields.required(name).stringValue()));
    }
}
