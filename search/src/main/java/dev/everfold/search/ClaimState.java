package dev.everfold.search;

import dev.everfold.eventsourcing.subscription.Checkpoint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Who runs one partition of a build and how far it is: one document, changed by conditional writes only.
///
/// @param claim identity of the claim in force, or of the last one
/// @param owner who claimed, for messages
/// @param heldUntil when others may claim. Clocks that differ only make this earlier or later: every write of a claim
///     that is not in force any more is refused
/// @param fenced whether it was claimed in order to retire the build
/// @param checkpoint how far it is
/// @param deleted documents that the steps since that checkpoint delete, with their versions
/// @param parked positions of parked events
record ClaimState(
        String claim,
        String owner,
        Instant heldUntil,
        boolean fenced,
        Optional<Checkpoint> checkpoint,
        Map<String, Long> deleted,
        List<Long> parked) {

    ClaimState {
        deleted = Map.copyOf(deleted);
        parked = List.copyOf(parked);
    }

    /// Of a partition that nobody has claimed yet.
    static final ClaimState NEW =
            new ClaimState("", "", Instant.EPOCH, false, Optional.empty(), Map.of(), List.of());

    static String id(String projection, long build, int partition) {
        return projection + "/" + build + "/" + partition;
    }

    static ClaimState parse(JsonNode json) {
        Map<String, Long> deleted = new TreeMap<>();
        json.path("deleted")
                .forEach(each ->
                        deleted.put(each.path("id").asString(), each.path("version").asLong()));
        List<Long> parked = new ArrayList<>();
        json.path("parked").forEach(position -> parked.add(position.asLong()));
        return new ClaimState(
                json.path("claim").asString(),
                json.path("owner").asString(),
                Instant.ofEpochMilli(json.path("heldUntil").asLong()),
                json.path("fenced").asBoolean(),
                json.has("position")
                        ? Optional.of(new Checkpoint(
                                UUID.fromString(json.path("lineage").asString()),
                                json.path("position").asLong()))
                        : Optional.empty(),
                deleted,
                parked);
    }

    ObjectNode json() {
        ObjectNode json = Json.object()
                .put("claim", claim)
                .put("owner", owner)
                .put("heldUntil", heldUntil.toEpochMilli())
                .put("fenced", fenced);
        checkpoint.ifPresent(reached ->
                json.put("lineage", reached.lineage().toString()).put("position", reached.position()));
        ArrayNode gone = json.putArray("deleted");
        deleted.forEach((id, version) -> gone.addObject().put("id", id).put("version", version));
        ArrayNode positions = json.putArray("parked");
        parked.forEach(positions::add);
        return json;
    }

    /// The position of the checkpoint; 0 without.
    long position() {
        return checkpoint.map(Checkpoint::position).orElse(0L);
    }

    boolean isHeld(Instant now) {
        return now.isBefore(heldUntil);
    }

    ClaimState claimed(String newClaim, String newOwner, Instant until, boolean toRetire) {
        return new ClaimState(newClaim, newOwner, until, toRetire, checkpoint, deleted, parked);
    }

    ClaimState until(Instant time) {
        return new ClaimState(claim, owner, time, fenced, checkpoint, deleted, parked);
    }

    /// Before documents are deleted: what is gone, so that a repetition knows that it was there.
    ClaimState deleting(Map<String, Long> more) {
        Map<String, Long> all = new TreeMap<>(deleted);
        more.forEach((id, version) -> all.merge(id, version, Math::max));
        return new ClaimState(claim, owner, heldUntil, fenced, checkpoint, all, parked);
    }

    /// With what may be repeated from here on, and nothing else, still known to be deleted.
    ClaimState at(Checkpoint reached, List<Long> nowParked) {
        Map<String, Long> open = new TreeMap<>(deleted);
        open.values().removeIf(version -> version <= reached.position() && !nowParked.contains(version - 1));
        return new ClaimState(claim, owner, heldUntil, fenced, Optional.of(reached), open, nowParked);
    }

    /// With nothing handled.
    ClaimState emptied() {
        return new ClaimState(claim, owner, heldUntil, fenced, Optional.empty(), Map.of(), List.of());
    }
}
