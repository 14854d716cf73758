package dev.everfold.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.AppendConflictException.Failure.QueryMatched;
import dev.everfold.eventstore.AppendConflictException.Failure.StreamMoved;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Many writers at once: one winner where they meet, nobody disturbed where they do not.
///
/// Racers are virtual threads that begin together and are held up for moments drawn from a seed, so
/// that they do not all meet at the same point. What the scheduler makes of it differs from run to run;
/// the assertions hold for all. Readers beside writers are in [VisibilityConformance].
///
/// Leaves open: fairness between writers, throughput.
public abstract class ConcurrencyConformance extends ConformanceSuite {

    private static final int RACERS = 8;
    private static final int ROUNDS = 25;

    @Test
    void unconditional_appends_all_succeed_and_share_one_order() throws Exception {
        List<List<Appended>> answers = Racers.race(RACERS, racer -> () -> {
            SplittableRandom random = new SplittableRandom(racer);
            List<Appended> given = new ArrayList<>();
            for (int i = 0; i < ROUNDS; i++) {
                Racers.stagger(random);
                given.add(append(event("writer-" + racer, "noted"), event("common-1", "noted")));
            }
            return given;
        });

        assertThat(answers.stream()
                        .flatMap(Collection::stream)
                        .map(Appended::fromPosition)
                        .sorted())
                .isEqualTo(LongStream.range(0, RACERS * ROUNDS)
                        .map(i -> i * 2)
                        .boxed()
                        .toList());
        assertThat(log())
                .extracting(RecordedEvent::position)
                .isEqualTo(LongStream.range(0, RACERS * ROUNDS * 2L).boxed().toList());
        for (int racer = 0; racer < RACERS; racer++) {
            assertThat(answers.get(racer).stream()
                            .map(answer -> answer.revisions().getFirst()))
                    .isEqualTo(LongStream.range(0, ROUNDS).boxed().toList());
        }
        assertThat(read(Read.stream("common-1")))
                .extracting(RecordedEvent::revision)
                .isEqualTo(LongStream.range(0, RACERS * ROUNDS).boxed().toList());
    }

    @Test
    void of_all_that_expect_the_same_revision_exactly_one_wins() throws Exception {
        append(event("seat-1", "offered"));
        for (int round = 0; round < ROUNDS; round++) {
            Expected last = Expected.revision(round);
            int winners = winners(
                    round,
                    racer -> () -> store.append(
                            Append.of(event("seat-1", "taken." + racer)).expecting("seat-1", last)));

            assertThat(winners).as("winners of round %s", round).isEqualTo(1);
        }
        assertThat(store.nextPosition()).isEqualTo(ROUNDS + 1L);
    }

    @Test
    void of_all_that_expect_no_stream_exactly_one_wins() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            String stream = "seat-" + round;
            int winners = winners(
                    round,
                    racer -> () -> store.append(
                            Append.of(event(stream, "taken." + racer)).expecting(stream, Expected.noStream())));

            assertThat(winners).as("winners of round %s", round).isEqualTo(1);
        }
        assertThat(store.nextPosition()).isEqualTo(ROUNDS);
    }

    @Test
    void of_all_that_guard_the_same_boundary_exactly_one_wins() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            long known = store.nextPosition();
            int winners = winners(
                    round,
                    racer -> () -> store.append(
                            Append.of(event("student-" + racer, "subscribed", "course:1", "student:" + racer))
                                    .unless(Query.tags("course:1"), known)));

            assertThat(winners).as("winners of round %s", round).isEqualTo(1);
        }
        assertThat(store.nextPosition()).isEqualTo(ROUNDS);
    }

    @Test
    void of_all_that_claim_a_name_that_must_be_nowhere_in_the_log_exactly_one_wins() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            String name = "username:" + round;
            int winners = winners(
                    round,
                    racer -> () -> store.append(
                            Append.of(event("user-" + racer, "claimed", name)).unless(Query.tags(name), 0)));

            assertThat(winners).as("winners of round %s", round).isEqualTo(1);
        }
    }

    @Test
    void boundaries_of_different_kinds_that_overlap_have_one_winner_too() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            long known = store.nextPosition();
            int winners = winners(round, racer -> () -> {
                Append append = Append.of(event("course-1", "subscribed", "course:1"));
                return store.append(
                        switch (racer % 4) {
                            case 0 -> append.unless(Query.tags("course:1"), known);
                            case 1 -> append.unless(Query.types("subscribed"), known);
                            case 2 -> append.unless(Query.tags("course:2").or(Query.stream("course-1")), known);
                            default -> append.unless(Query.all(), known);
                        });
            });

            assertThat(winners).as("winners of round %s", round).isEqualTo(1);
        }
    }

    @Test
    void disjoint_boundaries_and_streams_never_conflict() throws Exception {
        Racers.race(RACERS, racer -> () -> {
            SplittableRandom random = new SplittableRandom(racer);
            long known = 0;
            Expected last = Expected.noStream();
            for (int i = 0; i < ROUNDS; i++) {
                Racers.stagger(random);
                Appended appended = store.append(Append.of(event("course-" + racer, "subscribed", "course:" + racer))
                        .expecting("course-" + racer, last)
                        .unless(Query.tags("course:" + racer), known));
                last = Expected.revision(appended.revisions().getFirst());
                known = appended.toPosition();
            }
            return known;
        });

        assertThat(store.nextPosition()).isEqualTo(RACERS * ROUNDS);
    }

    @Test
    void counting_with_retries_loses_no_count() throws Exception {
        append(event("counter-1", "counted"));
        Racers.race(RACERS, racer -> () -> {
            Expected last = Expected.revision(0);
            SplittableRandom random = new SplittableRandom(racer);
            Racers.Rounds rounds = new Racers.Rounds();
            int counted = 0;
            while (counted < ROUNDS && rounds.another()) {
                Racers.stagger(random);
                try {
                    Appended appended = store.append(
                            Append.of(event("counter-1", "counted")).expecting("counter-1", last));
                    last = Expected.revision(appended.revisions().getFirst());
                    counted++;
                } catch (AppendConflictException conflict) {
                    StreamMoved moved = (StreamMoved) conflict.failures().getFirst();
                    last = Expected.revision(moved.lastRevision().orElseThrow());
                }
            }
            return racer;
        });

        assertThat(read(Read.stream("counter-1"))).hasSize(RACERS * ROUNDS + 1);
    }

    @Test
    void what_a_refusal_found_can_be_read_as_soon_as_it_is_answered() throws Exception {
        Racers.race(RACERS, racer -> () -> {
            SplittableRandom random = new SplittableRandom(racer);
            for (int round = 0; round < ROUNDS; round++) {
                Racers.stagger(random);
                String name = "username:" + round;
                try {
                    store.append(
                            Append.of(event("user-" + racer, "claimed", name)).unless(Query.tags(name), 0));
                } catch (AppendConflictException conflict) {
                    long found = ((QueryMatched) conflict.failures().getFirst()).position();
                    assertThat(store.nextPosition()).isGreaterThan(found);
                    assertThat(read(Read.all().fromPosition(found).limit(1)))
                            .extracting(RecordedEvent::tags)
                            .containsExactly(List.of(name));
                }
            }
            return racer;
        });
    }

    @Test
    void a_refusal_against_an_append_in_flight_is_answered_after_that_one_is_stored() {
        for (int round = 0; round < ROUNDS; round++) {
            String stream = "order-" + round;
            CompletableFuture<Appended> inFlight = store.appendAsync(Append.of(event(stream, "order.placed")));

            AppendConflictException refusal =
                    conflict(Append.of(event(stream, "order.placed")).expecting(stream, Expected.noStream()));

            assertThat(refusal)
                    .hasMessageStartingWith(
                            "Append to stream \"" + stream + "\" refused: expected no stream, found 0.");
            assertThat(positions(Read.stream(stream))).hasSize(1);
            assertThat(answer(inFlight).revisions()).containsExactly(0L);
        }
    }

    @Test
    void asynchronous_appends_of_one_caller_are_stored_in_the_order_in_which_it_made_them() {
        List<CompletableFuture<Appended>> answers = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            Append append = Append.of(event("order-" + i % 7, "step." + i));
            answers.add(store.appendAsync(i % 3 == 0 ? append.expecting("order-8", Expected.any()) : append));
        }

        assertThat(answers.stream().map(answer -> answer(answer).fromPosition()))
                .isEqualTo(LongStream.range(0, 300).boxed().toList());
        assertThat(log())
                .extracting(RecordedEvent::type)
                .isEqualTo(IntStream.range(0, 300).mapToObj(i -> "step." + i).toList());
    }

    @Test
    void each_asynchronous_append_is_checked_against_those_before_it() {
        List<CompletableFuture<Appended>> answers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Expected last = i == 0 ? Expected.noStream() : Expected.revision(i - 1);
            answers.add(
                    store.appendAsync(Append.of(event("order-17", "step." + i)).expecting("order-17", last)));
        }

        assertThat(answers.stream().map(answer -> answer(answer).revisions().getFirst()))
                .isEqualTo(LongStream.range(0, 100).boxed().toList());
    }

    @Test
    void asynchronous_appends_of_several_callers_keep_the_order_of_each() throws Exception {
        Racers.race(RACERS, racer -> () -> {
            SplittableRandom random = new SplittableRandom(racer);
            List<CompletableFuture<Appended>> answers = new ArrayList<>();
            for (int i = 0; i < ROUNDS; i++) {
                Racers.stagger(random);
                answers.add(store.appendAsync(Append.of(event("common-1", "step." + i, "caller:" + racer))));
            }
            answers.forEach(ConformanceSuite::answer);
            return racer;
        });

        for (int racer = 0; racer < RACERS; racer++) {
            assertThat(read(Read.matching(Query.tags("caller:" + racer))))
                    .extracting(RecordedEvent::type)
                    .isEqualTo(IntStream.range(0, ROUNDS)
                            .mapToObj(i -> "step." + i)
                            .toList());
        }
    }

    @Test
    void the_same_append_from_many_threads_is_stored_once_and_answered_alike() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            Append placed = Append.of(event("order-17", "order.placed"), event("order-18", "order.placed"));

            List<Appended> answers = Racers.race(RACERS, racer -> () -> store.append(placed));

            assertThat(new HashSet<>(answers)).hasSize(1);
            assertThat(store.nextPosition()).isEqualTo(2L * round + 2);
        }
    }

    @Test
    void each_position_of_a_source_is_handed_over_by_exactly_one() throws Exception {
        Racers.race(RACERS, racer -> () -> {
            SplittableRandom random = new SplittableRandom(racer);
            for (long position = 0; position < ROUNDS; position++) {
                Racers.stagger(random);
                try {
                    store.append(
                            Append.of(event("copy-1", "copied." + position)).tracking("shop", position));
                } catch (AppendConflictException takenOver) {
                    assertThat(store.trackedPosition("shop").orElse(-1)).isGreaterThanOrEqualTo(position);
                }
            }
            return racer;
        });

        assertThat(log())
                .extracting(RecordedEvent::type)
                .doesNotHaveDuplicates()
                .isEqualTo(log().stream().map(RecordedEvent::type).distinct().toList());
        assertThat(store.trackedPosition("shop")).hasValue(ROUNDS - 1L);
    }

    @Test
    void every_condition_that_was_accepted_still_held_when_it_is_checked_again() throws Exception {
        List<List<Accepted>> accepted = Racers.race(RACERS, racer -> () -> {
            SplittableRandom random = new SplittableRandom(1_000 + racer);
            List<Accepted> ofRacer = new ArrayList<>();
            for (int i = 0; i < ROUNDS; i++) {
                randomDecision(random).ifPresent(ofRacer::add);
            }
            return ofRacer;
        });

        List<RecordedEvent> log = log();
        assertThat(accepted.stream().flatMap(Collection::stream))
                .isNotEmpty()
                .allSatisfy(decision -> assertThat(
                                log.subList((int) decision.fromPosition(), (int) decision.at()).stream()
                                        .filter(decision.boundary().predicate()))
                        .as("events that %s should have met", decision)
                        .isEmpty());
    }

    /// A decision that was accepted at a position, on the ground that nothing matched since another.
    private record Accepted(Query boundary, long fromPosition, long at) {}

    private Optional<Accepted> randomDecision(SplittableRandom random) {
        String[] tags = {"tag:" + random.nextInt(4), "tag:" + random.nextInt(4)};
        String type = "type." + random.nextInt(3);
        Query boundary =
                random.nextBoolean() ? Query.tags(tags) : Query.tags(tags[0]).or(Query.types(type));
        long known = store.nextPosition();
        Racers.stagger(random);
        try {
            Appended appended = store.append(Append.of(event("stream-" + random.nextInt(5), type, tags))
                    .withId(new UUID(random.nextLong(), random.nextLong()))
                    .unless(boundary, known));
            return Optional.of(new Accepted(boundary, known, appended.fromPosition()));
        } catch (AppendConflictException conflict) {
            return Optional.empty();
        }
    }

    /// Lets the racers append at once, and counts those that were not refused.
    private int winners(int round, IntFunction<Callable<Appended>> racer) throws InterruptedException {
        List<Boolean> won = Racers.race(RACERS, number -> {
            SplittableRandom random = new SplittableRandom(round * 31L + number);
            Callable<Appended> attempt = racer.apply(number);
            return () -> {
                Racers.stagger(random);
                try {
                    attempt.call();
                    return true;
                } catch (AppendConflictException lost) {
                    assertThat(lost.failures()).hasSize(1);
                    return false;
                }
            };
        });
        return (int) won.stream().filter(Boolean::booleanValue).count();
    }
}
