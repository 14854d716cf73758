package dev.everfold.cli.bench;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.ScratchStores;

/// Stores that a server holds for the time of the run.
record BenchServer(ScratchStores stores) implements BenchPlace {

    @Override
    public EventStore open(String name) {
        return stores.open(name);
    }

    @Override
    public void delete(String name) {
        stores.delete(name);
    }

    @Override
    public Workload raw() {
        return RawCalls.commits(stores);
    }

    @Override
    public Results.Section rawSection() {
        return Results.Section.RAW_COMMITS;
    }

    @Override
    public void close() {
        stores.close();
    }
}
