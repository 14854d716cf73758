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
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
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
/// 1. The claim is looked at, or written with the documents that are going to be deleted: nothing has changed.
/// 2. Documents are stored in bulk: some or all of them are further than the checkpoint. The events are handled again
///    and leave out what is in there.
/// 3. The index is refreshed, where readers are to see it.
/// 4. Parked events are written: they are not parked as long as the claim does not say so.
/// 5. The claim is written with the checkpoint and the positions of parked events. The step is done.
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

    @Override
    public void commit(Step step) {
        try {
            if (step.events().isEmpty()) {
                requireIndex();
            } else {
                store(step);
            }
            parkedDocuments.write(step);
            List<Long> after = ParkedDocuments.after(held.state().parked(), step);
            held.write(state -> state.at(step.after(), after));
            parkedDocuments.delete(step.unpark(), held.now());
        } catch (IndexMissingException missing) {
            throw lost(missing);
        }
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

    private void store(Step step) {
        StepDocuments documents =
                new StepDocuments(this::fetch, held.state().deleted(), partition, step.unpark());
        documents.fetch(announced(step));
        for (RecordedEvent event : step.events()) {
            documents.at(event.position());
            settings.projection().handler().accept(documents, event);
        }
        List<BulkItem> items = documents.items();
        if (items.isEmpty()) {
            return;
        }
        Map<String, Long> deletions = new TreeMap<>();
        for (BulkItem item : items) {
            if (item instanceof BulkItem.Delete delete) {
                deletions.put(delete.id(), delete.version());
            }
        }
        if (deletions.isEmpty()) {
            held.require();
        } else {
            held.write(state -> state.deleting(deletions));
        }
        settings.documents().write(index, items).check(index);
        if (build.serving() && settings.options().refresh() == SearchRefresh.EACH_STEP) {
            settings.backend().client().indices().refresh(index);
        }
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

    @Override
    public boolean serve() {
        return settings.serving().serve(held, settings.name(), build.number(), settings.owner());
    }

    /// Goes on in a new index: what somebody who has stood still sends to the old one is refused.
    @Override
    public void reset() {
        ConsumerIndex consumers = settings.backend().consumers();
        held.require();
        IndexName next = next(index);
        settings.builds().create(next, true);
        List<Long> wereParked = new ArrayList<>(held.state().parked());
        for (int other = 0; other < build.partitions(); other++) {
            String id = ClaimState.id(settings.name(), build.number(), other);
            if (!id.equals(held.id())) {
                consumers.claim(id).ifPresent(found -> consumers.replace(
                        id,
                        found.token(),
                        found.content()
                                .claimed("", settings.owner(), Instant.EPOCH, false)
                                .emptied()
                                .json()));
            }
        }
        held.write(ClaimState::emptied);
        Registry now = consumers.change(
                        settings.name(),
                        registry -> registry.build(build.number())
                                .map(entry -> registry.replace(entry.in(next)))
                                .orElse(registry))
                .orElseThrow(() -> new ClaimLostException(settings.name(), "its registry is not there any more"));
        new ServingAlias(settings.backend().client()).follow(now);
        settings.backend().client().indices().delete(index);
        index = next;
        parkedDocuments.delete(wereParked, held.now());
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
