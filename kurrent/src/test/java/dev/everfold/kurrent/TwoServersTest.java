package dev.everfold.kurrent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.InMemoryEventStore;
import io.kurrent.dbclient.CreatePersistentSubscriptionToStreamOptions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Groups of one store that two servers serve.
@Timeout(60)
class TwoServersTest {

    private GroupFixture one;
    private GroupFixture two;

    @BeforeEach
    void serve() {
        InMemoryEventStore store = new InMemoryEventStore();
        one = GroupFixture.of(store);
        two = GroupFixture.of(store);
    }

    @AfterEach
    void end() {
        one.close();
        two.close();
    }

    @Test
    void the_server_that_a_client_came_to_last_serves_the_group_and_the_other_one_notices_at_its_next_checkpoint()
            throws Exception {
        one.append("order-1", 3);
        one.groups().createToStream("order-1", "shop", GroupFixture.exact()).get();
        GroupListener ofOne = one.subscribe("order-1", "shop");
        ofOne.ack(1);
        one.awaitCheckpoint("order-1", "shop", 0);

        GroupListener ofTwo = two.subscribe("order-1", "shop");
        List<String> takenOver = ofTwo.take(2);
        ofOne.ack(2);

        assertThat(takenOver).containsExactly("1@order-1", "2@order-1");
        assertThat(GroupFixture.trailer(ofOne.ended(), "exception")).isEqualTo("persistent-subscription-dropped");
        assertThat(ofOne.ended()).hasMessageContaining("is served by another server now");
        assertThat(two.info("order-1", "shop").getStats().getLastCheckpointedEventRevision())
                .contains(0L);
    }

    @Test
    void a_server_without_anything_to_keep_notices_too() throws Exception {
        one.groups()
                .createToStream(
                        "order-1",
                        "shop",
                        CreatePersistentSubscriptionToStreamOptions.get().fromStart())
                .get();
        GroupListener ofOne = one.subscribe("order-1", "shop");

        two.subscribe("order-1", "shop");

        assertThat(ofOne.ended()).hasMessageContaining("is served by another server now");
    }

    @Test
    void what_one_server_changes_the_other_one_sees() throws Exception {
        one.groups().createToStream("order-1", "shop", GroupFixture.exact()).get();
        GroupListener ofTwo = two.subscribe("order-1", "shop");

        one.groups().deleteToStream("order-1", "shop").get();

        assertThat(ofTwo.ended()).hasMessageContaining("was deleted");
        assertThat(two.groups().getInfoToStream("order-1", "shop").get()).isEmpty();
        assertThat(two.groups().listAll().get()).isEmpty();
    }

    @Test
    void a_group_that_another_server_updates_keeps_what_was_acknowledged() throws Exception {
        one.append("order-1", 3);
        one.groups()
                .createToStream(
                        "order-1",
                        "shop",
                        CreatePersistentSubscriptionToStreamOptions.get()
                                .fromStart()
                                .checkpointLowerBound(1_000))
                .get();
        GroupListener ofTwo = two.subscribe("order-1", "shop");
        ofTwo.ack(2);
        two.awaitInfo("order-1", "shop", info -> info.getStats().getTotalInFlightMessages() == 1);

        one.groups().updateToStream("order-1", "shop").get();

        assertThat(ofTwo.ended()).hasMessageContaining("was updated");
        assertThat(one.subscribe("order-1", "shop").take(1)).containsExactly("2@order-1");
    }
}
