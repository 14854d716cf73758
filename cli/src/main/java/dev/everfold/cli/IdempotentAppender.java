package dev.everfold.cli;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

/// Appends what is not there yet, told by event id, and keeps the order in which it was given. For one
/// thread.
///
/// Each batch looks its ids up in a snapshot and is stored only if none of them has come since, so that
/// an event is stored once, whoever else imports the same. Several batches are on their way at a time:
///
/// - Their ids are known here, so that a repeat in a later batch is dropped.
/// - Each expects what the one before it makes of some streams, its [Anchor]s: when one is refused, all
///   behind it are refused as well, and are then stored one after another in their order. Who imports the
///   same meanwhile may have stored a part of it: the first of its streams tells of an end, the last of a
///   beginning.
final class IdempotentAppender {

    private static final int IN_FLIGHT_MAX = 8;
    private static final int TRIES_MAX = 100;
    private static final int ANCHORS_TRIED_MAX = 16;

    /// The last revision that a stream has once a batch is stored, and has not before.
    private record Anchor(String stream, long revision) {}

    private record InFlight(List<NewEvent> events, List<Anchor> anchors, CompletableFuture<Appended> answer) {}

    private final EventStore store;
    private final Deque<InFlight> inFlight = new ArrayDeque<>();
    private final Set<UUID> idsInFlight = new HashSet<>();
    private long imported;
    private long alreadyThere;

    IdempotentAppender(EventStore store) {
        this.store = store;
    }

    /// How many events are stored durably by now.
    long imported() {
        return imported;
    }

    /// How many events were dropped, because they are in the store or came before.
    long alreadyThere() {
        return alreadyThere;
    }

    /// Takes over a batch, at most as large as an append may be; may wait for earlier ones.
    void append(List<NewEvent> events) {
        while (!inFlight.isEmpty()
                && (inFlight.size() >= IN_FLIGHT_MAX
                        || inFlight.getFirst().answer().isDone())) {
            settleFirst();
        }
        // Where nothing tells whether the last batch was stored, the next has to wait for it.
        if (!inFlight.isEmpty() && inFlight.getLast().anchors().isEmpty()) {
            finish();
        }
        submit(events);
    }

    /// Returns when everything that was taken over is stored.
    void finish() {
        while (!inFlight.isEmpty()) {
            settleFirst();
        }
    }

    private void submit(List<NewEvent> events) {
        Query query = Query.ids(events.stream().map(NewEvent::id).toList());
        Set<UUID> there = new HashSet<>();
        long end;
        try (EventCursor cursor = store.read(Read.matching(query))) {
            end = cursor.end();
            cursor.forEachRemaining(event -> there.add(event.id()));
        }
        List<NewEvent> missing = missing(events, there);
        alreadyThere += events.size() - missing.size();
        if (missing.isEmpty()) {
            return;
        }
        if (missing.size() < events.size()) {
            query = Query.ids(missing.stream().map(NewEvent::id).toList());
        }
        Append append = Append.of(missing).unless(query, end);
        List<Anchor> before =
                inFlight.isEmpty() ? List.of() : inFlight.getLast().anchors();
        for (Anchor anchor : before) {
            append = append.expecting(anchor.stream(), Expected.revision(anchor.revision()));
        }
        List<Anchor> anchors = anchors(missing, before);
        inFlight.add(new InFlight(missing, anchors, store.appendAsync(append)));
        missing.forEach(event -> idsInFlight.add(event.id()));
    }

    private List<NewEvent> missing(List<NewEvent> events, Set<UUID> there) {
        List<NewEvent> missing = new ArrayList<>(events.size());
        for (NewEvent event : events) {
            if (!idsInFlight.contains(event.id()) && there.add(event.id())) {
                missing.add(event);
            }
        }
        return missing;
    }

    /// The first and the last stream of the batch whose last revisions can be told; one where both are the
    /// same, none where there is none.
    private List<Anchor> anchors(List<NewEvent> batch, List<Anchor> before) {
        Optional<Anchor> first = anchor(batch, batch, before);
        Optional<Anchor> last = anchor(batch, batch.reversed(), before);
        return Stream.of(first, last).flatMap(Optional::stream).distinct().toList();
    }

    /// A stream's last revision can be told although earlier batches are still on their way where they do
    /// not touch it, or where the last of them is expected to make one of it.
    private Optional<Anchor> anchor(List<NewEvent> batch, List<NewEvent> inOrder, List<Anchor> before) {
        for (NewEvent event : inOrder.subList(0, Math.min(inOrder.size(), ANCHORS_TRIED_MAX))) {
            String stream = event.stream();
            for (Anchor anchor : before) {
                if (anchor.stream().equals(stream)) {
                    return Optional.of(new Anchor(stream, anchor.revision() + count(batch, stream)));
                }
            }
            if (inFlight.stream().allMatch(earlier -> count(earlier.events(), stream) == 0)) {
                return Optional.of(new Anchor(stream, lastRevision(stream) + count(batch, stream)));
            }
        }
        return Optional.empty();
    }

    private static long count(List<NewEvent> batch, String stream) {
        long count = 0;
        for (NewEvent event : batch) {
            count += event.stream().equals(stream) ? 1 : 0;
        }
        return count;
    }

    private long lastRevision(String stream) {
        try (EventCursor cursor = store.read(Read.stream(stream).backwards().limit(1))) {
            return cursor.hasNext() ? cursor.next().revision() : -1;
        }
    }

    private void settleFirst() {
        InFlight first = inFlight.getFirst();
        try {
            await(first);
            inFlight.removeFirst();
            forget(first);
        } catch (AppendConflictException refused) {
            repeatInOrder();
        }
    }

    /// Someone else stored something in between. Nothing behind the first refusal is stored, by the
    /// anchors.
    private void repeatInOrder() {
        List<InFlight> refused = new ArrayList<>();
        RuntimeException failure = null;
        for (InFlight batch : inFlight) {
            try {
                await(batch);
            } catch (AppendConflictException conflict) {
                refused.add(batch);
            } catch (RuntimeException failed) {
                failure = failed;
            }
        }
        inFlight.clear();
        idsInFlight.clear();
        if (failure != null) {
            throw failure;
        }
        refused.forEach(batch -> appendAlone(batch.events()));
    }

    private void appendAlone(List<NewEvent> events) {
        List<NewEvent> left = events;
        for (int tries = 1; !left.isEmpty(); tries++) {
            submit(left);
            if (inFlight.isEmpty()) {
                return;
            }
            InFlight batch = inFlight.removeFirst();
            forget(batch);
            try {
                await(batch);
                return;
            } catch (AppendConflictException conflict) {
                if (tries == TRIES_MAX) {
                    throw conflict;
                }
                left = batch.events();
            }
        }
    }

    private void await(InFlight batch) {
        try {
            batch.answer().join();
            imported += batch.events().size();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw failed;
        }
    }

    private void forget(InFlight batch) {
        batch.events().forEach(event -> idsInFlight.remove(event.id()));
    }
}
