package dev.everfold.server.view;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// The events around one event, and what leads from one to the other.
///
/// Found are its conversation and what its command led to (by tags), the causes of its causes (by id), and what
/// compensates any of these (by tag). An effect that belongs to no conversation is not found: what causes an event is
/// not indexed. Every read is by an index and bounded. For one thread.
public final class Relations {

    /// Most events of the conversation before the event, and as many after it; also most of one command.
    public static final int SIDE_EVENTS_MAX = 60;

    private static final int CAUSES_MAX = 32;
    private static final int COMPENSATIONS_MAX = 100;

    private final EventStore store;
    private final Map<String, RecordedEvent> events = new LinkedHashMap<>();
    private final Map<String, EventLinks> links = new LinkedHashMap<>();
    private boolean isCut;

    private Relations(EventStore store) {
        this.store = store;
    }

    /// `nodes`, `links` and `isCut` around this event.
    ///
    /// A node is an event, a command, or an id that no event has; a link leads from cause to effect (`causation`,
    /// `command`) or from what compensates to what is compensated (`compensation`).
    public static Map<String, Object> of(EventStore store, RecordedEvent event) {
        Relations relations = new Relations(store);
        relations.add(event);
        relations.addAround(event);
        relations.addCauses(event);
        relations.addCompensations();
        return relations.toMembers();
    }

    private void addAround(RecordedEvent event) {
        EventLinks own = EventLinks.of(event);
        own.correlation()
                .flatMap(EventLinks::id)
                .ifPresent(id -> addSides(Query.tags("$correlation:" + id), event.position()));
        own.command().flatMap(EventLinks::id).ifPresent(id -> addSides(Query.tags("$command:" + id), event.position()));
        addSides(Query.tags("$command:" + event.id()), event.position());
    }

    private void addSides(Query query, long position) {
        addAll(Read.matching(query).toPosition(position).backwards(), SIDE_EVENTS_MAX);
        addAll(Read.matching(query).fromPosition(position), SIDE_EVENTS_MAX);
    }

    private void addCauses(RecordedEvent event) {
        Optional<UUID> cause = causeOf(event);
        for (int i = 0; i < CAUSES_MAX && cause.isPresent(); i++) {
            RecordedEvent known = events.get(cause.get().toString());
            if (known == null) {
                addAll(Read.matching(Query.ids(List.of(cause.get()))), 1);
                known = events.get(cause.get().toString());
            }
            cause = known == null ? Optional.empty() : causeOf(known);
        }
        links.values().stream()
                .flatMap(own -> own.compensates().flatMap(EventLinks::id).stream())
                .filter(id -> !events.containsKey(id.toString()))
                .distinct()
                .limit(COMPENSATIONS_MAX)
                .toList()
                .forEach(id -> addAll(Read.matching(Query.ids(List.of(id))), 1));
    }

    private static Optional<UUID> causeOf(RecordedEvent event) {
        return EventLinks.of(event).causation().flatMap(EventLinks::id);
    }

    private void addCompensations() {
        int items = Math.min(events.size(), Math.max(1, (store.limits().queryTermsMax() - 1) / 2));
        Query.Item[] tags = events.keySet().stream()
                .limit(items)
                .map(id -> new Query.Item().withTags("$compensates:" + id))
                .toArray(Query.Item[]::new);
        addAll(Read.matching(Query.of(tags)), COMPENSATIONS_MAX);
    }

    private void addAll(Read read, int max) {
        try (EventCursor cursor = store.read(read.limit(max))) {
            int count = 0;
            for (; cursor.hasNext(); count++) {
                add(cursor.next());
            }
            isCut |= count == max && max > 1;
        }
    }

    /// Ids need not be unique; the first one found is shown.
    private void add(RecordedEvent event) {
        String id = event.id().toString();
        if (events.putIfAbsent(id, event) == null) {
            links.put(id, EventLinks.of(event));
        }
    }

    private Map<String, Object> toMembers() {
        Map<String, Map<String, Object>> nodes = new LinkedHashMap<>();
        events.values().stream()
                .sorted((one, other) -> Long.compare(one.position(), other.position()))
                .forEach(event -> nodes.put(event.id().toString(), node(event)));
        List<Map<String, Object>> edges = new ArrayList<>();
        links.forEach((id, own) -> {
            own.command().ifPresent(command -> {
                nodes.computeIfAbsent(command, _ -> bare(command, "command"));
                edges.add(link("command", command, id));
            });
            own.causation()
                    .filter(cause -> !own.command().equals(Optional.of(cause)))
                    .ifPresent(cause -> {
                        nodes.computeIfAbsent(cause, _ -> bare(cause, "unknown"));
                        edges.add(link("causation", cause, id));
                    });
            own.compensates().ifPresent(compensated -> {
                nodes.computeIfAbsent(compensated, _ -> bare(compensated, "unknown"));
                edges.add(link("compensation", id, compensated));
            });
        });
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("nodes", List.copyOf(nodes.values()));
        members.put("links", edges);
        members.put("isCut", isCut);
        return members;
    }

    private Map<String, Object> node(RecordedEvent event) {
        Map<String, Object> node = new LinkedHashMap<>();
        node.put("kind", "event");
        node.putAll(PlainEvent.place(event, links.getOrDefault(event.id().toString(), EventLinks.of(event))));
        return node;
    }

    private static Map<String, Object> bare(String id, String kind) {
        return Map.of("id", id, "kind", kind);
    }

    private static Map<String, Object> link(String kind, String from, String to) {
        Map<String, Object> link = new LinkedHashMap<>();
        link.put("kind", kind);
        link.put("from", from);
        link.put("to", to);
        return link;
    }
}
