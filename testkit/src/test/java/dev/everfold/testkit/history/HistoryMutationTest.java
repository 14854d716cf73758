package dev.everfold.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.testkit.MutableClock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A recorded history of a correct store passes, and after any one change to it it does not.
class HistoryMutationTest {

    private static final long SEED = Long.getLong("everfold.seed", 5);
    private static final int MUTANTS_EACH = 40;

    private static List<ClientCall> calls;
    private static List<RecordedEvent> log;

    /// One small lie about the log or about an answer.
    enum Mutation {
        LOSE_AN_EVENT {
            @Override
            void apply(Mutant mutant) {
                mutant.log.remove(mutant.anyPosition());
            }
        },
        REPEAT_AN_EVENT {
            @Override
            void apply(Mutant mutant) {
                mutant.log.add(mutant.log.get(mutant.anyPosition()));
            }
        },
        SWAP_TWO_EVENTS {
            @Override
            void apply(Mutant mutant) {
                int position = mutant.random.nextInt(mutant.log.size() - 1);
                Collections.swap(mutant.log, position, position + 1);
            }
        },
        CHANGE_A_TAG {
            @Override
            void apply(Mutant mutant) {
                int position = mutant.anyPosition();
                RecordedEvent event = mutant.log.get(position);
                NewEvent changed = event.toNewEvent().withTags("customer:mallory");
                mutant.log.set(
                        position, Story.recorded(changed, event.position(), event.revision(), event.recordedMicros()));
            }
        },
        ACCEPT_WHAT_WAS_REFUSED {
            @Override
            void apply(Mutant mutant) {
                mutant.change(
                        call -> call.answer() instanceof Answer.Refused && hasEvents(call),
                        call -> call.answered(new Answer.Accepted(new Appended(0, List.of(0L)))));
            }
        },
        REFUSE_WHAT_WAS_ACCEPTED {
            @Override
            void apply(Mutant mutant) {
                mutant.change(
                        call -> call.answer() instanceof Answer.Accepted && hasEvents(call),
                        call -> call.answered(new Answer.Refused(new Refusal.Conflict(List.of()))));
            }
        },
        MOVE_AN_ACKNOWLEDGEMENT {
            @Override
            void apply(Mutant mutant) {
                mutant.change(call -> call.answer() instanceof Answer.Accepted && hasEvents(call), call -> {
                    Appended appended = ((Answer.Accepted) call.answer()).appended();
                    return call.answered(
                            new Answer.Accepted(new Appended(appended.fromPosition() + 1, appended.revisions())));
                });
            }
        },
        LEAVE_AN_EVENT_OUT_OF_A_READ {
            @Override
            void apply(Mutant mutant) {
                mutant.changeRead(seen -> seen.events().size() > 1, seen -> {
                    List<Sighting> fewer = new ArrayList<>(seen.events());
                    fewer.remove(mutant.random.nextInt(fewer.size() - 1));
                    return fewer;
                });
            }
        },
        READ_AN_EVENT_TWICE {
            @Override
            void apply(Mutant mutant) {
                mutant.changeRead(seen -> !seen.events().isEmpty(), seen -> {
                    List<Sighting> more = new ArrayList<>(seen.events());
                    more.add(more.getLast());
                    return more;
                });
            }
        },
        READ_OTHER_BYTES {
            @Override
            void apply(Mutant mutant) {
                mutant.changeRead(seen -> !seen.events().isEmpty(), seen -> {
                    List<Sighting> changed = new ArrayList<>(seen.events());
                    changed.set(0, new Sighting(changed.getFirst().position(), 1));
                    return changed;
                });
            }
        },
        GO_BACK_TO_THE_BEGINNING {
            @Override
            void apply(Mutant mutant) {
                mutant.change(
                        call -> call.answer() instanceof Answer.NextAt && call.number() > 20,
                        call -> call.answered(new Answer.NextAt(0)));
            }
        },
        FIND_ANOTHER_REVISION {
            @Override
            void apply(Mutant mutant) {
                mutant.change(
                        call -> call.answer() instanceof Answer.Refused(Refusal.Conflict(var findings))
                                && findings.getFirst() instanceof Finding.LastRevision,
                        call -> call.answered(new Answer.Refused(
                                new Refusal.Conflict(List.of(new Finding.LastRevision(0, log.size()))))));
            }
        },
        FORGET_WHAT_WAS_TRACKED {
            @Override
            void apply(Mutant mutant) {
                mutant.change(
                        call -> call.answer() instanceof Answer.TrackedAt(var position)
                                && position.isPresent()
                                && position.getAsLong() > 10,
                        call -> call.answered(new Answer.TrackedAt(OptionalLong.of(0))));
            }
        },
        FORGET_THAT_AN_APPEND_WAS_MADE {
            @Override
            void apply(Mutant mutant) {
                ClientCall forgotten =
                        mutant.anyCall(call -> call.answer() instanceof Answer.Accepted && hasEvents(call));
                mutant.calls.removeIf(
                        call -> call.call().toString().equals(forgotten.call().toString()));
            }
        },
        ASK_AFTER_THE_END {
            @Override
            void apply(Mutant mutant) {
                long end = mutant.calls.stream()
                        .filter(ClientCall::isOver)
                        .mapToLong(ClientCall::overNanos)
                        .max()
                        .orElseThrow();
                mutant.change(
                        call -> call.answer() instanceof Answer.NextAt(long position) && position < log.size(),
                        call -> call.at(end + 1, end + 2));
            }
        };

        abstract void apply(Mutant mutant);
    }

    /// A copy of the history that may be changed.
    static final class Mutant {

        private final SplittableRandom random;
        private final List<ClientCall> calls = new ArrayList<>(HistoryMutationTest.calls);
        private final List<RecordedEvent> log = new ArrayList<>(HistoryMutationTest.log);

        Mutant(SplittableRandom random) {
            this.random = random;
        }

        int anyPosition() {
            return random.nextInt(log.size());
        }

        ClientCall anyCall(Predicate<ClientCall> which) {
            List<ClientCall> candidates = calls.stream().filter(which).toList();
            assertThat(candidates).as("calls that can be changed").isNotEmpty();
            return candidates.get(random.nextInt(candidates.size()));
        }

        void change(Predicate<ClientCall> which, UnaryOperator<ClientCall> how) {
            ClientCall changed = anyCall(which);
            calls.set(calls.indexOf(changed), how.apply(changed));
        }

        void changeRead(Predicate<Answer.Seen> which, Function<Answer.Seen, List<Sighting>> how) {
            change(call -> call.answer() instanceof Answer.Seen seen && which.test(seen), call -> {
                Answer.Seen seen = (Answer.Seen) call.answer();
                return call.answered(
                        new Answer.Seen(how.apply(seen), seen.end(), seen.nextPosition(), seen.exhausted()));
            });
        }
    }

    @BeforeAll
    static void record() throws InterruptedException {
        MutableClock clock = MutableClock.at("2026-03-01T12:00:00Z");
        try (InMemoryEventStore store = new InMemoryEventStore(clock, Limits.DEFAULTS)) {
            calls = new HistoryWorkload(SEED, 6, 120).run(store).calls();
            log = store.read(Read.all()).toList();
        }
    }

    @Test
    void a_recorded_history_passes() {
        assertThat(HistoryChecker.check(new History(calls), log))
                .as("seed %s", SEED)
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void a_history_with_one_change_is_found(Mutation mutation) {
        for (int i = 0; i < MUTANTS_EACH; i++) {
            Mutant mutant = new Mutant(new SplittableRandom(SEED * 1_000 + i));
            mutation.apply(mutant);

            assertThat(HistoryChecker.check(new History(mutant.calls), mutant.log))
                    .as("seed %s, mutant %s of %s", SEED, i, mutation)
                    .isNotEmpty();
        }
    }

    private static boolean hasEvents(ClientCall call) {
        return call.call() instanceof Call.Appending(var append)
                && !append.events().isEmpty();
    }
}
