package dev.everfold.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.InMemoryEventStore;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RandomOperationsTest {

    @Test
    void the_same_seed_gives_the_same_operations_and_the_same_outcomes() throws Exception {
        List<String> first = history(17, 500);
        List<String> second = history(17, 500);
        List<String> other = history(18, 500);

        assertThat(second.equals(first)).isTrue();
        assertThat(other.equals(first)).isFalse();
    }

    @Test
    void every_kind_of_operation_and_of_outcome_is_drawn() throws Exception {
        String story = String.join("\n", history(1, 1_500));

        assertThat(List.of(
                        "append ",
                        "append without waiting ",
                        "read across an append",
                        "ReadSome",
                        "AskTracked",
                        "AskStats",
                        "AskPosition",
                        "MoveClock",
                        "BACKWARDS",
                        "FORWARDS",
                        "Revisions",
                        "Matching",
                        "Appended[",
                        "AppendConflictException",
                        "AppendIdReusedException",
                        "PositionAheadException",
                        "Condition from position",
                        "Read from position",
                        "StreamMoved",
                        "QueryMatched",
                        "TrackingNotRising",
                        "RecordedTimeFalling",
                        "(Limits.tagsMax)",
                        "(Limits.appendEventsMax)",
                        "(Limits.conditionsMax)",
                        "(Limits.nameBytesMax)",
                        "(Limits.queryTermsMax)",
                        "(Limits.eventBytesMax)",
                        "(Limits.metadataBytesMax)"))
                .filteredOn(part -> !story.contains(part))
                .isEmpty();
    }

    @Test
    void most_appends_are_accepted_and_many_are_refused() throws Exception {
        List<String> appends = history(2, 2_000).stream()
                .filter(step -> step.startsWith("append "))
                .toList();

        long accepted =
                appends.stream().filter(step -> step.contains("Appended[")).count();
        long refused = appends.stream()
                .filter(step -> step.contains(AppendConflictException.class.getSimpleName()))
                .count();
        assertThat(accepted).isGreaterThan(appends.size() / 2);
        assertThat(refused).isGreaterThan(appends.size() / 10);
    }

    private static List<String> history(long seed, int steps) throws InterruptedException {
        MutableClock clock = MutableClock.at("2026-03-01T12:00:00Z");
        List<String> history = new ArrayList<>();
        try (EventStore store = new InMemoryEventStore(clock, DifferentialConformance.NARROW)) {
            RandomOperations operations = new RandomOperations(seed, store, clock);
            for (int i = 0; i < steps; i++) {
                Operation operation = operations.next();
                if (operation instanceof Operation.MoveClock(var by)) {
                    clock.advance(by);
                }
                history.add(operation + " -> " + operation.applyTo(store));
            }
        }
        return history;
    }
}
