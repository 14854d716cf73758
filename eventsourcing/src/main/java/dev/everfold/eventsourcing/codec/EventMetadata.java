package dev.everfold.eventsourcing.codec;

import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.RecordedEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/// What every event carries beside its data: who, why, and how it came about. Immutable.
///
/// Stored as one JSON object in the event's metadata; keys that begin with `$` are Everfold's own. What
/// a reader searches for is a tag as well ([#tags()]), so that it is one indexed read.
///
/// @param version version of the event's shape, 1 or more; [EventCodec] sets it
/// @param correlation names the whole conversation that the event belongs to
/// @param causation id of the event or command that led to this event
/// @param actor who did it
/// @param reason why, in words for people
/// @param command id of the command that was handled
/// @param compensates id of the earlier event that this one makes up for
/// @param other what the application adds; sorted by key, no key begins with `$`
public record EventMetadata(
        int version,
        Optional<UUID> correlation,
        Optional<UUID> causation,
        Optional<String> actor,
        Optional<String> reason,
        Optional<UUID> command,
        Optional<UUID> compensates,
        Map<String, String> other) {

    private static final EventMetadata NONE = new EventMetadata(
            1,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Map.of());

    /// Copies and sorts the map.
    ///
    /// @throws IllegalArgumentException when the version is below 1, or a key of `other` begins with `$` or is no
    ///     Unicode
    public EventMetadata {
        if (version < 1) {
            throw new IllegalArgumentException(
                    "The version " + version + " of an event is too low; expected 1 or more.");
        }
        other.keySet().forEach(EventMetadata::requireOwnKey);
        other = other.isEmpty() ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(other));
    }

    /// No metadata.
    public static EventMetadata none() {
        return NONE;
    }

    /// The metadata of a stored event; [#none()] where it is not a JSON object, as other writers may
    /// have left it. Values that are not text are given as their JSON.
    ///
    /// @throws MalformedEventException when a key of ours has a value that cannot be ours
    public static EventMetadata of(RecordedEvent event) {
        try {
            return parse(event.metadata());
        } catch (IllegalArgumentException malformed) {
            throw Failures.malformedMetadata(event, malformed);
        }
    }

    /// The metadata in bytes that [#encode()] made, or another writer.
    ///
    /// @throws IllegalArgumentException when a key of ours has a value that cannot be ours
    public static EventMetadata parse(Bytes bytes) {
        return bytes.isEmpty() ? NONE : MetadataJson.parse(bytes);
    }

    /// The bytes as they are stored; none when there is nothing to say.
    public Bytes encode() {
        return equals(NONE) ? Bytes.empty() : MetadataJson.encode(this);
    }

    /// Tags that make this metadata searchable: `$correlation:<uuid>`, `$command:<uuid>` and
    /// `$compensates:<uuid>`, as far as they are given.
    public List<String> tags() {
        if (correlation.isEmpty() && command.isEmpty() && compensates.isEmpty()) {
            return List.of();
        }
        List<String> tags = new ArrayList<>(3);
        correlation.ifPresent(id -> tags.add(correlationTag(id)));
        command.ifPresent(id -> tags.add(commandTag(id)));
        compensates.ifPresent(id -> tags.add(compensatesTag(id)));
        return List.copyOf(tags);
    }

    /// The tag on every event of a conversation.
    public static String correlationTag(UUID correlation) {
        return "$correlation:" + correlation;
    }

    /// The tag on every event that a command led to.
    public static String commandTag(UUID command) {
        return "$command:" + command;
    }

    /// The tag on every event that makes up for the event with this id.
    public static String compensatesTag(UUID event) {
        return "$compensates:" + event;
    }

    /// The same metadata for another version of the event.
    public EventMetadata withVersion(int newVersion) {
        return newVersion == version
                ? this
                : new EventMetadata(newVersion, correlation, causation, actor, reason, command, compensates, other);
    }

    /// The same metadata as part of a conversation.
    public EventMetadata withCorrelation(UUID id) {
        return new EventMetadata(version, Optional.of(id), causation, actor, reason, command, compensates, other);
    }

    /// The same metadata caused by the event or command with this id.
    public EventMetadata withCausation(UUID id) {
        return new EventMetadata(version, correlation, Optional.of(id), actor, reason, command, compensates, other);
    }

    /// The same metadata with the one who did it.
    public EventMetadata withActor(String who) {
        return new EventMetadata(
                version, correlation, causation, Optional.of(who), reason, command, compensates, other);
    }

    /// The same metadata with a reason.
    public EventMetadata withReason(String why) {
        return new EventMetadata(version, correlation, causation, actor, Optional.of(why), command, compensates, other);
    }

    /// The same metadata for the command with this id.
    public EventMetadata withCommand(UUID id) {
        return new EventMetadata(version, correlation, causation, actor, reason, Optional.of(id), compensates, other);
    }

    /// The same metadata for an event that makes up for the one with this id.
    public EventMetadata withCompensates(UUID event) {
        return new EventMetadata(version, correlation, causation, actor, reason, command, Optional.of(event), other);
    }

    /// The same metadata with one more entry of the application; an earlier value of the key is replaced.
    ///
    /// @throws IllegalArgumentException when the key begins with `$` or is no Unicode
    public EventMetadata with(String key, String value) {
        Map<String, String> more = new TreeMap<>(other);
        more.put(key, value);
        return new EventMetadata(version, correlation, causation, actor, reason, command, compensates, more);
    }

    private static void requireOwnKey(String key) {
        if (key.startsWith("$")) {
            throw new IllegalArgumentException("The metadata key \"" + key
                    + "\" begins with '$', which is kept for Everfold. Choose another name.");
        }
        if (!TextKeys.isUnicode(key)) {
            throw new IllegalArgumentException("A metadata key holds an unpaired surrogate; expected valid Unicode.");
        }
    }
}
