package dev.everfold.kurrent.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.kurrent.stream.EventFilter.Subject;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Indexes, which clients name as if they were prefixes of streams.
class EventFilterTest {

    @Test
    void an_index_means_its_category_its_type_or_all_events_that_are_not_the_systems() {
        try (InMemoryEventStore store = new InMemoryEventStore()) {
            store.append(Append.of(
                    NewEvent.of("order-1", "placed", "{}"),
                    NewEvent.of("$$order-1", "$metadata", "{}"),
                    NewEvent.of("basket-1", "placed", "{}"),
                    NewEvent.of("basket-1", "paid", "{}")));

            assertThat(found(store, "$idx-ce-order")).containsExactly("order-1 placed");
            assertThat(found(store, "$idx-et-placed")).containsExactly("order-1 placed", "basket-1 placed");
            assertThat(found(store, "$idx-all")).containsExactly("order-1 placed", "basket-1 placed", "basket-1 paid");
        }
    }

    @Test
    void an_index_that_there_is_not_is_refused() {
        for (String name : List.of("$idx-", "$idx-ce-", "$idx-et-", "$idx-order", "$idx-alle")) {
            String message = "There is no index \"" + name
                    + "\"; expected $idx-all, $idx-ce- with a category, or $idx-et- with a type of events.";
            assertThatThrownBy(() -> EventFilter.prefixes(Subject.STREAM, List.of(name)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(message);
            assertThatThrownBy(() -> EventFilter.pattern(Subject.STREAM, name)).hasMessage(message);
        }
    }

    private static List<String> found(InMemoryEventStore store, String index) {
        EventFilter filter = EventFilter.prefixes(Subject.STREAM, List.of(index));
        return store.read(Read.matching(filter.query())).toList().stream()
                .filter(filter.predicate())
                .map((RecordedEvent event) -> event.stream() + " " + event.type())
                .toList();
    }
}
