package dev.everfold.kurrent.group;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StoreUnavailableException;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What groups there are: the fold over one stream, which is read on before every answer, so that several servers of a
/// store agree. Safe for use by many threads.
final class GroupCatalog {

    /// Where groups are made, changed and deleted.
    static final String STREAM = "$persistentSubscriptionConfig";

    private static final System.Logger LOGGER = System.getLogger(GroupCatalog.class.getName());

    private static final int GROUPS_MAX = 100_000;
    private static final int ATTEMPTS_MAX = 20;
    private static final String CREATED = "$groupCreated";
    private static final String UPDATED = "$groupUpdated";
    private static final String DELETED = "$groupDeleted";
    private static final String REPLAYED = "$groupReplayed";

    private final EventStore store;

    // Guarded by this.
    private final SortedMap<GroupKey, GroupDefinition> groups = new TreeMap<>();
    private long nextRevision;

    GroupCatalog(EventStore store) {
        this.store = store;
    }

    synchronized Optional<GroupDefinition> find(GroupKey key) {
        refresh();
        return Optional.ofNullable(groups.get(key));
    }

    /// @throws GroupException when there is none
    GroupDefinition get(GroupKey key) {
        return find(key).orElseThrow(() -> GroupException.doesNotExist(key));
    }

    synchronized List<GroupDefinition> all() {
        refresh();
        return List.copyOf(groups.values());
    }

    /// @param parkedFrom the next revision of the group's parked stream
    /// @throws GroupException when there is one, or there are too many
    synchronized void create(
            GroupKey key, GroupSettings settings, Optional<GroupFilter> filter, GroupStart start, long parkedFrom) {
        change(key, CREATED, json -> {
            if (groups.containsKey(key)) {
                throw GroupException.exists(key);
            }
            if (groups.size() >= GROUPS_MAX) {
                throw GroupException.failed(
                        key, "There are " + GROUPS_MAX + " groups, as many as there may be. Delete one.");
            }
            GroupJson.put(json, settings, start);
            filter.ifPresent(one -> GroupJson.put(json, one));
            json.put("parkedFrom", parkedFrom);
        });
    }

    /// @throws GroupException when there is none
    synchronized void update(GroupKey key, GroupSettings settings, GroupStart start) {
        change(key, UPDATED, json -> {
            requireKnown(key);
            GroupJson.put(json, settings, start);
        });
    }

    /// @throws GroupException when there is none
    synchronized void delete(GroupKey key) {
        change(key, DELETED, _ -> requireKnown(key));
    }

    /// Messages before a revision of the parked stream are to be given again.
    ///
    /// @throws GroupException when there is none
    synchronized void replay(GroupKey key, long to) {
        change(key, REPLAYED, json -> {
            requireKnown(key);
            json.put("to", to);
        });
    }

    private void requireKnown(GroupKey key) {
        if (!groups.containsKey(key)) {
            throw GroupException.doesNotExist(key);
        }
    }

    private void change(GroupKey key, String type, Consumer<ObjectNode> decide) {
        for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
            refresh();
            ObjectNode json = GroupJson.key(key);
            decide.accept(json);
            NewEvent event = NewEvent.of(STREAM, type, GroupJson.bytes(json));
            Expected expected = nextRevision == 0 ? Expected.noStream() : Expected.revision(nextRevision - 1);
            try {
                store.append(Append.of(event).expecting(STREAM, expected));
                refresh();
                return;
            } catch (AppendConflictException _) {
                // Another server changed something meanwhile; decide again.
            }
        }
        throw new StoreUnavailableException(
                "The groups changed " + ATTEMPTS_MAX + " times while one of them was to be changed; nothing was stored."
                        + " Repeat it.",
                true,
                null);
    }

    private void refresh() {
        try (EventCursor cursor = store.read(Read.stream(STREAM).fromRevision(nextRevision))) {
            while (cursor.hasNext()) {
                RecordedEvent event = cursor.next();
                tryApply(event);
                nextRevision = event.revision() + 1;
            }
        }
    }

    /// What is not understood was not written by a server like this one.
    private void tryApply(RecordedEvent event) {
        try {
            apply(event);
        } catch (JacksonException | IllegalArgumentException notOurs) {
            LOGGER.log(
                    Level.WARNING,
                    "an event of {0} was left out: revision={1} reason={2}",
                    STREAM,
                    event.revision(),
                    notOurs.getMessage());
        }
    }

    private void apply(RecordedEvent event) {
        JsonNode json = GroupJson.read(event.data());
        GroupKey key = GroupJson.key(json);
        switch (event.type()) {
            case CREATED ->
                groups.put(
                        key,
                        new GroupDefinition(
                                key,
                                GroupJson.settings(json),
                                GroupJson.filter(json),
                                GroupJson.start(json),
                                event.revision(),
                                event.revision(),
                                json.path("parkedFrom").asLong(),
                                0));
            case UPDATED ->
                groups.computeIfPresent(
                        key,
                        (_, known) -> known.updated(GroupJson.settings(json), GroupJson.start(json), event.revision()));
            case DELETED -> groups.remove(key);
            case REPLAYED ->
                groups.computeIfPresent(
                        key, (_, known) -> known.replaying(json.path("to").asLong()));
            default -> {
                // Of a later version, or somebody else's.
            }
        }
    }
}
