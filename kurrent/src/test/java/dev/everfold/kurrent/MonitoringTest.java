package dev.everfold.kurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.protocol.kurrent.MonitoringGrpc;
import dev.everfold.protocol.kurrent.MonitoringWire.StatsReq;
import dev.everfold.protocol.kurrent.MonitoringWire.StatsResp;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.util.Iterator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The figures of a node, again after every period.
@Timeout(30)
class MonitoringTest {

    private static final long HOUR_MILLIS = 3_600_000;

    private final ServedStore served = ServedStore.of(new InMemoryEventStore());
    private final ManagedChannel channel = Stubs.channel(served);

    @AfterEach
    void end() {
        channel.shutdownNow();
        served.close();
    }

    @Test
    void whoever_hears_figures_is_told_when_the_server_ends() {
        Iterator<StatsResp> figures = figures(HOUR_MILLIS);
        assertThat(figures.next().getStatsMap()).containsEntry("es-events", "0");

        served.end();

        assertThatThrownBy(figures::hasNext)
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessage("UNAVAILABLE: The server ends. Ask again.");
        assertThatThrownBy(() -> figures(HOUR_MILLIS).next()).hasMessage("UNAVAILABLE: The server ends. Ask again.");
    }

    private Iterator<StatsResp> figures(long periodMillis) {
        return MonitoringGrpc.newBlockingStub(channel)
                .stats(StatsReq.newBuilder()
                        .setRefreshTimePeriodInMs(periodMillis)
                        .build());
    }
}
