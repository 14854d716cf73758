package dev.everfold.kurrent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.EventStores;
import io.kurrent.dbclient.NackAction;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a group knows after its server was started again on the same files.
@Timeout(60)
class LogRestartTest {

    @TempDir
    Path directory;

    @Test
    void a_group_goes_on_after_a_restart_with_what_was_not_acknowledged_and_keeps_what_is_parked() throws Exception {
        List<String> before;
        try (GroupFixture fixture = GroupFixture.of(EventStores.open("log:" + directory))) {
            fixture.append("order-1", 6);
            fixture.groups()
                    .createToStream("order-1", "shop", GroupFixture.exact().checkpointUpperBound(1_000))
                    .get();
            GroupListener listener = fixture.subscribe("order-1", "shop");
            GroupListener.Received kept = listener.next();
            listener.next().nack(NackAction.Park, "broken");
            before = listener.ack(2);
            fixture.awaitInfo("order-1", "shop", info -> info.getStats().getTotalInFlightMessages() == 3);
            assertThat(kept.name()).isEqualTo("0@order-1");
        }

        try (GroupFixture fixture = GroupFixture.of(EventStores.open("log:" + directory))) {
            GroupListener listener = fixture.subscribe("order-1", "shop");
            List<String> after = listener.take(3);
            fixture.groups().replayParkedMessagesToStream("order-1", "shop").get();

            assertThat(before).containsExactly("2@order-1", "3@order-1");
            assertThat(after).containsExactly("0@order-1", "4@order-1", "5@order-1");
            assertThat(listener.take(1)).containsExactly("1@order-1");
        }
    }
}
