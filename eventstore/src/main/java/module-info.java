/// The contract of Everfold: what an event store is, without saying how one is built.
module dev.everfold.eventstore {
    requires static org.jspecify;

    exports dev.everfold.eventstore;

    uses dev.everfold.eventstore.EventStoreProvider;

    provides dev.everfold.eventstore.EventStoreProvider with
            dev.everfold.eventstore.InMemoryEventStoreProvider;
}
