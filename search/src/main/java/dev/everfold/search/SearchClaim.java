package dev.everfold.search;

import dev.everfold.eventsourcing.projection.Build;
import dev.everfold.eventsourcing.projection.ModelClaim;
import dev.everfold.eventsourcing.projection.Projection;
import dev.everfold.eventsourcing.subscription.Checkpoint;
import dev.everfold.eventsourcing.subscription.ClaimLostException;
import dev.everfold.eventsourcing.subscription.ParkedEvent;
import dev.everfold.eventsourcing.subscription.Step;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.RecordedEvent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/// The right to fill one partition of a build. A step is not one transaction: documents are stored, then the
/// checkpoint is saved. That every event changes every document once rests on the versions of documents
/// ([StepDocuments]).
///
/// The order of a step, and what a crash after it leaves:
///
/// 1. The claim is looked at: nothing has changed.
/// 2. Documents are stored in bulk: some or all of them are further than the checkpoint. The events are handled again
///    and leave out what is in there.
/// 3. The index is refreshed, where readers are to see it.
/// 4. Parked events are written: they are not parked as long as the claim does not say so.
/// 5. The claim is written with the checkpoint, the positions of parked events and the documents to be deleted. From
///    here on the events are not handled again.
/// 6. Documents are deleted, the index is refreshed, and the claim is written without them. After a crash before,
///    whoever claims next begins with it.
///
/// Documents are deleted last, since a document that is gone does not say which event it has gone by: events that
/// are handled again would meet it as one that had never been there.
///
/// A process that stands still between 1 and the arrival of 2 may store documents while another one has the claim.
/// They are what the log says, and those that are older than what is there are refused by their version. One can do
/// harm: of a document that was deleted meanwhile, when the server has forgotten the deletion since it was restarted
/// or half a day has passed. The document is there again then, until the next event that changes it or a rebuild.
final class SearchClaim implements ModelClaim {

    private final Settings settings;
    private final Build build;
    private final HeldClaim held;
    private final ParkedDocuments parkedDocuments;
    private final List<ParkedEvent> parked;
    private final OptionalInt partition;

    private IndexName index;
    private boolean serving;

    /// What all claims of a run have in common.
    ///
    /// @param owner who claims, for messages
    record Settings(
            Backend backend,
            SearchModelOptions options,
            SearchBuilds builds,
            ServingSwitch serving,
            Projection<SearchDocuments> projection,
            String owner) {

        String name() {
            return projection.name();
        }

        Documents documents() {
            return backend.client().documents();
        }
    }

    SearchClaim(Settings settings, Build build, IndexName index, OptionalInt partition, HeldClaim held) {
        this.settings = settings;
        this.build = build;
        this.index = index;
        this.partition = partition;
        this.held = held;
        this.serving = build.serving();
        this.parkedDocuments = new ParkedDocuments(settings.backend().consumers(), held.id());
        this.parked = parkedDocuments.read(held.state().parked());
    }

    @Override
    public Build build() {
        return build;
    }

    @Override
    public Optional<Checkpoint> checkpoint() {
        return held.state().checkpoint();
    }

    @Override
    public List<ParkedEvent> parked() {
        return parked;
    }

    /// A step whose outcome was unknown comes again: it may be done already.
    @Override
    public void commit(Step step) {
        try {
            held.settle();
            deleteDocuments();
            if (!isDone(step)) {
                carryOut(step);
            }
            parkedDocuments.delete(step.unpark(), held.now());
        } catch (IndexMissingException missing) {
            throw lost(missing);
        }
    }

    /// Events are behind the checkpoint once they are handled; parked ones are not parked any more.
    private boolean isDone(Step step) {
        return step.unpark().isEmpty()
                ? !step.events().isEmpty() && checkpoint().equals(Optional.of(step.after()))
                : Collections.disjoint(held.state().parked(), step.unpark());
    }

    private void carryOut(Step step) {
        Map<String, Long> deletions = Map.of();
        if (step.events().isEmpty()) {
            requireIndex();
        } else {
            deletions = store(handle(step));
        }
        parkedDocuments.write(step);
        Map<String, Long> toDelete = deletions;
        List<Long> after = ParkedDocuments.after(held.state().parked(), step);
        held.write(state -> state.at(step.after(), after, toDelete));
        deleteDocuments();
    }

    /// Deletes what is left to be deleted because of events below the checkpoint.
    void deleteDocuments() {
        Map<String, Long> deleting = held.state().deleting();
        if (deleting.isEmpty()) {
            return;
        }
        List<BulkItem> items = new ArrayList<>();
        deleting.forEach((id, version) -> items.add(new BulkItem.Delete(id, version)));
        settings.documents().write(index, items).check(index);
        refresh();
        held.write(ClaimState::deleted);
    }

    private void requireIndex() {
        if (!settings.backend().client().indices().exists(index)) {
            throw new IndexMissingException(index.value());
        }
    }

    private ClaimLostException lost(IndexMissingException missing) {
        ClaimLostException lost =
                new ClaimLostException(settings.name(), "index \"" + missing.index() + "\" is not there any more");
        lost.initCause(missing);
        return lost;
    }

    private List<BulkItem> handle(Step step) {
        StepDocuments documents = new StepDocuments(this::fetch, partition, step.unpark());
        documents.fetch(announced(step));
        for (RecordedEvent event : step.events()) {
            documents.at(event.position());
            settings.projection().handler().accept(documents, event);
        }
        return documents.items();
    }

    /// Stores what is to be put.
    ///
    /// @return what is to be deleted
    private Map<String, Long> store(List<BulkItem> items) {
        Map<String, Long> deletions = new TreeMap<>();
        List<BulkItem> puts = new ArrayList<>();
        for (BulkItem item : items) {
            switch (item) {
                case BulkItem.Put put -> puts.add(put);
                case BulkItem.Delete delete -> deletions.put(delete.id(), delete.version());
            }
        }
        if (!puts.isEmpty()) {
            held.require();
            settings.documents().write(index, puts).check(index);
            refresh();
        } else {
            requireIndex();
        }
        return deletions;
    }

    private void refresh() {
        if (settings.options().refresh() == SearchRefresh.EACH_STEP && isServing()) {
            settings.backend().client().indices().refresh(index);
        }
    }

    /// Another partition may have made the build serve. Asked after documents are stored: the switch
    /// refreshes what was stored before it.
    private boolean isServing() {
        if (!serving && build.partitions() > 1) {
            serving = settings.backend()
                    .consumers()
                    .registry(settings.name())
                    .filter(found -> found.content().serving() == build.number())
                    .isPresent();
        }
        return serving;
    }

    private Set<String> announced(Step step) {
        Set<String> ids = new LinkedHashSet<>();
        step.events().forEach(event -> ids.addAll(settings.options().fetching().apply(event)));
        return ids;
    }

    private Map<String, Document> fetch(Collection<String> ids) {
        List<String> all = List.copyOf(ids);
        Map<String, Document> found = new HashMap<>();
        for (int from = 0; from < all.size(); from += Documents.IDS_MAX) {
            List<String> some = all.subList(from, Math.min(all.size(), from + Documents.IDS_MAX));
            found.putAll(settings.documents().get(index, some));
        }
        return found;
    }

    /// A failure that may pass is no end of the projection: it is asked again.
    @Override
    public boolean serve() {
        try {
            serving = settings.serving().serve(held, settings.name(), build.number(), settings.owner());
            return serving;
        } catch (IndexMissingException missing) {
            throw lost(missing);
        } catch (SearchFailedException failed) {
            if (failed.retryable()) {
                return false;
            }
            throw failed;
        }
    }

    /// Goes on in a new index: what somebody who has stood still sends to the old one is refused. The registry says
    /// which index counts, and checkpoints of another one do not count; so a crash leaves either all or nothing.
    @Override
    public void reset() {
        ConsumerIndex consumers = settings.backend().consumers();
        held.require();
        IndexName next = next(index);
        settings.builds().create(next, true);
        Map<String, List<Long>> wereParked = new HashMap<>();
        for (int other = 0; other < build.partitions(); other++) {
            String id = ClaimState.id(settings.name(), build.number(), other);
            consumers
                    .claim(id)
                    .ifPresent(found -> wereParked.put(id, found.content().parked()));
        }
        Registry now = goOnIn(next);
        IndexName before = index;
        index = next;
        new ServingAlias(settings.backend().client()).follow(now);
        settings.backend().client().indices().delete(before);
        wereParked.forEach((id, positions) -> new ParkedDocuments(consumers, id).delete(positions, held.now()));
    }

    /// From the first write on that may have been kept, a failure ends the claim: what the next one finds counts.
    private Registry goOnIn(IndexName next) {
        try {
            Registry now = settings.backend()
                    .consumers()
                    .change(
                            settings.name(),
                            registry -> registry.build(build.number())
                                    .map(entry -> registry.replace(entry.in(next)))
                                    .orElse(registry))
                    .filter(registry -> registry.build(build.number()).isPresent())
                    .orElseThrow(() -> new ClaimLostException(settings.name(), "its build was deleted"));
            held.write(state -> state.in(next));
            return now;
        } catch (SearchFailedException failed) {
            ClaimLostException lost =
                    new ClaimLostException(settings.name(), "whether its build was emptied is unknown");
            lost.initCause(failed);
            throw lost;
        }
    }

    /// `orders-b000001`, `orders-b000001.1`, `orders-b000001.2`.
    private static IndexName next(IndexName index) {
        int dot = index.value().lastIndexOf('.');
        return dot < 0
                ? new IndexName(index.value() + ".1")
                : new IndexName(index.value().substring(0, dot + 1)
                        + (Long.parseLong(index.value().substring(dot + 1)) + 1));
    }

    @Override
    public boolean isTransient(RuntimeException failure) {
        return isPassing(failure);
    }

    static boolean isPassing(RuntimeException failure) {
        return failure instanceof EventStoreException cause && cause.retryable();
    }

    @Override
    public void close() {
        held.release();
    }
}
