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
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collections;
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
/// A process that stands still between 1 and the arrival of 2 may come with its documents when another one has the
/// claim. The server refuses them ([ClaimedIndex]); what it took before is what the log says, and what is older than
/// what is there is refused by its version.
final class SearchClaim implements ModelClaim {

    private static final System.Logger LOG = System.getLogger(SearchClaim.class.getName());

    private final Settings settings;
    private final Build build;
    private final HeldClaim held;
    private final ParkedDocuments parkedDocuments;
    private final List<ParkedEvent> parked;
    private final OptionalInt partition;

    private ClaimedIndex index;
    private boolean serving;

    /// What the server has refused last, until it takes a step.
    private String refused = "";

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
    }

    SearchClaim(Settings settings, Build build, ClaimedIndex index, OptionalInt partition, HeldClaim held) {
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
            refused = "";
        } catch (IndexMissingException missing) {
            throw lost("index \"" + missing.index() + "\" is not there any more, or not this claim's", missing);
        } catch (SearchFailedException failed) {
            if (failed.refusal().equals(Optional.of(Refusal.CLOSED))) {
                // While it is closed a snapshot may be restored into it, which whoever claims next finds out.
                throw lost("index \"" + index.name() + "\" is closed", failed);
            }
            warnOnce(failed);
            throw failed;
        }
    }

    /// A refusal is met again at each try until somebody does something, who should hear of it once.
    private void warnOnce(SearchFailedException failed) {
        if (failed.refusal().isPresent() && !failed.getMessage().equals(refused)) {
            refused = failed.getMessage();
            LOG.log(Level.WARNING, "server refuses projection={0}: {1}", settings.name(), refused);
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
            index.requireThere();
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
        index.write(items);
        refresh();
        held.write(ClaimState::deleted);
    }

    private ClaimLostException lost(String because, RuntimeException cause) {
        ClaimLostException lost = new ClaimLostException(settings.name(), because);
        lost.initCause(cause);
        return lost;
    }

    private List<BulkItem> handle(Step step) {
        StepDocuments documents = new StepDocuments(index::fetch, partition, step.unpark());
        documents.fetch(announced(step));
        for (RecordedEvent event : step.events()) {
            documents.at(event.position(), settings.projection().key().apply(event));
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
            index.write(puts);
            refresh();
        } else {
            index.requireThere();
        }
        return deletions;
    }

    private void refresh() {
        if (settings.options().refresh() == SearchRefresh.EACH_STEP && isServing()) {
            index.refresh();
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

    /// A failure that may pass is no end of the projection: it is asked again.
    @Override
    public boolean serve() {
        try {
            serving = settings.serving().serve(held, settings.name(), build.number(), settings.owner());
            return serving;
        } catch (IndexMissingException missing) {
            throw lost("index \"" + missing.index() + "\" is not there any more", missing);
        } catch (SearchFailedException failed) {
            if (isPassing(failed)) {
                warnOnce(failed);
                return false;
            }
            throw failed;
        }
    }

    @Override
    public void reset() {
        index = new Emptying(settings.backend(), settings.builds(), build, held).empty(index);
    }

    @Override
    public boolean isTransient(RuntimeException failure) {
        return isPassing(failure);
    }

    /// Whether no event is to blame: it may pass, by itself or once somebody has done what the server needs.
    static boolean isPassing(RuntimeException failure) {
        return (failure instanceof EventStoreException cause && cause.retryable())
                || (failure instanceof SearchFailedException failed
                        && failed.refusal().isPresent());
    }

    @Override
    public void close() {
        held.release();
    }
}
