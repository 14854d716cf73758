package dev.everfold.benchmarks.postgres;

import dev.everfold.benchmarks.commands.AxonJpa;
import dev.everfold.benchmarks.postgres.EverfoldSession.Expecting;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.StoreUri;
import java.util.ArrayList;
import java.util.List;

/// All that are compared. The first is what the others are compared with.
final class PostgresPeers {

    static final PostgresPeer NAIVE =
            new PostgresPeer("bigserial (unsafe)", NaiveSession.SETTINGS, true, NaiveSession::open);

    static final PostgresPeer AXON = new PostgresPeer(
            "Axon, JPA",
            "Axon Framework 5.0.1, AggregateBasedJpaEventStorageEngine alone, no conversion of data; "
                    + AxonJpa.SETTINGS + "; keeps no tags but the stream, expects the stream's revision",
            true,
            (server, database) -> AxonSession.open(server, database, AxonJpa.Data.IN_THE_ROW));

    static final PostgresPeer AXON_LARGE_OBJECTS = new PostgresPeer(
            "Axon, JPA, large objects",
            "the same with the data where Hibernate puts it by itself, in two large objects an event",
            true,
            (server, database) -> AxonSession.open(server, database, AxonJpa.Data.IN_LARGE_OBJECTS));

    static final PostgresPeer PEKKO = new PostgresPeer(
            "Pekko, JDBC",
            "pekko-persistence-jdbc 1.1.1 with its defaults: 20 connections, up to 8 batches of up to 400 events on"
                    + " their way; a persistent actor for each stream, one writer of a stream instead of a condition",
            true,
            PekkoSession::open);

    /// Ours, by what an append expects.
    static final List<PostgresPeer> EVERFOLD = List.of(
            everfold("Everfold", "postgresql://… with its defaults, through the contract", true, Expecting.NOTHING),
            everfold(
                    "Everfold, StreamAt",
                    "the same; each append expects the revision of its stream",
                    false,
                    Expecting.STREAM_AT),
            everfold(
                    "Everfold, StreamAt, no tags",
                    "the same; the events have no tags, as Axon's and Pekko's",
                    false,
                    Expecting.STREAM_AT_UNTAGGED),
            everfold(
                    "Everfold, NothingMatching",
                    "the same; each append expects that nothing with its client's tag came since",
                    false,
                    Expecting.NOTHING_MATCHING));

    private PostgresPeers() {}

    /// All that can be opened here: ours only where its engine is on the class path.
    static List<PostgresPeer> all() {
        List<PostgresPeer> all = new ArrayList<>(List.of(NAIVE, AXON, AXON_LARGE_OBJECTS, PEKKO));
        if (isEngineThere()) {
            all.addAll(EVERFOLD);
        }
        return List.copyOf(all);
    }

    /// Whether some module knows the scheme of our engine on PostgreSQL.
    static boolean isEngineThere() {
        try {
            return EventStores.provider(StoreUri.parse("postgresql://localhost/everfold"))
                    .scheme()
                    .equals("postgresql");
        } catch (IllegalArgumentException noEngine) {
            return false;
        }
    }

    private static PostgresPeer everfold(String name, String settings, boolean reads, Expecting expecting) {
        return new PostgresPeer(
                name, settings, reads, (server, database) -> EverfoldSession.open(server, database, expecting));
    }
}
