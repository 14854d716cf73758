package dev.everfold.kurrent.stream;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.AppendConflictException.Failure;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.PositionAheadException;
import dev.everfold.eventstore.StoreUnavailableException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

/// Appends, deletions and tombstones. Safe for use by many threads.
///
/// An append is one append of our contract. What a client expects is a condition of it, and so is
/// all that was known when the append was decided; where that has changed, it is decided again. A
/// repeat is recognised by the ids of its events and answered as the first time.
public final class StreamAppends {

    /// How often an append is decided anew because its stream's metadata changed meanwhile.
    private static final int ATTEMPTS_MAX = 20;

    private final EventStore store;
    private final Lifecycles lifecycles;
    private final RepeatedAppends repeated;
    private final Executor threads;

    /// @param threads runs what blocks and must not run in the store's own threads
    StreamAppends(EventStore store, Lifecycles lifecycles, Executor threads) {
        this.store = store;
        this.lifecycles = lifecycles;
        this.repeated = new RepeatedAppends(store);
        this.threads = threads;
    }

    /// Appends; the future completes when the outcome is durable, or with an exception of the store.
    ///
    /// @throws dev.everfold.eventstore.LimitExceededException when the append is too large
    /// @throws IllegalArgumentException when a stream is one that the server makes, or an event is a tombstone
    public CompletableFuture<AppendOutcome> append(AppendRequest request) {
        return prepare(request).get();
    }

    /// Appends and waits until the outcome is durable.
    ///
    /// @throws dev.everfold.eventstore.EventStoreException as [dev.everfold.eventstore.EventStore#append]
    /// @throws IllegalArgumentException when a stream is one that the server makes, or an event is a tombstone
    public AppendOutcome appendAndWait(AppendRequest request) {
        return outcome(append(request));
    }

    private static AppendOutcome outcome(CompletableFuture<AppendOutcome> append) {
        try {
            return append.join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof RuntimeException cause ? cause : failed;
        }
    }

    /// Prepares an append, so that many can be given to the store one right after another.
    ///
    /// @return gives it to the store, once; the future completes as that of [#append]
    /// @throws dev.everfold.eventstore.LimitExceededException when the append is too large
    /// @throws IllegalArgumentException when a stream is one that the server makes, or an event is a tombstone
    public Supplier<CompletableFuture<AppendOutcome>> prepare(AppendRequest request) {
        for (String stream : request.written()) {
            if (stream.equals(StreamNames.ALL) || IndexStream.of(stream).isPresent()) {
                throw new IllegalArgumentException("The stream \"" + stream
                        + "\" is made by the server from all others; expected one that holds events of its own.");
            }
            requireNoTombstone(request, stream);
        }
        Job job = new Job(request, Optional.empty(), new CompletableFuture<>());
        AppendPlan plan = plan(job);
        Append append = plan.append();
        return () -> attempt(job, plan, append, 1);
    }

    /// Who may change a stream's metadata may not end the stream for ever, nor what a group keeps.
    private static void requireNoTombstone(AppendRequest request, String stream) {
        if (StreamNames.isMetastream(stream)
                && request.eventsOf(stream).stream()
                        .anyMatch(event -> event.type().equals(StreamNames.TOMBSTONE_TYPE))) {
            throw new IllegalArgumentException("An event of type \"" + StreamNames.TOMBSTONE_TYPE + "\" in \"" + stream
                    + "\" would be a tombstone; expected metadata. Call Tombstone to give one.");
        }
    }

    /// Deletes a stream: its events are hidden, and its next append begins it anew.
    ///
    /// @return the position of the deletion in our log
    /// @throws RefusedException when the stream is not as expected, has neither events nor
    ///     metadata, or has a tombstone
    public long delete(String stream, ExpectedState expected) {
        return mark(
                stream,
                expected,
                true,
                life -> NewEvent.of(
                        StreamNames.metastreamOf(stream),
                        StreamNames.METADATA_TYPE,
                        StreamMetadata.withTruncateBefore(life.json(), Long.MAX_VALUE)));
    }

    /// Gives a stream a tombstone: nobody can read it or append to it any more, for ever.
    ///
    /// @return the position of the tombstone in our log
    /// @throws IllegalArgumentException when a group keeps there what it knows: it could not go on, nor another one
    ///     of its name
    /// @throws RefusedException when the stream is not as expected or has a tombstone already
    public long tombstone(String stream, ExpectedState expected) {
        if (stream.startsWith(StreamNames.GROUP_PREFIX)) {
            throw new IllegalArgumentException("The stream \"" + stream + "\" cannot get a tombstone, since a group"
                    + " keeps there what it knows; expected it to be deleted, or the group.");
        }
        return mark(
                stream,
                expected,
                false,
                _ -> NewEvent.of(StreamNames.metastreamOf(stream), StreamNames.TOMBSTONE_TYPE, "{}"));
    }

    /// Hides a stream's events before a revision; what else its metadata says stays.
    ///
    /// @return the position of the change in our log
    /// @throws RefusedException when the stream has a tombstone
    public long truncate(String stream, long beforeRevision) {
        return mark(
                stream,
                ExpectedState.ANY,
                false,
                life -> NewEvent.of(
                        StreamNames.metastreamOf(stream),
                        StreamNames.METADATA_TYPE,
                        StreamMetadata.withTruncateBefore(life.json(), beforeRevision)));
    }

    private long mark(
            String stream, ExpectedState expected, boolean expectsSomething, Function<Lifecycle, NewEvent> event) {
        if (StreamNames.isMetastream(stream) || stream.equals(StreamNames.ALL)) {
            throw new IllegalArgumentException(
                    "The stream \"" + stream + "\" cannot be deleted; expected one that holds events of users.");
        }
        SequencedMap<String, ExpectedState> one = new LinkedHashMap<>();
        one.put(stream, expected);
        AppendRequest request = new AppendRequest(List.of(), one, Set.of());
        Mark mark = new Mark(stream, expectsSomething, event);
        Job job = new Job(request, Optional.of(mark), new CompletableFuture<>());
        return switch (outcome(attempt(job, 1))) {
            case AppendOutcome.Stored stored -> stored.position();
            case AppendOutcome.Refused refused ->
                throw RefusedException.of(refused.violations().getFirst());
        };
    }

    private AppendPlan plan(Job job) {
        AppendPlan plan = AppendPlan.of(job.request(), job.changed(), lifecycles);
        job.mark().ifPresent(mark -> mark.addTo(plan));
        return plan;
    }

    private CompletableFuture<AppendOutcome> attempt(Job job, int attempt) {
        AppendPlan plan = plan(job);
        return attempt(job, plan, plan.append(), attempt);
    }

    private CompletableFuture<AppendOutcome> attempt(Job job, AppendPlan plan, Append append, int attempt) {
        if (plan.violations().isEmpty()) {
            var _ = store.appendAsync(append).whenComplete((appended, failure) -> {
                if (appended == null) {
                    failed(job, plan, failure, attempt);
                } else if (job.request().isComplete()) {
                    job.outcome().complete(stored(job, appended));
                } else {
                    run(job, () -> job.outcome().complete(stored(job, appended)));
                }
            });
        } else {
            run(job, () -> violated(job, plan, attempt));
        }
        return job.outcome();
    }

    private void failed(Job job, AppendPlan plan, Throwable failure, int attempt) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof AppendConflictException conflict) {
            run(job, () -> settle(job, plan, conflict, attempt));
        } else if (cause instanceof PositionAheadException && attempt < ATTEMPTS_MAX) {
            // The log does not reach to where the stream began any more: a server that stepped in may have lost its
            // newest events.
            forget(job.request());
            run(job, () -> {
                var _ = attempt(job, attempt + 1);
            });
        } else {
            job.outcome().completeExceptionally(cause);
        }
    }

    /// Goes on in a thread that may block.
    private void run(Job job, Runnable step) {
        threads.execute(() -> {
            try {
                step.run();
            } catch (RuntimeException failure) {
                job.outcome().completeExceptionally(failure);
            }
        });
    }

    /// What is known already not to hold may be out of date, and other expectations may not hold either: the
    /// store is asked.
    private void violated(Job job, AppendPlan plan, int attempt) {
        try {
            store.append(plan.check());
            job.outcome().complete(refused(job.request(), plan, List.of()));
        } catch (AppendConflictException conflict) {
            settle(job, plan, conflict, attempt);
        }
    }

    private void settle(Job job, AppendPlan plan, AppendConflictException conflict, int attempt) {
        AppendRequest request = job.request();
        boolean isOutOfDate = conflict.failures().stream()
                .anyMatch(failure -> expectationOf(plan, failure).isEmpty());
        if (!isOutOfDate) {
            job.outcome().complete(refused(request, plan, conflict.failures()));
            return;
        }
        forget(request);
        if (attempt == ATTEMPTS_MAX) {
            throw new StoreUnavailableException(
                    "The metadata of the streams " + request.expected().keySet() + " changed " + ATTEMPTS_MAX
                            + " times while an append was decided; nothing was stored. Repeat it.",
                    true,
                    null);
        }
        var _ = attempt(job, attempt + 1);
    }

    private AppendOutcome refused(AppendRequest request, AppendPlan plan, List<Failure> failures) {
        Map<String, Violation> violations = new HashMap<>(plan.violations());
        for (Failure failure : failures) {
            String stream = expectationOf(plan, failure).orElseThrow();
            violations.computeIfAbsent(
                    stream, _ -> Violation.found(stream, expected(request, stream), lastRevision(stream, failure)));
        }
        boolean isDead = violations.values().stream().anyMatch(Violation::isTombstoned);
        Optional<AppendOutcome.Stored> before = isDead ? Optional.empty() : repeated.find(request);
        if (before.isPresent()) {
            return before.get();
        }
        return new AppendOutcome.Refused(request.expected().keySet().stream()
                .filter(violations::containsKey)
                .map(violations::get)
                .toList());
    }

    /// What refused the append, where that is known: since then the stream may have become what was expected.
    private long lastRevision(String stream, Failure failure) {
        return failure instanceof Failure.StreamMoved moved
                ? moved.lastRevision().orElse(-1)
                : lifecycles.lastRevision(stream);
    }

    private static ExpectedState expected(AppendRequest request, String stream) {
        ExpectedState expected = request.expected().get(stream);
        return expected == null ? ExpectedState.ANY : expected;
    }

    private AppendOutcome stored(Job job, Appended appended) {
        AppendRequest request = job.request();
        Map<String, Long> revisions = new HashMap<>();
        List<NewEvent> events = request.events();
        for (int i = 0; i < events.size(); i++) {
            String stream = events.get(i).stream();
            long revision = appended.revisions().get(i);
            revisions.put(stream, revision);
            if (revision == 0) {
                lifecycles.began(stream, appended.fromPosition() + i);
            }
        }
        for (String stream : request.written()) {
            revisions.computeIfAbsent(stream, lifecycles::lastRevision);
        }
        boolean hasMore = appended.revisions().size() > events.size();
        if (hasMore || events.stream().anyMatch(event -> StreamNames.isMetastream(event.stream()))) {
            forget(request);
        }
        long count = job.mark().isPresent() ? 1 : events.size();
        return new AppendOutcome.Stored(appended.fromPosition() + count - 1, revisions);
    }

    private void forget(AppendRequest request) {
        request.expected().keySet().forEach(stream -> lifecycles.forget(StreamNames.subjectOf(stream)));
    }

    private static Optional<String> expectationOf(AppendPlan plan, Failure failure) {
        return switch (failure) {
            case Failure.StreamMoved moved -> plan.expectationOf(moved.condition());
            case Failure.QueryMatched matched -> plan.expectationOf(matched.condition());
            case Failure.TrackingNotRising _, Failure.RecordedTimeFalling _ -> Optional.empty();
        };
    }

    /// An append on its way.
    private record Job(AppendRequest request, Optional<Mark> mark, CompletableFuture<AppendOutcome> outcome) {
        Set<String> changed() {
            return mark.map(one -> Set.of(one.stream())).orElseGet(request::written);
        }
    }

    /// An event that says what became of a stream.
    ///
    /// @param expectsSomething whether the stream must have events or metadata
    private record Mark(String stream, boolean expectsSomething, Function<Lifecycle, NewEvent> event) {
        void addTo(AppendPlan plan) {
            if (expectsSomething) {
                plan.expectSomething(stream);
            }
            plan.add(event.apply(plan.lifecycle(stream)));
        }
    }
}
