package dev.everfold.kurrent.service;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.StoreStats;
import dev.everfold.protocol.kurrent.MonitoringGrpc;
import dev.everfold.protocol.kurrent.MonitoringWire;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/// `event_store.client.monitoring.Monitoring`: figures of the store and of this process, again after every period.
/// Safe for use by many threads.
public final class MonitoringService extends MonitoringGrpc.MonitoringImplBase implements AutoCloseable {

    private static final long PERIOD_MILLIS_MIN = 100;
    private static final long PERIOD_MILLIS_DEFAULT = 10_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final EventStore store;
    private final Executor threads;

    /// Of the calls that go on.
    private final Set<CountDownLatch> pauses = ConcurrentHashMap.newKeySet();

    private volatile boolean isEnding;

    /// The service.
    ///
    /// @param threads starts a virtual thread for each task
    public MonitoringService(EventStore store, Executor threads) {
        this.store = store;
        this.threads = threads;
    }

    @Override
    public void stats(MonitoringWire.StatsReq request, StreamObserver<MonitoringWire.StatsResp> client) {
        Outbox<MonitoringWire.StatsResp> outbox =
                new Outbox<>((ServerCallStreamObserver<MonitoringWire.StatsResp>) client, PATIENCE);
        outbox.begin();
        CountDownLatch pause = new CountDownLatch(1);
        outbox.onGone(pause::countDown);
        long asked = request.getRefreshTimePeriodInMs();
        long periodMillis = asked == 0 ? PERIOD_MILLIS_DEFAULT : Math.max(PERIOD_MILLIS_MIN, asked);
        threads.execute(Context.current().wrap(() -> {
            pauses.add(pause);
            try {
                while (!isEnding && !outbox.isGone()) {
                    outbox.send(figures());
                    boolean _ = pause.await(periodMillis, TimeUnit.MILLISECONDS);
                }
                if (isEnding) {
                    throw Status.UNAVAILABLE
                            .withDescription("The server ends. Ask again.")
                            .asRuntimeException();
                }
            } catch (ClientGoneException _) {
                // Nobody is there to be told.
            } catch (InterruptedException | RuntimeException failure) {
                outbox.refuse(Refusals.status(failure));
            } finally {
                pauses.remove(pause);
            }
        }));
    }

    /// Ends all calls, now and later.
    @Override
    public void close() {
        isEnding = true;
        pauses.forEach(CountDownLatch::countDown);
    }

    private MonitoringWire.StatsResp figures() {
        StoreStats stats = store.stats();
        Runtime runtime = Runtime.getRuntime();
        return MonitoringWire.StatsResp.newBuilder()
                .putStats("es-events", Long.toString(stats.events()))
                .putStats("es-streams", Long.toString(stats.streams()))
                .putStats("es-bytes", Long.toString(stats.bytes()))
                .putStats("es-segments", Long.toString(stats.segments()))
                .putStats("proc-id", Long.toString(ProcessHandle.current().pid()))
                .putStats(
                        "proc-upTimeMillis",
                        Long.toString(ManagementFactory.getRuntimeMXBean().getUptime()))
                .putStats("proc-mem", Long.toString(runtime.totalMemory() - runtime.freeMemory()))
                .putStats("proc-memMax", Long.toString(runtime.maxMemory()))
                .putStats("sys-processors", Integer.toString(runtime.availableProcessors()))
                .build();
    }
}
