package dev.everfold.eventsourcing.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.subscription.ConsumerOptions;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ModelDifferenceTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    private final InMemoryEventStore store = new InMemoryEventStore();
    private final Everfold everfold = Everfold.on(store);
    private final MemoryReadModel<String, Integer> model = MemoryReadModel.empty();
    private final List<String> changes = new ArrayList<>();

    private void append(String stream, String type) {
        store.append(Append.of(NewEvent.of(stream, type, "{}")));
    }

    private static Projection<MemoryRows<String, Integer>> counting(String... types) {
        return Projection.raw("counts", Query.types(types), (rows, event) -> {
            if (event.type().equals("broken")) {
                throw new IllegalArgumentException("it is broken");
            }
            rows.merge(event.stream(), 1, Integer::sum);
        });
    }

    private ModelDifference difference(Projection<MemoryRows<String, Integer>> changed) throws InterruptedException {
        return everfold.difference(changed, model, change -> changes.add(change.toString()));
    }

    @AfterEach
    void close() {
        everfold.close();
        store.close();
    }

    @Test
    void a_projection_that_is_the_same_changes_nothing() throws InterruptedException {
        append("alice", "placed");
        append("bob", "paid");
        everfold.start(counting("placed", "paid"), model).awaitCaughtUp(SOON);

        ModelDifference difference = difference(counting("placed", "paid"));

        assertThat(difference)
                .hasToString("2 rows the same, 0 added, 0 removed, 0 changed, 0 events fail or wait; up to position 2");
        assertThat(difference.exitCode()).isZero();
        assertThat(changes).isEmpty();
    }

    @Test
    void rows_that_would_be_new_gone_or_otherwise_are_told_one_by_one() throws InterruptedException {
        append("alice", "placed");
        append("alice", "paid");
        append("bob", "placed");
        append("carol", "paid");
        append("dave", "sent");
        everfold.start(counting("placed", "sent"), model).awaitCaughtUp(SOON);

        ModelDifference difference = difference(counting("paid", "placed"));

        assertThat(changes)
                .containsExactly("~ counts alice value: 1 → 2", "+ counts carol {value=1}", "- counts dave {value=1}");
        assertThat(difference.exitCode()).isEqualTo(1);
        assertThat(model.builds("counts")).hasSize(1);
        assertThat(model.get("alice")).contains(1);
    }

    @Test
    void events_that_the_changed_projection_cannot_handle_are_told() throws InterruptedException {
        append("alice", "placed");
        append("alice", "broken");
        everfold.start(counting("placed"), model).awaitCaughtUp(SOON);

        ModelDifference difference = difference(counting("placed", "broken"));

        assertThat(difference.failing()).singleElement().satisfies(parked -> {
            assertThat(parked.position()).isEqualTo(1);
            assertThat(parked.failure()).contains("IllegalArgumentException: it is broken");
        });
        assertThat(difference.exitCode()).isEqualTo(1);
    }

    @Test
    void nothing_to_compare_with_is_refused() {
        assertThatThrownBy(() -> difference(counting("placed")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Nothing of projection \"counts\" is serving; expected a model to compare with."
                        + " Start the projection first.");
    }

    @Test
    @Timeout(60)
    void a_comparison_whose_build_another_one_deletes_ends_and_says_so() throws InterruptedException {
        append("alice", "placed");
        append("bob", "placed");
        everfold.start(counting("placed"), model).awaitCaughtUp(SOON);
        Projection<MemoryRows<String, Integer>> disturbed = Projection.<MemoryRows<String, Integer>>raw(
                        "counts",
                        Query.types("placed"),
                        (_, _) -> model.builds("counts").stream()
                                .filter(build -> !build.serving())
                                .forEach(model::drop))
                .options(ConsumerOptions.DEFAULTS.withBatchEventsMax(1));

        assertThatThrownBy(() -> difference(disturbed))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Consumer \"counts compared\" has failed at position 1: IllegalStateException: The build"
                        + " that projection \"counts\" is compared by was deleted; expected one comparison at a time."
                        + " Compare again when the other one has ended.");
    }
}
