package dev.everfold.search;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Documents as one step changes them: what handlers ask for is put down in order, fetched together, changed in
/// memory, and given out at the end as one change for each document. Used once.
final class StepDocuments implements SearchDocuments {

    private final Function<Collection<String>, Map<String, Document>> store;
    private final OptionalInt partition;
    private final Set<Long> parkedBefore;

    private final Map<String, Slot> slots = new HashMap<>();
    private final List<Change> changes = new ArrayList<>();

    // Of the event that is being handled.
    private long position;
    private String key = "";

    /// What an event does to a document: exactly one of `content`, `change` or neither, which is to delete it.
    private record Change(
            String id,
            long position,
            String key,
            @Nullable ObjectNode content,
            @Nullable Consumer<ObjectNode> change) {

        /// Whether what was there before does not matter.
        boolean replaces() {
            return change == null;
        }
    }

    /// A document in memory. `storedVersion` is one more than the position of the last event that is in what was
    /// stored, 0 where there was nothing or it does not matter; `key` is what the last event is sequenced by.
    private static final class Slot {
        private final long storedVersion;
        private @Nullable ObjectNode content;
        private String key;
        private long version;

        Slot(long storedVersion, String key, @Nullable ObjectNode content) {
            this.storedVersion = storedVersion;
            this.key = key;
            this.content = content;
        }

        static Slot empty() {
            return new Slot(0, "", null);
        }
    }

    /// @param store fetches those that are there
    /// @param partition which one this is, when there are several
    /// @param parkedBefore positions of events that are handled later than their place in the order
    StepDocuments(
            Function<Collection<String>, Map<String, Document>> store,
            OptionalInt partition,
            Collection<Long> parkedBefore) {
        this.store = store;
        this.partition = partition;
        this.parkedBefore = Set.copyOf(parkedBefore);
    }

    /// From here on it is this event that changes documents.
    ///
    /// @param eventKey what the event is sequenced by
    void at(long eventPosition, String eventKey) {
        position = eventPosition;
        key = eventKey;
    }

    /// Fetches documents that will be asked for.
    void fetch(Collection<String> ids) {
        Set<String> missing = new LinkedHashSet<>(ids);
        missing.removeAll(slots.keySet());
        if (missing.isEmpty()) {
            return;
        }
        Map<String, Document> found = store.apply(missing);
        missing.forEach(id -> slots.put(id, slot(id, found.get(id))));
    }

    private Slot slot(String id) {
        return Objects.requireNonNull(slots.get(id));
    }

    private Slot slot(String id, @Nullable Document found) {
        if (found == null) {
            return Slot.empty();
        }
        int maker = found.source().path(DocumentFields.PARTITION).asInt(-1);
        if (partition.isPresent() && maker >= 0 && maker != partition.getAsInt()) {
            throw new IllegalStateException("Document \"" + id + "\" was made by partition " + maker
                    + " and is asked for by partition " + partition.getAsInt()
                    + "; expected one for all events of a document. Use sequencedBy with a key of the document.");
        }
        return new Slot(
                found.version(),
                found.source().path(DocumentFields.KEY).asString(""),
                DocumentFields.remove(found.source()));
    }

    @Override
    public Optional<ObjectNode> get(String id) {
        DocumentId.check(id);
        apply(List.of(id));
        return Optional.ofNullable(slot(id).content).map(ObjectNode::deepCopy);
    }

    @Override
    public <D> Optional<D> get(String id, Class<D> type) {
        return get(id).map(content -> Json.value(content, type));
    }

    @Override
    public void put(String id, Object document) {
        DocumentId.check(id);
        JsonNode json = document instanceof JsonNode node ? node.deepCopy() : Json.tree(document);
        if (!(json instanceof ObjectNode content)) {
            throw new IllegalArgumentException("Document \"" + id + "\" is "
                    + json.getNodeType().name().toLowerCase(java.util.Locale.ROOT) + " as JSON; expected an object.");
        }
        DocumentFields.check(id, content);
        changes.add(new Change(id, position, key, content, null));
    }

    @Override
    public void update(String id, Consumer<ObjectNode> change) {
        changes.add(new Change(DocumentId.check(id), position, key, null, change));
    }

    @Override
    public void delete(String id) {
        changes.add(new Change(DocumentId.check(id), position, key, null, null));
    }

    /// What is to be stored: one change for each document that changed.
    List<BulkItem> items() {
        apply(List.of());
        List<BulkItem> items = new ArrayList<>();
        slots.forEach((id, slot) -> {
            ObjectNode content = slot.content;
            if (slot.version > 0 && content != null) {
                ObjectNode all = DocumentFields.add(content, id, slot.version - 1, slot.key, partition);
                items.add(new BulkItem.Put(id, slot.version, all));
            } else if (slot.version > 0) {
                items.add(new BulkItem.Delete(id, slot.version));
            }
        });
        return items;
    }

    /// Applies what was put down so far, having fetched what it needs and `more`.
    private void apply(Collection<String> more) {
        Set<String> needed = new LinkedHashSet<>();
        Set<String> replaced = new LinkedHashSet<>();
        for (Change change : changes) {
            // An event out of its place must be seen to fit; any other that replaces a document needs none.
            if (change.replaces() && !parkedBefore.contains(change.position)) {
                replaced.add(change.id);
            } else if (!replaced.contains(change.id)) {
                needed.add(change.id);
            }
        }
        more.stream().filter(id -> !replaced.contains(id)).forEach(needed::add);
        replaced.removeAll(needed);
        fetch(needed);
        replaced.forEach(id -> slots.computeIfAbsent(id, _ -> Slot.empty()));
        changes.forEach(this::apply);
        changes.clear();
    }

    private void apply(Change change) {
        Slot slot = slot(change.id);
        if (slot.storedVersion > change.position) {
            requireInPlace(change, slot);
            return;
        }
        if (change.replaces()) {
            slot.content = change.content;
        } else {
            slot.content = changed(change, slot.content);
        }
        slot.version = change.position + 1;
        slot.key = change.key;
    }

    /// An event that was parked and whose document went on without it cannot be handled any more in its place.
    /// Where it went on by an event of the same key, it did not go on without this one: once this one was
    /// parked, that one was too. Both were handled together before, and another document of one of them was
    /// refused.
    private void requireInPlace(Change change, Slot slot) {
        if (parkedBefore.contains(change.position)
                && slot.storedVersion > change.position + 1
                && !slot.key.equals(change.key)) {
            throw new IllegalStateException("Document \"" + change.id + "\" was changed by the event at position "
                    + (slot.storedVersion - 1) + ", while the one at position " + change.position
                    + " was parked: they have no common key. Use sequencedBy with a key of the document, and rebuild.");
        }
    }

    private static ObjectNode changed(Change change, @Nullable ObjectNode content) {
        if (content == null) {
            throw new IllegalStateException("Document \"" + change.id + "\" is not there at position " + change.position
                    + "; expected one to update. Put it first.");
        }
        ObjectNode copy = content.deepCopy();
        Objects.requireNonNull(change.change).accept(copy);
        DocumentFields.check(change.id, copy);
        return copy;
    }
}
