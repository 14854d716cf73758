package dev.everfold.testkit;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StoreStats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/// One call of a store, as a value: it can be made on several stores and the outcomes compared.
///
/// [RandomOperations] draws them from a seed; [DifferentialConformance] makes them.
public sealed interface Operation {

    /// An asynchronous append that is not answered within so many seconds is given up.
    long ANSWER_SECONDS_MAX = 30;

    /// What came of an operation, in parts that are equal for stores that behave alike.
    ///
    /// @param parts answers, or class, message and failures of an exception
    record Outcome(List<Object> parts) {

        /// Copies the list.
        public Outcome {
            parts = List.copyOf(parts);
        }

        static Outcome of(Object... parts) {
            return new Outcome(List.of(parts));
        }
    }

    /// Makes the call.
    ///
    /// @return the answer, or the exception if it is one that a store may throw
    /// @throws InterruptedException when the thread was interrupted while it waited
    Outcome applyTo(EventStore store) throws InterruptedException;

    /// Appends.
    record AppendOne(Append append) implements Operation {
        @Override
        public Outcome applyTo(EventStore store) throws InterruptedException {
            return outcomeOf(() -> store.append(append));
        }

        /// The whole append, unlike its own short form.
        @Override
        public String toString() {
            return "append " + describe(append);
        }
    }

    /// Appends one after another without waiting, then awaits all answers.
    record AppendBurst(List<Append> appends) implements Operation {

        /// Copies the list.
        public AppendBurst {
            appends = List.copyOf(appends);
        }

        @Override
        public Outcome applyTo(EventStore store) throws InterruptedException {
            List<Callable<Appended>> answers = new ArrayList<>();
            for (Append append : appends) {
                try {
                    CompletableFuture<Appended> answer = store.appendAsync(append);
                    answers.add(() -> answer.get(ANSWER_SECONDS_MAX, TimeUnit.SECONDS));
                } catch (EventStoreException atOnce) {
                    answers.add(() -> {
                        throw atOnce;
                    });
                }
            }
            List<Object> outcomes = new ArrayList<>();
            for (Callable<Appended> answer : answers) {
                outcomes.add(outcomeOf(answer));
            }
            return new Outcome(outcomes);
        }

        /// The whole appends, unlike their own short form.
        @Override
        public String toString() {
            return "append without waiting "
                    + appends.stream().map(Operation::describe).toList();
        }
    }

    /// Reads, and stops after `take` events.
    record ReadSome(Read read, long take) implements Operation {
        @Override
        public Outcome applyTo(EventStore store) throws InterruptedException {
            return outcomeOf(() -> {
                List<Object> seen = new ArrayList<>();
                EventCursor cursor = store.read(read);
                try (cursor) {
                    seen.add(cursor.nextPosition());
                    seen.add(taken(cursor, take));
                    seen.add(cursor.nextPosition());
                    seen.add(cursor.hasNext());
                    seen.add(cursor.hasNext());
                    seen.add(cursor.nextPosition());
                }
                seen.add(outcomeOf(cursor::hasNext));
                seen.add(cursor.nextPosition());
                seen.add(cursor.end());
                return seen;
            });
        }
    }

    /// Reads `take` events, appends, and reads the rest: a cursor sees only what was there when it was
    /// opened.
    record ReadAcross(Read read, long take, Append between) implements Operation {
        @Override
        public Outcome applyTo(EventStore store) throws InterruptedException {
            return outcomeOf(() -> {
                List<Object> seen = new ArrayList<>();
                try (EventCursor cursor = store.read(read)) {
                    seen.add(taken(cursor, take));
                    seen.add(outcomeOf(() -> store.append(between)));
                    seen.add(cursor.nextPosition());
                    seen.add(taken(cursor, Long.MAX_VALUE));
                    seen.add(cursor.nextPosition());
                    seen.add(cursor.end());
                }
                return seen;
            });
        }

        /// The whole append, unlike its own short form.
        @Override
        public String toString() {
            return "read across an append, " + take + " of " + read + ", append " + describe(between);
        }
    }

    /// Asks for the tracked position of a source.
    record AskTracked(String source) implements Operation {
        @Override
        public Outcome applyTo(EventStore store) throws InterruptedException {
            return outcomeOf(() -> store.trackedPosition(source));
        }
    }

    /// Asks for the statistics.
    record AskStats() implements Operation {
        @Override
        public Outcome applyTo(EventStore store) throws InterruptedException {
            return outcomeOf(() -> {
                StoreStats stats = store.stats();
                return List.of(stats.events(), stats.streams(), stats.types());
            });
        }
    }

    /// Asks whether a position is there, without waiting.
    record AskPosition(long position) implements Operation {
        @Override
        public Outcome applyTo(EventStore store) throws InterruptedException {
            return outcomeOf(() -> List.of(store.awaitPosition(position, Duration.ZERO), store.nextPosition()));
        }
    }

    /// Moves the clock that the stores share, which nobody answers; done by the one who makes the
    /// operations.
    record MoveClock(Duration by) implements Operation {
        @Override
        public Outcome applyTo(EventStore store) {
            return Outcome.of();
        }
    }

    /// Closes the store and opens it again, which nobody answers; done by the one who makes the operations.
    record Restart() implements Operation {
        @Override
        public Outcome applyTo(EventStore store) {
            return Outcome.of();
        }
    }

    private static List<RecordedEvent> taken(EventCursor cursor, long atMost) {
        List<RecordedEvent> events = new ArrayList<>();
        while (events.size() < atMost && cursor.hasNext()) {
            events.add(cursor.next());
        }
        return events;
    }

    private static Outcome outcomeOf(Callable<?> call) throws InterruptedException {
        try {
            return Outcome.of(call.call());
        } catch (EventStoreException refused) {
            return refusal(refused);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof EventStoreException refused) {
                return refusal(refused);
            }
            throw new AssertionError("A store failed with what no store may throw.", failed.getCause());
        } catch (InterruptedException interrupted) {
            throw interrupted;
        } catch (Exception unexpected) {
            throw new AssertionError("A store failed with what no store may throw.", unexpected);
        }
    }

    private static Outcome refusal(EventStoreException refused) {
        List<?> failures = refused instanceof AppendConflictException conflict ? conflict.failures() : List.of();
        return Outcome.of(
                refused.getClass().getSimpleName(),
                String.valueOf(refused.getMessage()),
                refused.stored(),
                refused.retryable(),
                failures);
    }

    private static String describe(Append append) {
        List<String> events = append.events().stream()
                .map(event -> event.stream() + " " + event.type() + " " + event.tags() + " " + event.id()
                        + event.recorded().map(time -> " recorded " + time).orElse(""))
                .toList();
        return append.id() + " events " + events + " conditions " + append.conditions()
                + append.tracking().map(tracking -> " " + tracking).orElse("");
    }
}
