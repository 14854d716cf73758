package dev.everfold.cli.bench;

import dev.everfold.eventstore.EventStore;
import java.time.Duration;

/// Clients that ask a server where its log ends, which is the least that can be asked.
///
/// @param clients how many
record EmptyCalls(EventStore store, int clients) implements Workload {

    @Override
    public String name() {
        return "empty call, %d clients".formatted(clients);
    }

    @Override
    public String unit() {
        return "calls/s";
    }

    @Override
    public Measurement run(Duration duration) throws Exception {
        return Clients.run(clients, 1, duration, _ -> new Clients.Client() {
            @Override
            public void prepare() {
                // There is nothing to send.
            }

            @Override
            public void call() {
                long _ = store.nextPosition();
            }
        });
    }
}
