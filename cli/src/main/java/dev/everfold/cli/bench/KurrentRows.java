package dev.everfold.cli.bench;

import dev.everfold.cli.bench.AppendWorkload.Condition;
import dev.everfold.cli.bench.Results.Section;
import dev.everfold.eventstore.EventStore;
import java.util.List;

/// What a server does by KurrentDB's protocol in one round, beside the same by its own.
///
/// @param calls to the server
/// @param store the same server by its own protocol
record KurrentRows(KurrentCalls calls, EventStore store) {

    private static final int CLIENTS = 64;
    private static final int MANY_CLIENTS = 1_024;
    private static final int SUBSCRIPTIONS = 1_000;

    void run(Round round) throws Exception {
        Measurement empty = round.add(Section.KURRENT, new EmptyCalls(store, CLIENTS), Measurement.NONE, 0);
        round.add(Section.KURRENT, new KurrentAppends("Append", CLIENTS, calls::append), empty, 0);
        try (KurrentCalls.Batches batches = calls.batches()) {
            for (int clients : List.of(CLIENTS, MANY_CLIENTS)) {
                Measurement own = round.measure(new AppendWorkload(store, clients, 1, Condition.NONE));
                round.add(Section.KURRENT, new KurrentAppends("BatchAppend", clients, batches::append), own, 0);
            }
        }
        round.add(Section.IDLE, new IdleSubscriptions(calls, store, SUBSCRIPTIONS), Measurement.NONE, 0);
    }
}
