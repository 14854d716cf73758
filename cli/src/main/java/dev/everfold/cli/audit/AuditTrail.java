package dev.everfold.cli.audit;

import dev.everfold.eventsourcing.codec.EventMetadata;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Links entries with the events that led to them, that they compensate and that compensate them.
///
/// Entries are collected into pages; a page costs at most two reads of the whole store, by id and by tag,
/// however many links it has. Events of the other ends are found wherever they are, whatever was
/// selected. For one thread.
public final class AuditTrail {

    /// Most events that are shown as compensating one event; how many there are in all is counted.
    public static final int COMPENSATIONS_MAX = 100;

    private static final int PAGE_ENTRIES_MAX = 512;
    /// Of one entry in a query: the two ids that it names, or its tag and the item that holds it.
    private static final int TERMS_OF_ENTRY = 2;

    private final EventStore store;
    private final Consumer<AuditEntry> consumer;
    private final int pageEntries;
    private final List<AuditEntry> page = new ArrayList<>();

    /// @param consumer gets each entry, in the order in which they were added
    public AuditTrail(EventStore store, Consumer<AuditEntry> consumer) {
        this.store = store;
        this.consumer = consumer;
        int fits = (store.limits().queryTermsMax() - 1) / TERMS_OF_ENTRY;
        this.pageEntries = Math.clamp(fits, 1, PAGE_ENTRIES_MAX);
    }

    /// Takes an entry; it is handed on at the latest when [#flush] is called.
    public void add(AuditEntry entry) {
        page.add(entry);
        if (page.size() == pageEntries) {
            flush();
        }
    }

    /// Hands on what was held back.
    public void flush() {
        Map<String, LinkedEvent> named = eventsNamed();
        Map<UUID, Compensations> compensations = compensations();
        for (AuditEntry entry : page) {
            Compensations found = compensations.getOrDefault(entry.id(), new Compensations());
            consumer.accept(entry.withLinks(
                    entry.causation().map(link -> named.getOrDefault(link.id(), link)),
                    entry.compensates().map(link -> named.getOrDefault(link.id(), link)),
                    found.shown,
                    found.count));
        }
        page.clear();
    }

    /// The events that the page names as causes and as compensated, by id.
    private Map<String, LinkedEvent> eventsNamed() {
        List<UUID> ids = page.stream()
                .flatMap(entry -> Stream.concat(entry.causation().stream(), entry.compensates().stream()))
                .flatMap(link -> uuid(link.id()).stream())
                .distinct()
                .toList();
        Map<String, LinkedEvent> named = new HashMap<>();
        if (!ids.isEmpty()) {
            forEach(Query.ids(ids), event -> named.putIfAbsent(event.id().toString(), LinkedEvent.of(event)));
        }
        return named;
    }

    /// What compensates the events of the page, by the id of the one that is compensated.
    private Map<UUID, Compensations> compensations() {
        Map<String, UUID> byTag = new HashMap<>();
        page.forEach(entry -> byTag.put(EventMetadata.compensatesTag(entry.id()), entry.id()));
        Map<UUID, Compensations> found = new HashMap<>();
        Query.Item[] items = byTag.keySet().stream()
                .map(tag -> new Query.Item().withTags(tag))
                .toArray(Query.Item[]::new);
        forEach(Query.of(items), event -> {
            for (String tag : event.tags()) {
                UUID compensated = byTag.get(tag);
                if (compensated != null) {
                    found.computeIfAbsent(compensated, _ -> new Compensations()).add(event);
                }
            }
        });
        return found;
    }

    private void forEach(Query query, Consumer<RecordedEvent> each) {
        try (EventCursor cursor = store.read(Read.matching(query))) {
            cursor.forEachRemaining(each);
        }
    }

    /// Other writers name causes as they like; only a UUID can be that of an event.
    private static Optional<UUID> uuid(String id) {
        try {
            return Optional.of(UUID.fromString(id))
                    .filter(uuid -> uuid.toString().equals(id));
        } catch (IllegalArgumentException notAnId) {
            return Optional.empty();
        }
    }

    /// Events that compensate one event.
    private static final class Compensations {

        private final List<LinkedEvent> shown = new ArrayList<>();
        private long count;

        void add(RecordedEvent event) {
            count++;
            if (shown.size() < COMPENSATIONS_MAX) {
                shown.add(LinkedEvent.of(event));
            }
        }
    }
}
