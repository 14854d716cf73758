package dev.everfold.kurrent.stream;

import dev.everfold.eventstore.Bytes;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What a stream's metadata says about reading it and about who may; immutable.
///
/// @param maxAge older events are hidden
/// @param maxCount events before the newest so many are hidden
/// @param truncateBefore events of a lower revision are hidden; [Long#MAX_VALUE] = the stream is deleted, softly
/// @param acl who may do what
record StreamMetadata(Optional<Duration> maxAge, OptionalLong maxCount, OptionalLong truncateBefore, Acl acl) {

    static final StreamMetadata NONE =
            new StreamMetadata(Optional.empty(), OptionalLong.empty(), OptionalLong.empty(), Acl.NONE);

    /// Of every metastream: only its newest event counts.
    static final StreamMetadata OF_METASTREAM =
            new StreamMetadata(Optional.empty(), OptionalLong.of(1), OptionalLong.empty(), Acl.NONE);

    private static final JsonMapper MAPPER = new JsonMapper();
    private static final String MAX_AGE = "$maxAge";
    private static final String MAX_COUNT = "$maxCount";
    private static final String TRUNCATE_BEFORE = "$tb";
    private static final String ACL = "$acl";

    /// Longer than recorded times can tell apart, so nothing is older.
    private static final long AGE_SECONDS_MAX = Long.MAX_VALUE / 1_000_000;

    /// Reads metadata; what is not a JSON object says nothing, and a value of another kind or range is left out.
    static StreamMetadata parse(Bytes json) {
        ObjectNode object = object(json);
        OptionalLong maxAge = number(object, MAX_AGE, 1);
        boolean hides = maxAge.isPresent() && maxAge.getAsLong() <= AGE_SECONDS_MAX;
        JsonNode acl = object.get(ACL);
        return new StreamMetadata(
                hides ? Optional.of(Duration.ofSeconds(maxAge.getAsLong())) : Optional.empty(),
                number(object, MAX_COUNT, 1),
                number(object, TRUNCATE_BEFORE, 0),
                acl != null && acl.isObject() ? Acl.parse(acl) : Acl.NONE);
    }

    /// The default permissions of streams that users made, or of the system's, as `$settings` holds them.
    static Acl defaultAcl(Bytes settings, boolean system) {
        JsonNode acl = object(settings).get(system ? "$systemStreamAcl" : "$userStreamAcl");
        return acl != null && acl.isObject() ? Acl.parse(acl) : Acl.NONE;
    }

    /// The same metadata with another `$tb`; everything else stays, also what only the application knows.
    static Bytes withTruncateBefore(Bytes json, long revision) {
        ObjectNode object = object(json);
        object.put(TRUNCATE_BEFORE, revision);
        return Bytes.of(MAPPER.writeValueAsBytes(object));
    }

    /// Whether the stream is deleted, so that its next append begins it anew.
    boolean isDeleted() {
        return truncateBefore.isPresent() && truncateBefore.getAsLong() == Long.MAX_VALUE;
    }

    /// The lowest revision that is not hidden, whatever its age.
    ///
    /// @param lastRevision of the stream; -1 when it has no event
    long firstRevision(long lastRevision) {
        long byCount = maxCount.isPresent() ? lastRevision + 1 - maxCount.getAsLong() : 0;
        return Math.max(0, Math.max(byCount, truncateBefore.orElse(0)));
    }

    private static ObjectNode object(Bytes json) {
        try {
            if (!json.isEmpty() && MAPPER.readTree(json.toArray()) instanceof ObjectNode object) {
                return object;
            }
        } catch (JacksonException _) {
            // Whoever wrote it meant it for something else.
        }
        return MAPPER.createObjectNode();
    }

    private static OptionalLong number(ObjectNode object, String name, long min) {
        JsonNode value = object.get(name);
        boolean isCount =
                value != null && value.isIntegralNumber() && value.canConvertToLong() && value.asLong() >= min;
        return isCount ? OptionalLong.of(value.asLong()) : OptionalLong.empty();
    }
}
