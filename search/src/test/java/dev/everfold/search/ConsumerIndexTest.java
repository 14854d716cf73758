package dev.everfold.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.projection.RunningProjection;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.search.Orders.Order;
import dev.everfold.search.Orders.OrderEvent.Added;
import dev.everfold.search.Orders.OrderEvent.Placed;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// What befalls the index that all projections share.
@Timeout(300)
@Isolated("others need the index")
@ParameterizedClass
@EnumSource
class ConsumerIndexTest {

    private static final Duration SOON = Duration.ofSeconds(60);

    @Parameter
    TestServer server;

    @Test
    void an_index_of_claims_whose_write_alias_was_taken_away_gets_it_again_and_projections_go_on()
            throws InterruptedException {
        String name = Orders.newName();
        try (InMemoryEventStore store = new InMemoryEventStore();
                SearchClient client = server.open();
                SearchReadModel model = SearchReadModel.on(server.options(), Orders.DEFINITION);
                Everfold everfold = Everfold.on(store)) {
            Orders.append(store, new Placed("17", "alice"));
            RunningProjection<?> running = everfold.start(Orders.projection(name), model);
            assertThat(running.awaitCaughtUp(SOON)).isTrue();

            client.indices()
                    .changeAliases(
                            List.of(new AliasAction.Remove(ConsumerIndex.NAME.writeAlias(), ConsumerIndex.NAME)));
            long last = Orders.append(store, new Added("17", 5));

            assertThat(running.awaitHandled(last, SOON)).isTrue();
            assertThat(OrderIndex.search(server, name)).isEqualTo(Map.of("17", new Order("alice", 2, 5)));
        }
    }
}
