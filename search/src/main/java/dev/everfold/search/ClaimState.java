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
/// @param index which holds what the checkpoint says; a build that was emptied goes on in another one
/// @param history that the index had; with another one it does not hold what the checkpoint says
/// @param checkpoint how far it is
/// @param deleting documents that are to be deleted because of events below the checkpoint, with their versions
/// @param settled what was the position before those, as long as they are not deleted for certain
/// @param parked positions of parked events
record ClaimState(
        String claim,
        String owner,
        Instant heldUntil,
        boolean fenced,
        String index,
        IndexHistory history,
        Optional<Checkpoint> checkpoint,
        Map<String, Long> deleting,
        long settled,
        List<Long> parked) {

    ClaimState {
        deleting = Map.copyOf(deleting);
        parked = List.copyOf(parked);
    }

    /// Of a partition that nobody has claimed yet.
    static final ClaimState NEW = new ClaimState(
            "", "", Instant.EPOCH, false, "", IndexHistory.UNKNOWN, Optional.empty(), Map.of(), 0, List.of());

    static String id(String projection, long build, int partition) {
        return projection + "/" + build + "/" + partition;
    }

    static ClaimState parse(JsonNode json) {
        Map<String, Long> deleting = new TreeMap<>();
        json.path("deleting")
                .forEach(each -> deleting.put(
                        each.path("id").asString(), each.path("version").asLong()));
        List<Long> parked = new ArrayList<>();
        json.path("parked").forEach(position -> parked.add(position.asLong()));
        return new ClaimState(
                json.path("claim").asString(),
                json.path("owner").asString(),
                Instant.ofEpochMilli(json.path("heldUntil").asLong()),
                json.path("fenced").asBoolean(),
                json.path("index").asString(),
                IndexHistory.parse(json.path("history")),
                json.has("position")
                        ? Optional.of(new Checkpoint(
                                UUID.fromString(json.path("lineage").asString()),
                                json.path("position").asLong()))
                        : Optional.empty(),
                deleting,
                json.path("settled").asLong(),
                parked);
    }

    ObjectNode json() {
        ObjectNode json = Json.object()
                .put("claim", claim)
                .put("owner", owner)
                .put("heldUntil", heldUntil.toEpochMilli())
                .put("fenced", fenced)
                .put("index", index)
                .put("settled", settled);
        json.set("history", history.json());
        checkpoint.ifPresent(
                reached -> json.put("lineage", reached.lineage().toString()).put("position", reached.position()));
        ArrayNode gone = json.putArray("deleting");
        deleting.forEach((id, version) -> gone.addObject().put("id", id).put("version", version));
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

    /// What of it counts for an index: without anything handled, when it was another one.
    ClaimState in(IndexName other) {
        return index.equals(other.value())
                ? this
                : new ClaimState(
                        claim,
                        owner,
                        heldUntil,
                        fenced,
                        other.value(),
                        IndexHistory.UNKNOWN,
                        Optional.empty(),
                        Map.of(),
                        0,
                        List.of());
    }

    /// With what is known of the index's history now.
    ClaimState with(IndexHistory known) {
        return new ClaimState(claim, owner, heldUntil, fenced, index, known, checkpoint, deleting, settled, parked);
    }

    ClaimState claimed(String newClaim, String newOwner, Instant until, boolean toRetire) {
        return new ClaimState(
                newClaim, newOwner, until, toRetire, index, history, checkpoint, deleting, settled, parked);
    }

    ClaimState until(Instant time) {
        return new ClaimState(claim, owner, time, fenced, index, history, checkpoint, deleting, settled, parked);
    }

    /// After a step, but for the documents that it deletes.
    ClaimState at(Checkpoint reached, List<Long> nowParked, Map<String, Long> toDelete) {
        long certain = toDelete.isEmpty() ? reached.position() : settled;
        return new ClaimState(
                claim, owner, heldUntil, fenced, index, history, Optional.of(reached), toDelete, certain, nowParked);
    }

    /// With the documents deleted that were to be.
    ClaimState deleted() {
        return new ClaimState(
                claim, owner, heldUntil, fenced, index, history, checkpoint, Map.of(), position(), parked);
    }
}
