package dev.everfold.search;

import dev.everfold.eventsourcing.subscription.ParkedEvent;
import dev.everfold.eventsourcing.subscription.Step;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What is known of parked events: a document for each. Which events are parked is said by the claim, in the same
/// write as its checkpoint; these are written before it, and deleted after it.
final class ParkedDocuments {

    /// Versions rise with the time of parking and, within a millisecond, with the tries.
    private static final int TRIES_SHOWN_MAX = 999;

    private final ConsumerIndex index;
    private final String claim;

    /// @param claim id of the claim
    ParkedDocuments(ConsumerIndex index, String claim) {
        this.index = index;
        this.claim = claim;
    }

    static String id(String claim, long position) {
        return claim + "/parked/" + position;
    }

    static long version(Instant time, int tries) {
        return time.toEpochMilli() * (TRIES_SHOWN_MAX + 1) + Math.min(tries, TRIES_SHOWN_MAX);
    }

    List<ParkedEvent> read(List<Long> positions) {
        Map<String, Document> found =
                index.get(positions.stream().map(each -> id(claim, each)).toList());
        return positions.stream()
                .sorted()
                .map(position -> Optional.ofNullable(found.get(id(claim, position)))
                        .map(document -> parse(position, document.source()))
                        .orElseThrow(() -> new IllegalStateException("What is known of the event parked at position "
                                + position + " is missing in index \"" + ConsumerIndex.NAME + "\". Rebuild.")))
                .toList();
    }

    /// Of the events that a step parks.
    void write(Step step) {
        index.write(step.park().stream()
                .map(event -> new BulkItem.Put(
                        id(claim, event.position()), version(event.parked(), event.tries()), json(event)))
                .toList());
    }

    void delete(List<Long> positions, Instant now) {
        index.write(positions.stream()
                .map(position -> new BulkItem.Delete(id(claim, position), version(now, TRIES_SHOWN_MAX)))
                .toList());
    }

    /// Which are parked after a step.
    static List<Long> after(List<Long> before, Step step) {
        TreeSet<Long> positions = new TreeSet<>(before);
        step.unpark().forEach(positions::remove);
        step.park().forEach(event -> positions.add(event.position()));
        return new ArrayList<>(positions);
    }

    private static ObjectNode json(ParkedEvent event) {
        ObjectNode json = Json.object()
                .put("key", event.key())
                .put("tries", event.tries())
                .put("parked", event.parked().toString());
        event.failure().ifPresent(failure -> json.put("failure", failure));
        return json;
    }

    private static ParkedEvent parse(long position, JsonNode json) {
        return new ParkedEvent(
                json.path("key").asString(),
                position,
                json.has("failure") ? Optional.of(json.path("failure").asString()) : Optional.empty(),
                json.path("tries").asInt(),
                Instant.parse(json.path("parked").asString()));
    }
}
