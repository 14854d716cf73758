package dev.everfold.testkit;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.StoreClosedException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/// Faults of waiting and of closing.
final class LifeFaults {

    private LifeFaults() {}

    static List<PlantedFault> all() {
        return Stream.of(
                        ofWaiting().stream().map(fault -> fault.noticedBy(AwaitConformance.class)),
                        ofClosing().stream().map(fault -> fault.noticedBy(CloseConformance.class)))
                .flatMap(faults -> faults)
                .toList();
    }

    private static List<PlantedFault> ofWaiting() {
        return List.of(
                waiting("waiting says yes at once", (store, position, timeout) -> true),
                waiting(
                        "waiting says no at once",
                        (store, position, timeout) -> store.awaitPosition(position, Duration.ZERO)),
                waiting(
                        "waiting ends one position early",
                        (store, position, timeout) -> store.awaitPosition(position - 1, timeout)),
                waiting(
                        "waiting takes half its time",
                        (store, position, timeout) -> store.awaitPosition(position, timeout.dividedBy(2))),
                waiting(
                        "a long time to wait overflows",
                        (store, position, timeout) ->
                                store.awaitPosition(position, Duration.ofNanos(timeout.toNanos()))),
                waiting("a negative time to wait is refused", (store, position, timeout) -> {
                    if (timeout.isNegative()) {
                        throw new IllegalArgumentException("The timeout is negative.");
                    }
                    return store.awaitPosition(position, timeout);
                }),
                waiting("an interruption does not end the waiting", (store, position, timeout) -> {
                    try {
                        return store.awaitPosition(position, timeout);
                    } catch (InterruptedException ignored) {
                        return store.awaitPosition(position, Duration.ZERO);
                    }
                }));
    }

    private static List<PlantedFault> ofClosing() {
        return List.of(
                PlantedFault.of("what was accepted is refused at the close", store -> new Queueing(store, true))
                        .noticedBy(RestartConformance.class),
                PlantedFault.of("what was accepted is never answered", store -> new Queueing(store, false)),
                PlantedFault.of("cursors go on after the close", store -> new ForwardingEventStore(store) {
                    @Override
                    public EventCursor read(Read read) {
                        return delegate.nextPosition() < 0
                                ? delegate.read(read)
                                : kept(delegate).read(read);
                    }
                }),
                PlantedFault.of("reads go on after the close", store -> new ForwardingEventStore(store) {
                    @Override
                    public EventCursor read(Read read) {
                        return kept(delegate).read(read);
                    }
                }),
                PlantedFault.of("a closed store says its next position", store -> new ForwardingEventStore(store) {
                    @Override
                    public long nextPosition() {
                        return kept(delegate).nextPosition();
                    }
                }),
                PlantedFault.of("a closed store takes appends", store -> new ForwardingEventStore(store) {
                            @Override
                            public Appended append(Append append) {
                                return kept(delegate).append(append);
                            }
                        })
                        .noticedBy(RestartConformance.class),
                PlantedFault.of(
                        "threads that wait are not told of the close", store -> new ForwardingEventStore(store) {
                            @Override
                            public boolean awaitPosition(long position, Duration timeout) throws InterruptedException {
                                return kept(delegate).awaitPosition(position, timeout);
                            }
                        }),
                PlantedFault.of("the second close fails", store -> new ForwardingEventStore(store) {
                    private boolean closed;

                    @Override
                    public void close() {
                        if (closed) {
                            throw new StoreClosedException("store");
                        }
                        closed = true;
                        delegate.close();
                    }
                }),
                PlantedFault.of("what an answer sets off cannot close the store", AnswerWaiting::new),
                PlantedFault.of("whoever closes the store is interrupted no more", InterruptionSwallowing::new),
                PlantedFault.of(
                        "an append to a closed store throws although it is asynchronous",
                        store -> new ForwardingEventStore(store) {
                            @Override
                            public CompletableFuture<Appended> appendAsync(Append append) {
                                CompletableFuture<Appended> answer = super.appendAsync(append);
                                if (answer.isCompletedExceptionally()
                                        && answer.exceptionNow() instanceof StoreClosedException closed) {
                                    throw closed;
                                }
                                return answer;
                            }
                        }));
    }

    private static EventStore kept(EventStore door) {
        return ((KeptStore) door).delegate;
    }

    /// Waits otherwise.
    private interface Waiting {
        boolean await(EventStore store, long position, Duration timeout) throws InterruptedException;
    }

    private static PlantedFault waiting(String name, Waiting waiting) {
        return PlantedFault.of(name, store -> new ForwardingEventStore(store) {
            @Override
            public boolean awaitPosition(long position, Duration timeout) throws InterruptedException {
                return waiting.await(delegate, position, timeout);
            }
        });
    }

    /// Forgets at the close that its thread was interrupted.
    private static final class InterruptionSwallowing extends ForwardingEventStore {

        InterruptionSwallowing(EventStore store) {
            super(store);
        }

        @Override
        public void close() {
            boolean _ = Thread.interrupted();
            delegate.close();
        }
    }

    /// Would wait at the close for what its answers set off, though that is what closes it.
    private static final class AnswerWaiting extends ForwardingEventStore {

        private boolean answering;

        AnswerWaiting(EventStore store) {
            super(store);
        }

        @Override
        public CompletableFuture<Appended> appendAsync(Append append) {
            CompletableFuture<Appended> answer = new CompletableFuture<>() {
                @Override
                public CompletableFuture<Void> thenRun(Runnable action) {
                    return super.thenRun(() -> {
                        answering = true;
                        action.run();
                        answering = false;
                    });
                }
            };
            CompletableFuture<Appended> _ = super.appendAsync(append).whenComplete((appended, refused) -> {
                if (refused == null) {
                    answer.complete(appended);
                } else {
                    answer.completeExceptionally(refused);
                }
            });
            return answer;
        }

        @Override
        public void close() {
            if (answering) {
                throw new IllegalStateException("The store waits for itself.");
            }
            delegate.close();
        }
    }

    /// Stores an asynchronous append when the next call comes, and at the close not at all.
    private static final class Queueing extends ForwardingEventStore {

        // Guarded by this.
        private final Queue<Runnable> queue = new ArrayDeque<>();
        private final Queue<CompletableFuture<Appended>> answers = new ArrayDeque<>();
        private final boolean answersAtClose;
        private boolean closed;

        Queueing(EventStore store, boolean answersAtClose) {
            super(store);
            this.answersAtClose = answersAtClose;
        }

        @Override
        public synchronized CompletableFuture<Appended> appendAsync(Append append) {
            if (closed) {
                return super.appendAsync(append);
            }
            delegate.limits().check(append);
            while (queue.size() > 20) {
                queue.remove().run();
            }
            CompletableFuture<Appended> answer = new CompletableFuture<>();
            answers.add(answer);
            queue.add(() -> {
                try {
                    answer.complete(delegate.append(append));
                } catch (EventStoreException refused) {
                    answer.completeExceptionally(refused);
                }
            });
            return answer;
        }

        @Override
        public void close() {
            synchronized (this) {
                closed = true;
                queue.clear();
                if (answersAtClose) {
                    answers.forEach(answer -> answer.completeExceptionally(new StoreClosedException("store")));
                }
            }
            delegate.close();
        }
    }
}
